"""The items of a response's output, and the parts of its messages: judged over every response of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Every, Exchange, check, seen

from ..chat.marks import unmarked
from .reading import holds, items, of_type, response, words
from .requests import CALLED, HELLO, RESPONSES

#: Every answer, and every one in which tools may be called, be it streamed or not.
SPOKEN = Every(witness=(HELLO,), path="responses", method="POST", wrong=False)
CALLED_ANYHOW = Every(witness=(CALLED,), path="responses", method="POST", wrong=False)


@check("responses.items.id", MUST, of=RESPONSES, spec="RSP-ITEM-002 RSP-ITEM-011 RSP-ITEM-009")
def test_an_item_has_an_id(exchange: Exchange) -> None:
    """Every message and every reasoning item MUST have an `id`, a string that is not empty."""
    holds(exchange, "/output/*/id")


#: The types of items that official clients know. What is called or given by a hosted tool may be more, in time.
KINDS = frozenset(
    (
        *("message", "reasoning", "compaction", "program", "additional_tools", "mcp_list_tools"),
        *("mcp_approval_request", "mcp_approval_response"),
    )
)


@check("responses.items.type", SHOULD, of=SPOKEN, spec="RSP-ITEM-001 OR-018", depth=FULL)
def test_an_item_is_of_a_kind_that_there_is(exchange: Exchange) -> None:
    """An item's `type` SHOULD be one that the API has, or carry a vendor's prefix with a colon, in streams too."""
    kinds = [item["type"] for item in items(exchange)]
    odd = [kind for kind in kinds if kind not in KINDS and ":" not in kind and not kind.endswith(("_call", "_output"))]
    assert not odd, f"an item is of type {odd[0]!r:.60}, which official clients don't know"


@check("responses.items.role", MUST, of=RESPONSES, spec="RSP-ITEM-002")
def test_the_assistant_speaks(exchange: Exchange) -> None:
    """The messages of a response MUST have the role `assistant`."""
    holds(exchange, "/output/*/role")


@check("responses.items.status", MUST, of=RESPONSES, spec="RSP-ITEM-002 RSP-ITEM-009")
def test_an_item_has_a_status(exchange: Exchange) -> None:
    """A message MUST have a `status`: in_progress, completed or incomplete; so has what else has one."""
    holds(exchange, "/output/*/status")


@check("responses.items.content", MUST, of=RESPONSES, spec="RSP-ITEM-003 RSP-ITEM-002", depth=SMOKE)
def test_content_is_an_array(exchange: Exchange) -> None:
    """The `content` of a message MUST be an array of parts, never a string."""
    holds(exchange, "/output/*/content", but=("/output/*/content/*",))


@check("responses.items.part_type", MUST, of=RESPONSES, spec="RSP-ITEM-006 RSP-ITEM-007", depth=SMOKE)
def test_a_part_is_output_text_or_a_refusal(exchange: Exchange) -> None:
    """A part of a message MUST have the type `output_text` or `refusal`: of any other, clients read nothing."""
    holds(exchange, "/output/*/content/*/type", "/output/*/content/*", but=PARTS)


PARTS = tuple(f"/output/*/content/*/{name}" for name in ("text", "annotations", "refusal", "logprobs"))


@check("responses.items.text", MUST, of=RESPONSES, spec="RSP-ITEM-004 RSP-ITEM-007", depth=SMOKE)
def test_a_part_holds_text(exchange: Exchange) -> None:
    """An `output_text` MUST have `text`, and a refusal `refusal`, a string."""
    holds(exchange, PARTS[0], PARTS[2])


@check("responses.items.annotations", MUST, of=RESPONSES, spec="RSP-ITEM-004 RSP-ITEM-016")
def test_a_part_has_annotations(exchange: Exchange) -> None:
    """An `output_text` MUST have `annotations`, an array, which is empty when there are none."""
    holds(exchange, PARTS[1])


@check("responses.items.logprobs", SHOULD, of=RESPONSES, spec="RSP-ITEM-005", depth=FULL)
def test_logprobs_are_an_array(exchange: Exchange) -> None:
    """The `logprobs` of an `output_text` SHOULD be an array, where they are told."""
    holds(exchange, PARTS[3])


@check("responses.items.unique_ids", SHOULD, of=RESPONSES, spec="RSP-ITEM-002 RSP-ITEM-009")
def test_items_have_ids_of_their_own(exchange: Exchange) -> None:
    """The ids of a response's items SHOULD differ from each other and from the response's."""
    ids = [item["id"] for item in items(exchange) if item.get("id")]
    seen(ids, "no item has an id")
    every = [*ids, response(exchange).get("id")]
    assert len(set(every)) == len(every), f"the ids are {', '.join(map(str, every))}"


@check("responses.items.completed", SHOULD, of=RESPONSES, spec="RSP-ITEM-013 OR-009")
def test_the_items_of_a_completed_response_are_completed(exchange: Exchange) -> None:
    """All items of a completed response SHOULD be completed."""
    one = response(exchange)
    seen(one["status"] == "completed", "the response is not completed")
    odd = [item for item in one["output"] if item.get("status") in ("in_progress", "incomplete")]
    assert not odd, f"the response is completed, and its {odd[0]['type']} is {odd[0]['status']}"


@check("responses.items.thought_first", SHOULD, of=SPOKEN, spec="RSP-ITEM-014", rare=True, depth=FULL)
def test_thinking_comes_first(exchange: Exchange) -> None:
    """A reasoning item SHOULD come before the message or call that it led to, not at the end, in streams neither."""
    every = items(exchange)
    spoken = [place for place, item in enumerate(every) if item["type"] in ("message", "function_call")]
    seen(of_type(every, "reasoning") and spoken, "the model does not tell what it thinks")
    assert every[-1]["type"] != "reasoning", "the last item is reasoning, after what it led to"


@check("responses.items.of_calls", SHOULD, of=CALLED_ANYHOW, spec="RSP-ITEM-009 RSP-ITEM-010", depth=FULL)
def test_a_call_has_an_id_and_a_status(exchange: Exchange) -> None:
    """A call SHOULD have a `status`, and an `id` that is not its `call_id`, which links the output; in streams too."""
    made = items(exchange, "function_call")
    seen(made, "no tool was called")
    for name in ("id", "status"):
        assert all(item.get(name) for item in made), f"a call has no {name}"
    same = [item["id"] for item in made if item["id"] == item["call_id"]]
    assert not same, f"{same[0]!r} is both the id and the call_id of a call"


@check("responses.items.no_marks", SHOULD, of=SPOKEN, spec="RSP-ITEM-011 RSP-ITEM-004", depth=FULL)
def test_no_marks_leak_into_text(exchange: Exchange) -> None:
    """The text of a message SHOULD NOT hold marks of the model's template, nor its thoughts: these have an item."""
    unmarked(exchange, words(exchange))
