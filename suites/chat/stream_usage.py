"""Usage in streams: `stream_options.include_usage`."""

from __future__ import annotations

from typing import Any

from samewire import FULL, MUST, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from ..http.spent import counts_its_letters, counts_its_prompt
from .reading import chunks, every_call, finished, prompt_tokens, streamed_words
from .requests import COUNT, METERED, METERED_STREAMS, STREAMS
from .streaming import said_and_metered
from .talk import EVERYWHERE, EVERYWHERE_METERED


@check("chat.stream_usage.given", SHOULD, of=METERED, spec="CHAT-STR-014")
def test_usage_is_given_when_asked_for(exchange: Exchange) -> None:
    """With `include_usage`, a stream SHOULD count its tokens in `usage`."""
    counted = [chunk for chunk in finished(exchange) if chunk.get("usage") is not None]
    honoured(counted, "include_usage was accepted, and no usage came before the end")


@check("chat.stream_usage.shape", MUST, of=STREAMS, spec="CHAT-ENV-025")
def test_usage_in_a_stream_counts_in_whole_numbers(exchange: Exchange) -> None:
    """`usage` in a chunk MUST be null or have the three counts, whole numbers of at least 0."""
    exchange.conforms("chat/chunk", "/usage")
    seen(any(chunk.get("usage") for chunk in chunks(exchange)), "no usage came")


def metered(exchange: Exchange) -> list[Any]:
    """The chunks of a stream that was asked for its usage, and gives it."""
    seen(((exchange.sent or {}).get("stream_options") or {}).get("include_usage"), "no usage was asked for")
    every = chunks(exchange)
    seen(any(chunk.get("usage") for chunk in every), "no usage came")
    return every


@check("chat.stream_usage.alone", SHOULD, of=METERED_STREAMS, spec="CHAT-STR-014")
def test_usage_comes_in_a_chunk_of_its_own(exchange: Exchange) -> None:
    """With `include_usage`, exactly one chunk SHOULD carry `usage`, and no choices."""
    counted = [chunk for chunk in metered(exchange) if chunk.get("usage")]
    assert len(counted) == 1, f"{len(counted)} chunks carry usage"
    assert counted[0]["choices"] == [], "the chunk with usage has choices too"


@check("chat.stream_usage.last", MUST, of=METERED_STREAMS, spec="CHAT-STR-016")
def test_usage_comes_last(exchange: Exchange) -> None:
    """With `include_usage`, the chunk with `usage` MUST be the last one: a later one makes clients forget it."""
    every = metered(exchange)
    counted = [place for place, chunk in enumerate(every) if chunk.get("usage")]
    assert counted[-1] == len(every) - 1, f"{len(every) - 1 - counted[-1]} chunks follow the one with usage"


@check("chat.stream_usage.null_before", SHOULD, of=METERED_STREAMS, spec="CHAT-STR-015")
def test_usage_is_null_before(exchange: Exchange) -> None:
    """With `include_usage`, every chunk before the last SHOULD have `usage: null`."""
    every = metered(exchange)
    # Azure's first chunk tells what its filters found in the prompt, and has nothing of an answer yet.
    without = [chunk for chunk in every if "usage" not in chunk and not about_the_prompt(chunk)]
    assert not without, f"{len(without)} of {len(every)} chunks have no `usage` at all"


def about_the_prompt(chunk: Any) -> bool:
    """Whether a chunk is no piece of an answer, but what a filter found in the prompt."""
    return not chunk["choices"] and bool(chunk.get("prompt_filter_results"))


@check("chat.stream_usage.same_prompt", SHOULD, of=said_and_metered, spec="CHAT-STR-018 CHAT-EQ-002")
def test_a_stream_counts_the_same_prompt(exchange: Exchange) -> None:
    """The same prompt SHOULD count the same tokens whether the answer is streamed or not."""
    whole, streamed = counted_twice(exchange.before[0], exchange)
    assert streamed == whole, f"the prompt counts {streamed} tokens, and {whole} when the answer is not streamed"


def counted_twice(whole: Exchange, stream: Exchange) -> list[int]:
    """The tokens of a prompt, as a whole answer counts them and as a stream does."""
    counted = prompt_tokens(whole)
    told = [chunk["usage"] for chunk in chunks(stream) if chunk.get("usage")]
    seen(counted is not None and told, "no usage came")
    # Where a whole answer counts tokens, a stream that counts none has lost them.
    return [counted or 0, int(told[-1]["prompt_tokens"])]


@scenario(COUNT, METERED, EVERYWHERE, EVERYWHERE_METERED)
def counted_alone_and_together() -> Steps:
    """A question whole and streamed, and a conversation with tools whole and streamed."""
    yield COUNT
    yield METERED
    yield EVERYWHERE
    yield EVERYWHERE_METERED


@check(
    "chat.stream_usage.same_conversation",
    SHOULD,
    of=counted_alone_and_together,
    spec="CHAT-STR-018 CHAT-EQ-002",
    depth=FULL,
)
def test_a_stream_counts_the_same_conversation(exchange: Exchange) -> None:
    """A conversation with tools SHOULD count the same tokens whether the answer is streamed or not, all of it."""
    seen(all(one.ok for one in (*exchange.before, exchange)), "one of them is refused, which has a cell of its own")
    told = [any(chunk.get("usage") for chunk in chunks(one)) for one in (exchange.before[1], exchange)]
    honoured(told != [True, False], "include_usage was accepted, and beside results of tools no usage came")
    alone, together = counted_twice(*exchange.before[:2]), counted_twice(exchange.before[2], exchange)
    seen(alone[0] == alone[1], "a question by itself is counted differently, which has a cell of its own")
    assert together[0] == together[1], (
        f"a conversation counts {together[1]} tokens, and {together[0]} when the answer is not streamed"
    )


@check("chat.stream_usage.counts", SHOULD, of=METERED_STREAMS, spec="CHAT-ENV-024 CHAT-STR-014", depth=FULL)
def test_usage_in_a_stream_counts_something(exchange: Exchange) -> None:
    """A stream SHOULD count more than 0 tokens of its prompt, and of what it says or calls, whatever is beside it."""
    usage = next(chunk["usage"] for chunk in reversed(metered(exchange)) if chunk.get("usage"))
    counts_its_prompt(exchange, usage["prompt_tokens"])
    made = [part.get("function") or {} for _, every in every_call(exchange) for part in every]
    written = [streamed_words(exchange), *(part for one in made for part in one.values() if isinstance(part, str))]
    counts_its_letters(usage["completion_tokens"], sum(map(len, written)))


@check("chat.stream_usage.total", SHOULD, of=METERED_STREAMS, spec="CHAT-ENV-026")
def test_usage_in_a_stream_adds_up(exchange: Exchange) -> None:
    """`total_tokens` in a stream SHOULD be the sum of its parts."""
    usages = [chunk["usage"] for chunk in chunks(exchange) if chunk.get("usage")]
    seen(usages, "no usage came")
    total, parts = usages[-1]["total_tokens"], usages[-1]["prompt_tokens"] + usages[-1]["completion_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"
