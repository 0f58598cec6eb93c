"""The completion object: judged over every completion of the run."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Blocked, Every, Exchange, Steps, check, dated, scenario, seen

from ..http.spent import counts_its_letters, counts_its_prompt
from .marks import unmarked
from .preflight import ANSWERS, PREFLIGHT, first_choice, reached
from .reading import NULLS, SILENT, calls, chunks, completion, completion_tokens, words
from .requests import COMPLETIONS, COUNT, CUT, HELLO, MADE, STREAM, TOOLS

SHAPE = "chat/completion"
#: Parts of the object that have checks of their own elsewhere.
ELSEWHERE = tuple(
    f"/choices/*/{place}"
    for place in ("message/tool_calls", "message/function_call", "message/annotations", "message/audio", "logprobs")
)


def offered(exchange: Exchange) -> None:
    """Pass if this is an answer of an endpoint that speaks chat.

    Raises:
        Blocked: what came to the preflight is no completion at all, which has a cell of its own.
    """
    if exchange.request.opener is None and first_choice(exchange) is None:
        raise Blocked("what came is no completion at all", cause=f"check:{ANSWERS}")


def fields(exchange: Exchange, *places: str, but: tuple[str, ...] = ()) -> None:
    """Say *broken* if these places of a completion violate its schema."""
    offered(exchange)
    exchange.conforms(SHAPE, *places, but=but)


@check(ANSWERS, MUST, of=PREFLIGHT, spec="CHAT-EP-001 CHAT-MSG-002", required=True, depth=SMOKE)
def test_the_smallest_request_is_answered(exchange: Exchange) -> None:
    """A request with a model and one message of the user MUST be answered with a completion."""
    reached(exchange, ANSWERS)


@check("chat.completion.id", MUST, of=COMPLETIONS, spec="CHAT-ENV-001", depth=SMOKE)
def test_a_completion_has_an_id(exchange: Exchange) -> None:
    """A completion MUST have an `id`, a string that is not empty."""
    fields(exchange, "/id")


@check("chat.completion.object", MUST, of=COMPLETIONS, spec="CHAT-ENV-002", depth=SMOKE)
def test_a_completion_says_what_it_is(exchange: Exchange) -> None:
    """A completion's `object` MUST be `chat.completion`."""
    fields(exchange, "/object")


@check("chat.completion.created", MUST, of=COMPLETIONS, spec="CHAT-ENV-003", depth=SMOKE)
def test_a_completion_is_dated(exchange: Exchange) -> None:
    """A completion's `created` MUST be a whole number, the Unix time in seconds."""
    fields(exchange, "/created")


#: Seconds that a clock may be wrong, or an answer old.
SKEW = 12 * 3600


def off(exchange: Exchange, made: float) -> float:
    """By how many seconds a time is not when an answer came: by our clock or by its own `Date`, whichever is nearer."""
    return min(abs(made - one) for one in dated(exchange.last))


@check(
    "chat.completion.created_now",
    SHOULD,
    of=Every(witness=(HELLO, STREAM), path="chat/completions", method="POST", wrong=False),
    spec="CHAT-ENV-003 CHAT-STR-001",
    depth=FULL,
)
def test_created_is_now(exchange: Exchange) -> None:
    """`created` SHOULD be when the answer was made."""
    made = chunks(exchange) if exchange.streamed else [completion(exchange)]
    times = [one["created"] for one in made if one["choices"]]
    most = max((off(exchange, time) for time in times), default=0)
    assert most < SKEW, f"`created` is {most / 3600:.0f} hours from now"


@check("chat.completion.model", MUST, of=COMPLETIONS, spec="CHAT-ENV-004", depth=SMOKE)
def test_a_completion_names_its_model(exchange: Exchange) -> None:
    """A completion MUST name its `model`, a string that is not empty; it may be another than the one asked for."""
    fields(exchange, "/model")
    assert completion(exchange)["model"] != "", "the model is empty"


@check("chat.completion.choices", MUST, of=COMPLETIONS, spec="CHAT-ENV-005 CHAT-ENV-009 CHAT-ENV-007", depth=SMOKE)
def test_a_completion_has_choices(exchange: Exchange) -> None:
    """A completion MUST have `choices`, each with an `index` and a `message`."""
    places = ("/finish_reason", "/message/content", "/message/role", "/message/refusal")
    fields(exchange, "#", "/choices", but=(*(f"/choices/*{place}" for place in places), *ELSEWHERE))


@check("chat.completion.finish_reason", MUST, of=COMPLETIONS, spec="CHAT-ENV-008", depth=SMOKE)
def test_a_choice_says_why_it_ends(exchange: Exchange) -> None:
    """A choice's `finish_reason` MUST be one of stop, length, tool_calls, content_filter and function_call."""
    fields(exchange, "/choices/*/finish_reason")


@check("chat.completion.role", MUST, of=COMPLETIONS, spec="CHAT-ENV-011")
def test_the_assistant_speaks(exchange: Exchange) -> None:
    """A completion's messages MUST have the role `assistant`."""
    fields(exchange, "/choices/*/message/role")


@check("chat.completion.content", MUST, of=COMPLETIONS, spec="CHAT-ENV-012 CHAT-ENV-013", depth=SMOKE)
def test_content_is_text(exchange: Exchange) -> None:
    """A message's `content` and `refusal` MUST be strings or null, never arrays of parts."""
    fields(exchange, "/choices/*/message/content", "/choices/*/message/refusal")


@check("chat.completion.refusal", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-013", depth=FULL)
def test_an_answer_is_no_refusal(exchange: Exchange) -> None:
    """Where something is said, `refusal` SHOULD NOT say it as well, or be a word for null: clients read a refusal."""
    message = completion(exchange)["choices"][0]["message"]
    said, refused = message.get("content"), message.get("refusal")
    assert not said or said != refused, f"`content` and `refusal` both say {said[:60]!r}"
    assert not said or (refused or "").strip().lower() not in NULLS, f"`refusal` is the text {refused!r}"


@check("chat.completion.words", SHOULD, of=HELLO, spec="CHAT-ENV-012", depth=SMOKE, again=2)
def test_the_answer_is_not_empty(exchange: Exchange) -> None:
    """A plain question SHOULD be answered with words in `content`, unless the token limit cut them off."""
    choice = completion(exchange)["choices"][0]
    said = choice["message"].get("content") or choice["message"].get("refusal")
    seen(said or completion_tokens(exchange) not in SILENT, "the model says nothing, and no words are counted")
    assert said or choice["finish_reason"] in ("length", "content_filter"), "the answer holds no words"


@check("chat.completion.as_many", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-006", depth=FULL)
def test_no_more_choices_come_than_were_asked_for(exchange: Exchange) -> None:
    """A completion SHOULD NOT have more choices than were asked for: clients read the first one alone."""
    asked, came = (exchange.sent or {}).get("n") or 1, len(completion(exchange)["choices"])
    assert came <= asked, f"{came} choices came where {asked} was asked for"


@check(
    "chat.completion.rest",
    SHOULD,
    of=COMPLETIONS,
    spec="CHAT-ENV-021 CHAT-ENV-022 CHAT-ENV-030 CHAT-ENV-031",
    depth=FULL,
)
def test_what_else_there_is_has_its_type(exchange: Exchange) -> None:
    """What else a completion holds of what is documented SHOULD have its documented type; more is fine."""
    own = ("#", "/id", "/object", "/created", "/model", "/choices", "/usage")
    fields(exchange, but=own)
    fields(exchange, "/choices/*/message/annotations", "/choices/*/message/audio")


#: The tiers there are, as official clients know them.
TIERS = ("auto", "default", "flex", "scale", "priority", "fast")


@check(
    "chat.completion.service_tier",
    SHOULD,
    of=MADE,
    spec="CHAT-ENV-030 CHAT-REQ-025",
    depth=FULL,
)
def test_a_tier_is_one_of_those_there_are(exchange: Exchange) -> None:
    """A `service_tier` that is told SHOULD be null or one of auto, default, flex, scale, priority and fast."""
    made = chunks(exchange) if exchange.streamed else [completion(exchange)]
    told = [tier for one in made if isinstance(tier := one.get("service_tier"), str)]
    odd = [tier for tier in told if tier not in TIERS]
    assert not odd, f"the service_tier is {odd[0]!r}"


@check("chat.usage.present", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-024", depth=SMOKE)
def test_usage_is_counted(exchange: Exchange) -> None:
    """A completion SHOULD count its tokens in `usage`."""
    offered(exchange)
    assert completion(exchange).get("usage") is not None, "there is no usage"


@check("chat.usage.shape", MUST, of=COMPLETIONS, spec="CHAT-ENV-025 CHAT-ENV-028 CHAT-ENV-029")
def test_usage_counts_in_whole_numbers(exchange: Exchange) -> None:
    """`usage` MUST have `prompt_tokens`, `completion_tokens` and `total_tokens`, whole numbers of at least 0."""
    fields(exchange, "/usage")
    seen(exchange.body_as(SHAPE).get("usage") is not None, "no usage is counted")


@check("chat.usage.total", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-026", depth=SMOKE)
def test_usage_adds_up(exchange: Exchange) -> None:
    """`total_tokens` SHOULD be the sum of `prompt_tokens` and `completion_tokens`."""
    usage = exchange.body_as(SHAPE).get("usage")
    seen(usage is not None, "no usage is counted")
    total, parts = usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"


@check("chat.usage.details", SHOULD, of=MADE, spec="CHAT-ENV-028 CHAT-ENV-029", depth=FULL)
def test_details_are_part_of_what_they_detail(exchange: Exchange) -> None:
    """Cached tokens SHOULD be part of the prompt's tokens, and reasoning tokens part of the completion's."""
    made = chunks(exchange) if exchange.streamed else [exchange.body_as(SHAPE)]
    counted = [usage for one in made if (usage := one.get("usage")) is not None]
    seen(counted, "no usage is counted")
    usage = counted[-1]
    prompt, answer = (usage.get(f"{name}_tokens_details") or {} for name in ("prompt", "completion"))
    seen(prompt or answer, "no cached or reasoning tokens are counted")
    for kind in ("cached", "audio"):
        part, all_of_it = prompt.get(f"{kind}_tokens") or 0, usage["prompt_tokens"]
        assert part <= all_of_it, f"{part} {kind} tokens of {all_of_it}"
    for kind in ("reasoning", "audio", "accepted_prediction", "rejected_prediction"):
        part, all_of_it = answer.get(f"{kind}_tokens") or 0, usage["completion_tokens"]
        assert part <= all_of_it, f"{part} {kind} tokens of {all_of_it} in all"


@check("chat.usage.counts", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-024 CHAT-ENV-025")
def test_usage_counts_something(exchange: Exchange) -> None:
    """A prompt with words and an answer with words or calls SHOULD count more than 0 tokens each."""
    body = completion(exchange)
    usage = body.get("usage")
    seen(usage is not None, "no usage is counted")
    counts_its_prompt(exchange, usage["prompt_tokens"])
    made = [one.get("function") or one.get("custom") or {} for one in calls(exchange)]
    written = [words(exchange), *(part for one in made for part in one.values() if isinstance(part, str))]
    counts_its_letters(usage["completion_tokens"], sum(map(len, written)))


@check("chat.completion.no_marks", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-012", depth=FULL)
def test_no_marks_leak_into_content(exchange: Exchange) -> None:
    """The `content` SHOULD NOT begin or end with a mark of the model's template, such as the one that ends a turn."""
    unmarked(exchange, words(exchange), thoughts=False)


@scenario(HELLO, COUNT, CUT, TOOLS)
def several_completions() -> Steps:
    """Two completions, and others that may come within the same second."""
    yield CUT
    yield TOOLS
    yield HELLO
    yield COUNT


@check("chat.completion.unique_id", SHOULD, of=several_completions, spec="CHAT-ENV-001")
def test_ids_differ(exchange: Exchange) -> None:
    """Two completions SHOULD NOT have the same `id`."""
    ids = [completion(exchange.before[2])["id"], completion(exchange)["id"]]
    # Where no limit is taken, an answer that is to be cut off is the very same.
    ids += [completion(one)["id"] for one in exchange.before[:2] if one.ok and one.sent != exchange.sent]
    twice = [one for one in ids if ids.count(one) > 1]
    assert not twice, f"two completions have the id {twice[0]!r}"
