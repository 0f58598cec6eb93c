"""Reasoning: asked for, told in items, and sent back with what it led to."""

from __future__ import annotations

from itertools import pairwise

from samewire import FULL, LIMIT, MUST, SHOULD, Every, Exchange, Steps, check, honoured, scenario, seen, user

from ..chat.packing import packed
from .following import DONE, SUMMARY, broken_off, events, finished, of
from .reading import holds, items, late, refused, response, sound, words
from .requests import HELLO, STREAM, WEATHER

EFFORT = {"effort": "low", "summary": "auto"}
ENCRYPTED = ["reasoning.encrypted_content"]
ALL = HELLO.but(reasoning=EFFORT, include=ENCRYPTED, **LIMIT(512))
BY_EFFORT = HELLO.but(reasoning={"effort": "low"}, **LIMIT(512))
SUMMED_ALONE = STREAM.but(**ALL.body)
MIDDLE = {**EFFORT, "effort": "medium"}
#: With a tool at hand and nothing kept, as agents ask for it: then what is encrypted is all that there is to send back.
#: With another effort, too: where that is refused, what stands around this is asked for instead.
SUMMED_UP = STREAM.but(**{**ALL.body, "reasoning": MIDDLE}, tools=[WEATHER], store=False)
BY_MIDDLE = HELLO.but(reasoning={"effort": "medium"}, **LIMIT(512))
KEPT_BESIDE = STREAM.but(**ALL.body, tools=[WEATHER])
#: So many tokens of thought that no template puts in as many by chance.
MANY = 12
THOUGHTS = Every(witness=(ALL,), path="responses", streamed=False, method="POST", wrong=False)


@check("responses.reasoning.effort", SHOULD, of=packed(ALL, BY_EFFORT), spec="RSP-REQ-015", depth=FULL)
def test_an_effort_is_taken(exchange: Exchange) -> None:
    """`reasoning` with an `effort` SHOULD be taken; models that don't think refuse it."""
    exchange.accepted()


@scenario(SUMMED_UP, spare=(BY_MIDDLE,))
def middle() -> Steps:
    """A medium effort in a stream, and where that is refused, be it when the stream has begun, alone."""
    streamed: Exchange = yield SUMMED_UP
    if not streamed.ok or late(streamed):
        yield BY_MIDDLE


@check("responses.reasoning.medium", SHOULD, of=middle, spec="RSP-REQ-015", depth=FULL)
def test_a_medium_effort_is_taken(exchange: Exchange) -> None:
    """`reasoning` with the `effort` that is the default of most models, `medium`, SHOULD be taken too."""
    exchange.accepted()


@check("responses.reasoning.shape", MUST, of=THOUGHTS, spec="RSP-ITEM-011", rare=True, depth=FULL)
def test_reasoning_has_its_shape(exchange: Exchange) -> None:
    """A reasoning item MUST have `summary`, an array of `summary_text` parts."""
    holds(exchange, "/output/*/summary", "/output/*/encrypted_content")
    seen(items(exchange, "reasoning"), "the model does not tell what it thinks")


@check("responses.reasoning.encrypted", SHOULD, of=ALL, spec="RSP-ST-004 RSP-REQ-016", rare=True, depth=FULL)
def test_encrypted_reasoning_is_included(exchange: Exchange) -> None:
    """Asked for by `include`, `encrypted_content` SHOULD come with reasoning items."""
    exchange.accepted()
    thoughts = items(exchange, "reasoning")
    seen(thoughts, "the model does not tell what it thinks")
    honoured(thoughts[0].get("encrypted_content"), "reasoning.encrypted_content was accepted, and does not come")


@check("responses.reasoning.counted", SHOULD, of=THOUGHTS, spec="RSP-ENV-020 RSP-ITEM-011", rare=True, depth=FULL)
def test_reasoning_is_counted(exchange: Exchange) -> None:
    """What a model is told to have thought SHOULD be counted in `reasoning_tokens`, where these are told."""
    thoughts = items(exchange, "reasoning")
    told = [part["text"] for item in thoughts for part in (*item["summary"], *(item.get("content") or ()))]
    seen(any(told), "the model does not tell what it thinks")
    usage = response(exchange).get("usage")
    seen(usage is not None and usage.get("output_tokens_details") is not None, "no details are counted")
    seen(usage["output_tokens"], "nothing is counted at all, which has a cell of its own")
    count = usage["output_tokens_details"]["reasoning_tokens"]
    assert count > 0, f"reasoning of {len(''.join(told))} letters is told, and reasoning_tokens is {count}"


@scenario(HELLO, ALL)
def plain_and_thought() -> Steps:
    """The same question, plain and with thinking asked for."""
    yield HELLO
    yield ALL


@check(
    "responses.reasoning.not_put_in",
    SHOULD,
    of=plain_and_thought,
    spec="RSP-ENV-020 RSP-ENV-023",
    rare=True,
    depth=FULL,
    again=2,
)
def test_what_is_thought_is_no_input(exchange: Exchange) -> None:
    """What a model thinks SHOULD be counted as output alone: the input is no longer for it."""
    (plain, idle), (put_in, thought) = (put_in_and_thought(one) for one in (exchange.before[0], exchange))
    more = thought - idle  # some think each time
    seen(plain and more >= MANY, "the model thinks too little to tell, or it is not counted")
    grown = put_in - plain
    assert abs(grown - more) > 1, f"{more} tokens more are thought, and the same question counts {grown} more with them"


def put_in_and_thought(exchange: Exchange) -> tuple[int, int]:
    """The tokens of the input and of the reasoning that a response counts; 0 where it counts none."""
    usage = response(exchange).get("usage")
    details = usage.get("output_tokens_details") if usage is not None else None
    return (0, 0) if details is None else (int(usage["input_tokens"]), int(details["reasoning_tokens"]))


@check(
    "responses.reasoning.unknown",
    SHOULD,
    of=HELLO.wrong(reasoning={"effort": "heroic"}),
    spec="RSP-REQ-015",
    depth=FULL,
)
def test_an_unknown_effort_is_refused(exchange: Exchange) -> None:
    """An unknown `reasoning.effort` SHOULD be refused with 400."""
    refused(exchange)


@scenario(ALL, more=1, tokens=512)
def thought_and_returned() -> Steps:
    """A response with reasoning, sent back as it came."""
    first: Exchange = yield ALL
    seen(items(first, "reasoning"), "the model does not tell what it thinks")
    again = user("Say hello again.")
    yield ALL.but(input=[user("Say hello."), *sound(response(first)["output"]), again], **LIMIT(512))


@check(
    "responses.reasoning.returned", MUST, of=thought_and_returned, spec="RSP-IN-004 RSP-ITEM-014", rare=True, depth=FULL
)
def test_reasoning_is_taken_back(exchange: Exchange) -> None:
    """A reasoning item MUST be taken back as it came, with the message that followed it."""
    exchange.accepted()
    words(exchange)


@scenario(ALL, SUMMED_UP, spare=(SUMMED_ALONE,))
def summed_up() -> Steps:
    """A response, and where the model tells what it thinks the same as a stream, with a tool at hand or without."""
    first: Exchange = yield ALL
    if not first.ok or items(first, "reasoning"):
        beside: Exchange = yield SUMMED_UP
        if not beside.ok:
            yield SUMMED_ALONE


@scenario(STREAM, ALL, SUMMED_UP, spare=(KEPT_BESIDE,))
def plain_and_beside_tools() -> Steps:
    """A plain stream, a response, and where the model tells what it thinks a stream with a tool at hand."""
    yield STREAM
    first: Exchange = yield ALL
    if first.ok and items(first, "reasoning"):
        beside: Exchange = yield SUMMED_UP
        ends = [value.get("type") for value, _ in beside.payloads() if isinstance(value, dict)] if beside.ok else []
        if not {"response.completed", "response.incomplete"}.intersection(
            map(str, ends)
        ):  # it may be that it is not to be kept
            yield KEPT_BESIDE


@check(
    "responses.reasoning.beside_tools",
    SHOULD,
    of=plain_and_beside_tools,
    spec="RSP-REQ-015 RSP-REQ-010 RSP-STR-021",
    rare=True,
    depth=FULL,
    again=2,
)
def test_a_model_may_think_beside_tools(exchange: Exchange) -> None:
    """`reasoning` SHOULD be taken beside tools where it is taken alone, and SHOULD NOT make a stream fail there."""
    finished(exchange.before[0])
    seen(len(exchange.before) > 1, "the model does not tell what it thinks")
    exchange.accepted()
    error = broken_off(exchange)
    assert error is None, f"the stream breaks off with an error: {error!r:.120}"
    failed = of(events(exchange), "response.failed")
    assert not failed, f"the stream ends with response.failed: {failed[0]['response'].get('error')!r:.120}"


@check(
    "responses.reasoning.stream_encrypted", SHOULD, of=summed_up, spec="RSP-ST-004 RSP-REQ-016", rare=True, depth=FULL
)
def test_encrypted_reasoning_is_included_in_streams(exchange: Exchange) -> None:
    """Asked for by `include`, `encrypted_content` SHOULD come in streams too, with the item and in the end."""
    seen(exchange.request.streamed, "the model does not tell what it thinks")
    whole = items(exchange.before[0], "reasoning")
    seen(any(item.get("encrypted_content") for item in whole), "it does not come without a stream either")
    done = [event["item"] for event in of(finished(exchange), DONE) if event["item"]["type"] == "reasoning"]
    thoughts = {"the item that is done": done, "the response at the end": items(exchange, "reasoning")}
    for where, found in thoughts.items():
        sealed = not found or any(item.get("encrypted_content") for item in found)
        honoured(sealed, f"reasoning.encrypted_content was accepted, and {where} has none")


@check("responses.reasoning.stream", SHOULD, of=summed_up, spec="RSP-EV-011 RSP-EV-012", rare=True, depth=FULL)
def test_a_summary_is_streamed_in_order(exchange: Exchange) -> None:
    """A reasoning summary SHOULD come as part added, text deltas, text done and part done."""
    seen(exchange.request.streamed, "the model does not tell what it thinks")
    mine = [event for event in finished(exchange) if event["type"].startswith(SUMMARY)]
    seen(mine, "no reasoning is summed up")
    for index in dict.fromkeys((event["output_index"], event["summary_index"]) for event in mine):
        types = [e["type"].removeprefix(SUMMARY) for e in mine if (e["output_index"], e["summary_index"]) == index]
        order = [kind for last, kind in pairwise(["", *types]) if not last == kind == "text.delta"]
        wanted = ["part.added", "text.delta", "text.done", "part.done"]
        assert order in (wanted, wanted[:1] + wanted[2:]), f"the summary comes as {', '.join(order)}"
    seen(of(mine, f"{SUMMARY}part.added"), "no part is added")
