"""Usage in streams: told at the start, and in full at the end."""

from __future__ import annotations

import re
from typing import Any

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, Steps, check, counts, observed, scenario, seen, shown

from ..http.spent import counts_its_letters, counts_its_prompt
from .effects import told
from .lost import replies
from .reading import ended, events, message, streamed_calls, streamed_words, taken, thinks, words
from .requests import COUNT, STREAM, STREAMS
from .talk import NAMELESS_STREAM, REST, SYSTEM, TOGETHER, TOGETHER_STREAM, names

PARTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def total(usage: Any) -> int:
    """All the input tokens that are counted, cached or not."""
    return sum(int(usage.get(name) or 0) for name in PARTS)


def started(exchange: Exchange) -> Any:
    """The usage that the start of a stream tells."""
    found = [event["message"]["usage"] for event in events(exchange) if event["type"] == "message_start"]
    seen(found, "there is no message_start")
    return found[0]


@check("messages.stream.start_input", SHOULD, of=STREAMS, spec="MSG-STR-004 MSG-ENV-008", depth=SMOKE)
def test_the_start_counts_the_prompt(exchange: Exchange) -> None:
    """The usage of a `message_start` SHOULD count the prompt: agents read there how full the window is."""
    counted = total(started(exchange))
    assert counted > 0, "the start counts 0 input tokens"
    counts_its_prompt(exchange, counted)


@check("messages.stream.end_input", SHOULD, of=STREAMS, spec="MSG-STR-016")
def test_the_end_counts_the_same_prompt(exchange: Exchange) -> None:
    """Input tokens that a `message_delta` tells SHOULD be those of the start."""
    usage, first = ended(exchange)["usage"], total(started(exchange))
    seen(usage.get("input_tokens") is not None, "the end counts no input tokens")
    seen(first, "the start counts none, which has a check of its own")
    last = total(usage)
    assert last == first, f"the start counts {first} input tokens, the end {last}"


@check("messages.stream.cumulative", SHOULD, of=STREAMS, spec="MSG-STR-015")
def test_counts_only_grow(exchange: Exchange) -> None:
    """The `output_tokens` of every `message_delta` SHOULD be all so far: no fewer than what was told before."""
    counts = [event["usage"]["output_tokens"] for event in events(exchange) if event["type"] == "message_delta"]
    seen(counts, "there is no message_delta")
    every = [started(exchange)["output_tokens"], *counts]
    assert every == sorted(every), f"the counts are {', '.join(map(str, every))}"


@check("messages.stream.end_output", SHOULD, of=STREAMS, spec="MSG-STR-015", depth=SMOKE)
def test_the_end_counts_the_whole_answer(exchange: Exchange) -> None:
    """The last `output_tokens` SHOULD be the whole answer's: a list of numbers takes about a token for each."""
    said, spent = streamed_words(exchange), ended(exchange)["usage"]["output_tokens"]
    if not said.strip():
        made = streamed_calls(exchange)
        seen(made, "neither words nor calls came")
        counts_its_letters(spent, sum(len(part) for call in made for part in call))
        return
    begun = [turn for turn in (exchange.sent or {}).get("messages") or () if isinstance(turn, dict)][-1:]
    seen(not begun or begun[0].get("role") != "assistant", "some of the words may be those that it was to go on from")
    listed = set(re.findall(r"\b(?:[1-9]|[12]\d|30)\b", said)) if re.fullmatch(r"[\d\s,.]+", said) else set()
    # Where four letters are taken for a token, some hold two numbers.
    least = max(1, len(listed) * 3 // 4)
    assert spent >= least, f"{said[:40]!r}, {len(said)} characters in all, are counted as {spent} tokens"
    counts_its_letters(spent, len(said))
    limit = (exchange.sent or {}).get("max_tokens")
    assert not isinstance(limit, int) or limit < 16 or spent <= limit + 1, f"{spent} tokens, where {limit} were allowed"


def counted(exchange: Exchange) -> int:
    """The input tokens that a stream counts, at its end if it does so there."""
    told = ended(exchange)["usage"]
    return total(told) if told.get("input_tokens") is not None else total(started(exchange))


@scenario(COUNT, STREAM)
def said_and_streamed() -> Steps:
    """The same question, answered whole and as a stream."""
    yield COUNT
    yield STREAM


@check("messages.stream.same_input", SHOULD, of=said_and_streamed, spec="MSG-STR-024 MSG-STR-004")
def test_a_stream_counts_the_same_prompt(exchange: Exchange) -> None:
    """The same prompt SHOULD count the same whether the answer is streamed or not."""
    whole, streamed = taken(exchange.before[0].accepted()), counted(exchange)
    seen(whole and streamed, "no input tokens are counted")
    assert streamed == whole, f"the prompt counts {streamed} tokens in the stream, and {whole} otherwise"


@scenario(COUNT, STREAM, TOGETHER, TOGETHER_STREAM, spare=(NAMELESS_STREAM,))
def conversed_and_streamed() -> Steps:
    """A short question and a long conversation, each answered whole and as a stream.

    There the system prompt and the results are strings; if they count otherwise or get lost, they are blocks once more.
    """
    *_, whole, streamed = yield [COUNT, STREAM, TOGETHER, TOGETHER_STREAM]
    same = streamed.ok and whole.ok and abs((taken(streamed) or 0) - (taken(whole) or 0)) <= nearly(taken(whole) or 0)
    if not same or (names(whole, SYSTEM, REST) and not names(streamed, SYSTEM, REST)):
        yield NAMELESS_STREAM


def nearly(tokens: int) -> int:
    """By how many tokens two counts of the same conversation may differ."""
    return max(8, tokens // 50)


@check(
    "messages.stream.same_conversation", SHOULD, of=conversed_and_streamed, spec="MSG-STR-024 MSG-ENV-006", depth=FULL
)
def test_a_stream_counts_the_same_conversation(exchange: Exchange) -> None:
    """A conversation with a system prompt and tools SHOULD count the same, or nearly so, whether streamed or not."""
    short, short_stream, long, *_, long_stream = (*exchange.before, exchange)
    seen(all(one.ok for one in (short, short_stream, long)), "it is refused, which has a check of its own")
    streamed, whole = counted(long_stream), taken(long)
    seen(whole and streamed, "no input tokens are counted")
    seen(counted(short_stream) == taken(short), "a short question is counted otherwise, too")
    why = f"the conversation counts {streamed} tokens in the stream, and {whole} otherwise"
    assert abs(streamed - (whole or 0)) <= nearly(whole or 0), why


@check("messages.results.as_words", SHOULD, of=conversed_and_streamed, spec="MSG-BLK-006 MSG-ENV-006", depth=FULL)
def test_blocks_of_a_result_count_as_their_words(exchange: Exchange) -> None:
    """Blocks of text in a result SHOULD reach the model as their words do, not as they are written in JSON."""
    *_, strings, blocks = (*exchange.before, exchange)
    if exchange.asked(TOGETHER_STREAM):
        return
    seen(strings.ok and blocks.ok, "it is refused, which has a check of its own")
    seen(names(strings, SYSTEM, REST) or not names(blocks, SYSTEM, REST), "the system prompt is lost as a string")
    first, second = counted(strings), counted(blocks)
    seen(first and second, "no input tokens are counted")
    why = f"a conversation counts {second} tokens with blocks, and {first} without"
    counts(second - first <= 2 * nearly(first), why, Broken)


@check("messages.system.beside_tools", MUST, of=conversed_and_streamed, spec="MSG-REQ-007", depth=FULL, again=2)
def test_a_string_of_the_system_arrives_beside_tools(exchange: Exchange) -> None:
    """A `system` prompt MUST reach the model as a string beside tools, too, if it does so as blocks."""
    if exchange.asked(TOGETHER_STREAM):
        both = (exchange.before[-1], exchange)
        # Who names what others say, and nothing of the system's, may have heard it neither way.
        silent = not any(names(one, code) for one in both for code in (SYSTEM, REST))
        seen(
            not silent or not replies(both[0]),
            "what the system says isn't told as blocks either, which has checks of its own",
        )
        return
    strings, blocks = exchange.before[-1], exchange
    seen(strings.ok and blocks.ok, "it is refused, which has a check of its own")
    seen(names(blocks, SYSTEM, REST), "the model does not tell what the system says")
    heard = names(strings, SYSTEM) or names(strings, REST)
    shown(heard or not told(strings).strip(), "a system prompt was accepted as a string beside tools, and dropped")


@check("messages.stream.same_output", SHOULD, of=said_and_streamed, spec="MSG-STR-024 MSG-STR-015", depth=FULL)
def test_a_stream_counts_the_same_answer(exchange: Exchange) -> None:
    """The same answer SHOULD count the same, or nearly so, whether it is streamed or not."""
    whole, told = message(exchange.before[0])["usage"]["output_tokens"], ended(exchange)["usage"]["output_tokens"]
    seen(whole and not thinks(exchange.before[0]), "no output tokens are counted, or the model thinks")
    # To the last blank, which is a token, too.
    if words(exchange.before[0]) != streamed_words(exchange):
        observed("the two answers differ")
    first = started(exchange)["output_tokens"]
    since = first > 1 and whole - told == first
    assert not since, f"counted as {told} in the stream, else as {whole}: the {first} of the start are left out"
    assert abs(told - whole) <= max(4, whole // 8), f"counted as {told} in the stream, else as {whole}"
