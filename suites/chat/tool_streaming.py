"""Tool calls in streams: fragments that clients can put together, judged over every stream of the run."""

from __future__ import annotations

import re

from samewire import FULL, MUST, SHOULD, Broken, Exchange, Ignored, Steps, check, scenario, seen, shown

from .reading import (
    STARVED,
    arguments,
    calls,
    choice,
    every_call,
    finished,
    fragments,
    markup,
    parsed,
    pieces,
    starved,
    streamed_words,
    takes_none,
    words,
)
from .requests import BOTH, BOTH_STREAM, CALL_STREAMS, CALLED, CALLED_STREAM, FEW
from .streaming import indexes
from .tools import plainly, written_again


@check("chat.tool_stream.shape", MUST, of=CALL_STREAMS, spec="CHAT-STR-020 CHAT-STR-001")
def test_a_fragment_has_its_shape(exchange: Exchange) -> None:
    """`delta.tool_calls` MUST be an array of fragments, each with a whole number `index`."""
    exchange.conforms("chat/chunk", "/choices/*/delta/tool_calls")
    seen(fragments(exchange), "no tool was called")


@check("chat.tool_stream.indexes", MUST, of=CALL_STREAMS, spec="CHAT-STR-021")
def test_indexes_count_from_zero(exchange: Exchange) -> None:
    """The indexes of the tool calls of a choice MUST count from 0, one by one."""
    every = [list(fragments(exchange, choice)) for choice in indexes(exchange)]
    seen(any(every), "no tool was called")
    for found in every:
        assert found == list(range(len(found))), f"the indexes are {found}"


@check("chat.tool_stream.one_call_an_index", MUST, of=CALL_STREAMS, spec="CHAT-STR-022")
def test_an_index_is_one_call(exchange: Exchange) -> None:
    """Every tool call MUST have an index of its own: clients join what shares one."""
    found = every_call(exchange)
    seen(found, "no tool was called")
    for index, parts in found:
        ids = list(dict.fromkeys(part["id"] for part in parts if part.get("id")))
        assert len(ids) <= 1, f"index {index} is shared by the calls {', '.join(ids[:3])}"


@check("chat.tool_stream.head", MUST, of=CALL_STREAMS, spec="CHAT-STR-023")
def test_the_first_fragment_names_the_call(exchange: Exchange) -> None:
    """The first fragment of a tool call MUST have `id`, `type` and `function.name`."""
    found = every_call(exchange)
    seen(found, "no tool was called")
    for index, parts in found:
        first = parts[0]
        lacking = [name for name in ("id", "type") if not first.get(name)]
        lacking += [] if (first.get("function") or {}).get("name") else ["function.name"]
        assert not lacking, f"the first fragment of call {index} has no {' and no '.join(lacking)}"


@check("chat.tool_stream.named_once", MUST, of=CALL_STREAMS, spec="CHAT-STR-024")
def test_later_fragments_do_not_name_it_again(exchange: Exchange) -> None:
    """Later fragments of a tool call MUST NOT repeat `id` or `function.name`: clients join them."""
    found = every_call(exchange)
    seen(found, "no tool was called")
    for index, parts in found:
        ids = [part["id"] for part in parts if part.get("id")]
        names = [part["function"]["name"] for part in parts if (part.get("function") or {}).get("name")]
        seen(len(set(ids)) <= 1, "an index is shared by several calls")
        times = max(len(ids), len(names))
        assert times <= 1, f"call {index} is named in {times} fragments"


@check("chat.tool_stream.arguments", MUST, of=CALL_STREAMS, spec="CHAT-STR-025", again=2)
def test_fragments_make_arguments(exchange: Exchange) -> None:
    """The fragments of a tool call's `arguments` MUST make a JSON object when joined, unless the limit cut it off."""
    found = every_call(exchange)
    finished(exchange)
    reasons = [piece.get("finish_reason") for piece in pieces(exchange)]
    seen(found and "length" not in reasons, "no tool was called")
    # By the old name of the limit as well, which is sent as it is written.
    few = (exchange.sent or {}).get("max_tokens") == FEW
    seen(not exchange.request.capped and not few, "the call was to be cut off")
    for index, parts in found:
        seen(len({part["id"] for part in parts if part.get("id")}) <= 1, "an index is shared by several calls")
        text, name = arguments(parts), (parts[0].get("function") or {}).get("name")
        if text or not takes_none(exchange, name):
            assert isinstance(parsed(text), dict), f"the arguments of call {index} are {text[:80]!r}"


@check("chat.tool_stream.finish_reason", SHOULD, of=CALL_STREAMS, spec="CHAT-ENV-020")
def test_a_streamed_call_finishes_with_tool_calls(exchange: Exchange) -> None:
    """A stream that calls tools SHOULD finish with `tool_calls`; where a call was forced, OpenAI also says `stop`."""
    seen(fragments(exchange), "no tool was called")
    reasons = [reason for piece in pieces(exchange) if (reason := piece.get("finish_reason")) is not None]
    seen(reasons, "the stream has no finish_reason")
    forced = (exchange.sent or {}).get("tool_choice") not in (None, "auto")
    assert reasons[-1] in ("tool_calls", "length", *(("stop",) if forced else ())), f"finishes with {reasons[-1]!r}"
    calling = {piece["index"] for piece in pieces(exchange) if fragments(exchange, piece["index"])}
    ends = {piece["index"]: piece["finish_reason"] for piece in pieces(exchange) if piece.get("finish_reason")}
    every = {reason for index, reason in ends.items() if index in calling and reason in ("stop", "tool_calls")}
    assert len(every) < 2, "of several choices that call tools, one finishes with 'stop' and another with 'tool_calls'"


@check("chat.tool_stream.declared_name", SHOULD, of=CALL_STREAMS, spec="CHAT-TOOL-014", depth=FULL)
def test_streams_call_tools_by_their_names(exchange: Exchange) -> None:
    """The name in a streamed tool call SHOULD be one of the tools that were declared, letter for letter."""
    finished(exchange)
    declared = {str(tool.get("function", {}).get("name")) for tool in (exchange.sent or {}).get("tools") or ()}
    heads = [str((parts[0].get("function") or {}).get("name") or "") for parts in fragments(exchange).values()]
    seen(any(heads), "no tool was called")
    for name in heads:
        changed = [one for one in declared if plainly(one) in plainly(name) or (name and plainly(name) in plainly(one))]
        assert name in declared or not changed, f"calls {name!r}, and {changed[0]!r} was declared"


@check("chat.tool_stream.no_markup", SHOULD, of=CALL_STREAMS, spec="CHAT-ENV-014 CHAT-STR-020", depth=FULL)
def test_streamed_calls_do_not_leak_as_text(exchange: Exchange) -> None:
    """A streamed call of a tool SHOULD come in `delta.tool_calls`, and not as markup in `content` as well."""
    seen(fragments(exchange), "no tool was called")
    said = streamed_words(exchange)
    if mark := markup(said):
        raise Broken(f"a tool is called, and the content holds {mark!r}: {said[:80]!r}", causes={"markup"})
    named = [str((parts[0].get("function") or {}).get("name")) for parts in fragments(exchange).values()]
    assert not written_again(said, named), f"the content beside a call is that call as JSON: {said[:80]!r}"


@check("chat.tool_stream.finish_bare", SHOULD, of=CALL_STREAMS, spec="CHAT-STR-011", depth=FULL)
def test_the_end_of_a_call_says_nothing(exchange: Exchange) -> None:
    """In a stream that calls tools, the chunk with `finish_reason` SHOULD hold no words: they would follow the call."""
    seen(fragments(exchange), "no tool was called")
    last = [piece["delta"] for piece in pieces(exchange) if piece.get("finish_reason") is not None]
    # A stream of one chunk holds all there is in it.
    late = [said for delta in last if not delta.get("tool_calls") and (said := (delta.get("content") or "").strip())]
    assert not late, f"the chunk that ends a call says {late[0][:80]!r}"


@scenario(CALLED, CALLED_STREAM)
def called_and_streamed() -> Steps:
    """The same forced call, whole and streamed."""
    yield CALLED
    yield CALLED_STREAM


@check("chat.tool_stream.same_calls", SHOULD, of=called_and_streamed, spec="CHAT-EQ-001 CHAT-EQ-002", again=2)
def test_a_stream_calls_the_same_tools(exchange: Exchange) -> None:
    """A stream SHOULD call the tools that the same request calls when it is not streamed."""
    whole = sorted(call["function"]["name"] for call in calls(exchange.before[0]))
    seen(whole, "no tool was called")
    seen({*whole} == {"get_weather"}, "a tool was called that nobody declared, which has a cell of its own")
    heads = [parts[0].get("function") or {} for parts in fragments(exchange).values()]
    streamed = sorted(str(head.get("name")) for head in heads)
    seen(streamed or not starved(exchange), STARVED)
    assert streamed, f"{', '.join(whole)} was called when not streamed, and no tool in the stream"
    what = f"calls {', '.join(streamed)}, and {', '.join(whole)} when not streamed"
    assert set(streamed) <= {"get_weather", "None"}, what


#: What becomes of é on the way: a question mark, half a letter, two letters of Latin 1.
MANGLED = re.compile(r"orl(?:\?|\ufffd|Ã|\\u00)", re.IGNORECASE)


@check("chat.letters.arguments", MUST, of=called_and_streamed, spec="CHAT-EQ-003 CHAT-ENV-016", depth=FULL, again=2)
def test_letters_come_through_in_arguments(exchange: Exchange) -> None:
    """Letters that are not ASCII MUST come through in the arguments of a call, whole and streamed."""
    whole = [str(call["function"]["arguments"]) for call in calls(exchange.before[0])]
    streamed = [arguments(parts) for parts in fragments(exchange).values()]
    given = [str(list(value.values())) for text in (*whole, *streamed) if isinstance(value := parsed(text), dict)]
    seen(any("orl" in text.lower() for text in given), "no call names the city")
    mangled = [text for text in given if MANGLED.search(text)]
    assert not mangled, f"letters are lost: {mangled[0][:60]}"


BOTH_FORCED, BOTH_FORCED_STREAM = (one.but(tool_choice="required") for one in (BOTH, BOTH_STREAM))


@scenario(BOTH, BOTH_STREAM, spare=(BOTH_FORCED, BOTH_FORCED_STREAM))
def both_and_streamed() -> Steps:
    """A question that asks for a tool twice, whole and streamed; if that calls nothing, a call is forced."""
    whole: Exchange = yield BOTH
    stream: Exchange = yield BOTH_STREAM
    if whole.ok and stream.ok and not calls(whole) and not fragments(stream):
        yield BOTH_FORCED
        yield BOTH_FORCED_STREAM


@check("chat.tool_stream.auto", SHOULD, of=both_and_streamed, spec="CHAT-EQ-002 CHAT-TOOL-003", depth=FULL, again=2)
def test_a_stream_calls_where_a_whole_answer_does(exchange: Exchange) -> None:
    """Where calls are left to the model, and the question asks for them, streams and whole answers SHOULD be alike."""
    whole = exchange.before[-1]
    seen(exchange.ok and whole.ok, "it is refused")
    seen((exchange.sent or {}).get("tool_choice") == "auto", "neither calls a tool where that is left to the model")
    finished(exchange)
    ends = [choice(whole)["finish_reason"], *(piece.get("finish_reason") for piece in pieces(exchange))]
    seen("length" not in ends, "one of them is cut off")
    called, streamed = bool(calls(whole)), bool(fragments(exchange))
    seen(called or streamed, "no tool was called")
    # What says nothing at all has lost its calls, and a cell of its own.
    seen(called or words(whole).strip(), "the whole answer is empty")
    seen(streamed or streamed_words(exchange).strip(), "the stream is empty")
    one, other = ("whole answer", "stream") if called else ("stream", "whole answer")
    shown(called and streamed, f"left to the model, the {one} calls tools, and the {other} to the same question none")


@check("chat.tools.all_calls", SHOULD, of=both_and_streamed, spec="CHAT-EQ-002 CHAT-ENV-014", depth=FULL, again=2)
def test_no_call_gets_lost(exchange: Exchange) -> None:
    """Where a stream calls several tools at once, a whole answer SHOULD so too, and the other way round."""
    seen(exchange.ok and exchange.before[-1].ok, "one of them is refused")
    finished(exchange)
    found = fragments(exchange)
    whole, ids = (
        len(calls(exchange.before[-1])),
        {part["id"] for parts in found.values() for part in parts if part.get("id")},
    )
    streamed = max(len(found), len(ids))
    ends = [choice(exchange.before[-1])["finish_reason"], *(piece.get("finish_reason") for piece in pieces(exchange))]
    seen("length" not in ends, "one of them is cut off")
    seen(whole and streamed and max(whole, streamed) > 1, "not several tools are called")
    fewer = "whole answer" if whole < streamed else "stream"
    why = f"the whole answer calls {whole} tools, and the stream {streamed}"
    if (whole > 1) != (streamed > 1):
        raise Ignored(why, lost=(fewer,))
