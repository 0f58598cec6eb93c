"""What is said in a stream is the same wherever it is said again; judged over every stream of the run."""

from __future__ import annotations

from itertools import pairwise

from samewire import FULL, MUST, SHOULD, SMOKE, Exchange, Steps, check, observed, scenario, seen

from ..http.same import has_words, keeps_blanks
from .following import (
    ADDED,
    DONE,
    PART_ADDED,
    PART_DONE,
    SUMMARY,
    TEXT,
    TEXT_DONE,
    THOUGHT,
    THOUGHT_DONE,
    differs,
    events,
    final,
    finished,
    joined,
    of,
    parts,
    streamed_words,
)
from .reading import input_tokens, of_type, output_tokens, response, said_by, thought, words
from .requests import COUNT, STREAM, STREAMS


@check("responses.stream.fragments", MUST, of=STREAMS, spec="RSP-EV-004 RSP-STR-018")
def test_deltas_are_fragments(exchange: Exchange) -> None:
    """Deltas MUST be what is new, not all that was said so far: clients join them."""
    texts = [event["delta"] for event in of(events(exchange), TEXT) if event["delta"]]
    seen(len(texts) >= 4, "too few deltas to tell")
    growing = all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert not growing or len(set(texts)) == 1, "every delta repeats all that was said before"


@check("responses.stream.text_begins_empty", SHOULD, of=STREAMS, spec="RSP-STR-012 RSP-STR-018 RSP-EV-003 OR-010")
def test_a_text_begins_empty(exchange: Exchange) -> None:
    """A message SHOULD be added without parts, and a part without text, if deltas follow: clients append these."""
    every = events(exchange)
    spoken = {event["output_index"] for event in of(every, TEXT) if event["delta"]}
    seen(spoken, "no delta came")
    for event in of(every, ADDED, PART_ADDED):
        if event["output_index"] in spoken:
            held = event["item"]["content"] if event["type"] == ADDED else [event["part"]]
            early = "".join(str(part.get("text") or "") for part in held)
            assert not early, f"{event['type']} holds {early[:60]!r}, and deltas follow"


@check("responses.stream.same_text", SHOULD, of=STREAMS, spec="RSP-STR-018", depth=SMOKE)
def test_deltas_make_the_text(exchange: Exchange) -> None:
    """The deltas of a text, joined, SHOULD be the text that its `output_text.done` holds."""
    found = parts(finished(exchange))
    seen(any(of(every, TEXT) for every in found.values()), "no delta came")
    for every in found.values():
        for done in of(every, TEXT_DONE):
            said = joined(every, TEXT)
            assert said == done["text"], f"the deltas make {differs(said, done['text'])} is told when done"


@check("responses.stream.same_part", SHOULD, of=STREAMS, spec="RSP-STR-018")
def test_deltas_make_the_part(exchange: Exchange) -> None:
    """The deltas of a text, joined, SHOULD be the text of the part that `content_part.done` holds."""
    found = {key: every for key, every in parts(finished(exchange)).items() if of(every, TEXT)}
    seen(any(of(every, PART_DONE) for every in found.values()), "no part is done")
    for every in found.values():
        for done in of(every, PART_DONE):
            said, told = joined(every, TEXT), str(done["part"].get("text"))
            assert said == told, f"the deltas make {differs(said, told)} is the part when done"


@check("responses.stream.same_item", SHOULD, of=STREAMS, spec="RSP-STR-018")
def test_deltas_make_the_item(exchange: Exchange) -> None:
    """The deltas of a message, joined, SHOULD be the text of the item that `output_item.done` holds."""
    every = finished(exchange)
    done = [event for event in of(every, DONE) if event["item"]["type"] == "message"]
    seen(done and of(every, TEXT), "no message is done, or no delta came")
    for event in done:
        said = joined((one for one in of(every, TEXT) if one["output_index"] == event["output_index"]), TEXT)
        told = said_by([event["item"]])
        assert said == told, f"the deltas make {differs(said, told)} is the item when done"


@check("responses.stream.same_response", MUST, of=STREAMS, spec="RSP-STR-018 RSP-STR-023", depth=SMOKE)
def test_deltas_make_the_response(exchange: Exchange) -> None:
    """All deltas, joined, MUST be the text of the response that the stream ends with."""
    said, told = joined(finished(exchange), TEXT), said_by(final(exchange)["output"])
    seen(said, "no delta came")
    assert said == told, f"the deltas make {differs(said, told)} is the response's"


@check(
    "responses.stream.same_summary",
    SHOULD,
    of=STREAMS,
    spec="RSP-EV-011 RSP-EV-012 RSP-ITEM-011",
    rare=True,
    depth=FULL,
)
def test_summary_deltas_make_the_summary(exchange: Exchange) -> None:
    """The deltas of a reasoning summary, joined, SHOULD be the summary that its item ends with."""
    every = finished(exchange)
    done = [event for event in of(every, DONE) if event["item"]["type"] == "reasoning"]
    seen(of(every, f"{SUMMARY}text.delta") and done, "no reasoning is summed up")
    for event in done:
        mine = [one for one in every if one.get("output_index") == event["output_index"]]
        said = joined(mine, f"{SUMMARY}text.delta")
        told = "".join(part["text"] for part in event["item"]["summary"])
        assert said == told, f"the deltas make {differs(said, told)} is the item's"
        ends = [one["text"] for one in of(mine, f"{SUMMARY}text.done")]
        parts = [one["part"]["text"] for one in of(mine, f"{SUMMARY}part.done")]
        for closed in ("".join(texts) for texts in (ends, parts) if texts):
            assert said == closed, f"the deltas make {differs(said, closed)} is told when done"
    thoughts = of_type(final(exchange)["output"], "reasoning")
    last = "".join(part["text"] for item in thoughts for part in item["summary"])
    every_word = joined(every, f"{SUMMARY}text.delta")
    assert not thoughts or every_word == last, f"the deltas make {differs(every_word, last)} is the response's"


@check("responses.stream.same_reasoning", SHOULD, of=STREAMS, spec="RSP-EV-010 RSP-ITEM-011", rare=True, depth=FULL)
def test_reasoning_deltas_make_the_reasoning(exchange: Exchange) -> None:
    """The deltas of what a model thinks, joined, SHOULD be what its item holds: a summary is told in others."""
    values = [value for value, _ in exchange.payloads()]
    seen(any(isinstance(one, dict) and one.get("type") == THOUGHT for one in values), "no reasoning is told in words")
    every = finished(exchange)
    done = [event for event in of(every, DONE) if event["item"]["type"] == "reasoning"]
    for event in done:
        mine = [one for one in every if one.get("output_index") == event["output_index"]]
        said, ends = joined(mine, THOUGHT), of(mine, THOUGHT_DONE)
        told = "".join(part["text"] for part in event["item"].get("content") or ())
        closed = "".join(one["text"] for one in ends)
        assert said == told, f"the deltas make {differs(said, told)} is the item's"
        assert not ends or said == closed, f"the deltas make {differs(said, closed)} is told when done"
    thoughts = of_type(final(exchange)["output"], "reasoning")
    last = "".join(part["text"] for item in thoughts for part in item.get("content") or ())
    every_word = joined(every, THOUGHT)
    assert not last or every_word == last, f"the deltas make {differs(every_word, last)} is the response's"


@check("responses.stream.parts_held", SHOULD, of=STREAMS, spec="RSP-EV-003 RSP-ITEM-011 RSP-STR-018", depth=FULL)
def test_an_item_holds_its_parts(exchange: Exchange) -> None:
    """The parts that are added to an item SHOULD be in it when it is done, of the types that they were added as."""
    every = finished(exchange)
    seen(of(every, PART_ADDED), "no part is added")
    for item in [event["item"] for event in of(every, DONE)]:
        mine = [one for one in of(every, PART_ADDED) if one["item_id"] == item.get("id")]
        added = list({one["content_index"]: one["part"]["type"] for one in mine}.values())
        held = [part["type"] for part in item.get("content") or ()]
        what = f"a {item['type']} gets parts of the types {', '.join(added)}"
        assert held[: len(added)] == added, f"{what}, and holds {', '.join(held) or 'none'} when it is done"


#: The types of items that speak to the client, whatever else a server tells of.
SAID = {"message", "function_call", "custom_tool_call"}


@scenario(COUNT, STREAM)
def said_and_streamed() -> Steps:
    """The same question, answered whole and as a stream."""
    yield COUNT
    yield STREAM


@check("responses.stream.words", MUST, of=said_and_streamed, spec="RSP-EV-004 RSP-STR-018", again=2)
def test_a_stream_says_something(exchange: Exchange) -> None:
    """A stream MUST carry the answer: where the whole answer has words, the stream has words too."""
    has_words(words(exchange.before[0]), streamed_words(exchange))


@check("responses.stream.whitespace", MUST, of=said_and_streamed, spec="RSP-EV-004 RSP-STR-018")
def test_a_stream_keeps_its_blanks(exchange: Exchange) -> None:
    """A stream MUST keep blanks and line ends: put together, the deltas are the text."""
    keeps_blanks(words(exchange.before[0]), streamed_words(exchange))


@check("responses.stream.same_items", SHOULD, of=said_and_streamed, spec="RSP-STR-023 RSP-EP-001", depth=FULL)
def test_a_stream_ends_with_the_same_items(exchange: Exchange) -> None:
    """A stream SHOULD end with items of the types that the same question gets when it is not streamed."""
    whole = {item["type"] for item in of_type(response(exchange.before[0])["output"])} & SAID
    streamed = {item["type"] for item in of_type(final(exchange)["output"])} & SAID
    assert streamed == whole, f"ends with {sorted(streamed)}, and with {sorted(whole)} when not streamed"


@check("responses.stream.same_status", SHOULD, of=said_and_streamed, spec="RSP-STR-021 RSP-ENV-014", depth=FULL)
def test_a_stream_ends_alike(exchange: Exchange) -> None:
    """The same question SHOULD end in the same status whether it is streamed or not."""
    whole, streamed = response(exchange.before[0])["status"], final(exchange)["status"]
    if "".join(streamed_words(exchange).split()) != "".join(words(exchange.before[0]).split()):
        observed("the two answers differ")
    seen(streamed in ("completed", "incomplete"), "the status at the end is none of an end")
    assert streamed == whole, f"the status is {streamed!r}, and {whole!r} when not streamed"


@check("responses.stream.same_input", SHOULD, of=said_and_streamed, spec="RSP-STR-024 RSP-ENV-020")
def test_a_stream_counts_the_same_input(exchange: Exchange) -> None:
    """The same question SHOULD count the same `input_tokens` whether it is streamed or not."""
    whole, usage = input_tokens(exchange.before[0]), final(exchange).get("usage")
    seen(whole is not None and usage is not None, "no usage is counted")
    assert whole is not None
    assert abs(usage["input_tokens"] - whole) <= 2, f"counts {usage['input_tokens']}, and {whole} when not streamed"


@check("responses.stream.same_output", SHOULD, of=said_and_streamed, spec="RSP-STR-024 RSP-ENV-020", depth=FULL)
def test_a_stream_counts_the_same_output(exchange: Exchange) -> None:
    """The same words SHOULD count as many `output_tokens` whether they are streamed or not."""
    whole, usage = output_tokens(exchange.before[0]), final(exchange).get("usage")
    seen(whole is not None and usage is not None, "no usage is counted")
    thinks = thought(exchange.before[0]) or thought(exchange)
    seen(not thinks, "the model thinks, each time as much as it will")
    seen(streamed_words(exchange) == words(exchange.before[0]), "the two answers differ")
    assert whole is not None
    streamed = usage["output_tokens"]
    seen(whole and streamed, "one of them counts nothing")
    assert abs(streamed - whole) <= max(4, whole * 0.25), f"counts {streamed}, and {whole} when not streamed"


#: Members that a response need not have; streams and whole answers should agree on having them.
DOCUMENTED = ("text", "truncation", "store", "max_output_tokens", "previous_response_id", "reasoning")


@check("responses.stream.same_keys", SHOULD, of=said_and_streamed, spec="RSP-STR-023 RSP-ENV-018", depth=FULL)
def test_a_stream_ends_with_the_full_response(exchange: Exchange) -> None:
    """The response that a stream ends with SHOULD have the members that it has when it is not streamed."""
    whole, streamed = response(exchange.before[0]), final(exchange)
    lacking = [name for name in DOCUMENTED if name in whole and name not in streamed]
    assert not lacking, f"the stream's response has no {', '.join(lacking[:6])}"


@check("responses.stream.same_settings", SHOULD, of=said_and_streamed, spec="RSP-STR-023 RSP-ENV-018", depth=FULL)
def test_a_stream_is_made_with_the_same_settings(exchange: Exchange) -> None:
    """A stream SHOULD tell the settings by default that the same request is told to have when it is not streamed."""
    whole, streamed = response(exchange.before[0]), final(exchange)
    for name in (name for name in DOCUMENTED if name not in (exchange.sent or {})):
        one, other = whole.get(name), streamed.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            one, other = ({key: told[key] for key in one.keys() & other.keys()} for told in (one, other))
        assert None in (one, other) or one == other, f"`{name}` is {other!r:.80}, and {one!r:.80} when not streamed"
