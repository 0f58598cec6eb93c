"""Usage in streams: `stream_options.include_usage`."""

from __future__ import annotations

from samewire import MUST, SHOULD, Exchange, check, honoured, seen

from .reading import chunks, finished, prompt_tokens
from .requests import METERED, METERED_STREAMS, STREAMS
from .streaming import said_and_metered


@check("chat.stream_usage.given", SHOULD, of=METERED, spec="CHAT-STR-014")
def test_usage_is_given_when_asked_for(exchange: Exchange) -> None:
    """With `include_usage`, a stream SHOULD count its tokens in `usage`."""
    counted = [chunk for chunk in finished(exchange) if chunk.get("usage") is not None]
    honoured(counted, "include_usage was accepted, and no usage came")


@check("chat.stream_usage.shape", MUST, of=STREAMS, spec="CHAT-ENV-025")
def test_usage_in_a_stream_counts_in_whole_numbers(exchange: Exchange) -> None:
    """`usage` in a chunk MUST be null or have the three counts, whole numbers of at least 0."""
    exchange.conforms("chat/chunk", "/usage")
    seen(any(chunk.get("usage") for chunk in chunks(exchange)), "no usage came")


@check("chat.stream_usage.alone", SHOULD, of=METERED, spec="CHAT-STR-014")
def test_usage_comes_in_a_chunk_of_its_own(exchange: Exchange) -> None:
    """With `include_usage`, exactly one chunk SHOULD carry `usage`, and no choices."""
    counted = [chunk for chunk in chunks(exchange) if chunk.get("usage")]
    seen(counted, "no usage came")
    assert len(counted) == 1, f"{len(counted)} chunks carry usage"
    assert counted[0]["choices"] == [], "the chunk with usage has choices too"


@check("chat.stream_usage.last", MUST, of=METERED, spec="CHAT-STR-016")
def test_usage_comes_last(exchange: Exchange) -> None:
    """With `include_usage`, the chunk with `usage` MUST be the last one: a later one makes clients forget it."""
    every = chunks(exchange)
    counted = [place for place, chunk in enumerate(every) if chunk.get("usage")]
    seen(counted, "no usage came")
    assert counted[-1] == len(every) - 1, f"{len(every) - 1 - counted[-1]} chunks follow the one with usage"


@check("chat.stream_usage.null_before", SHOULD, of=METERED, spec="CHAT-STR-015")
def test_usage_is_null_before(exchange: Exchange) -> None:
    """With `include_usage`, every chunk before the last SHOULD have `usage: null`."""
    every = chunks(exchange)
    seen(any(chunk.get("usage") for chunk in every), "no usage came")
    without = [chunk for chunk in every if "usage" not in chunk]
    assert not without, f"{len(without)} of {len(every)} chunks have no `usage` at all"


@check("chat.stream_usage.same_prompt", SHOULD, of=said_and_metered, spec="CHAT-STR-018 CHAT-EQ-002")
def test_a_stream_counts_the_same_prompt(exchange: Exchange) -> None:
    """The same prompt SHOULD count the same tokens whether the answer is streamed or not."""
    whole = prompt_tokens(exchange.before[0])
    usages = [chunk["usage"] for chunk in chunks(exchange) if chunk.get("usage")]
    seen(usages and whole is not None, "no usage came")
    streamed = usages[-1]["prompt_tokens"]
    assert streamed == whole, f"the prompt counts {streamed} tokens, and {whole} when the answer is not streamed"


@check("chat.stream_usage.total", SHOULD, of=METERED_STREAMS, spec="CHAT-ENV-026")
def test_usage_in_a_stream_adds_up(exchange: Exchange) -> None:
    """`total_tokens` in a stream SHOULD be the sum of its parts."""
    usages = [chunk["usage"] for chunk in chunks(exchange) if chunk.get("usage")]
    seen(usages, "no usage came")
    total, parts = usages[-1]["total_tokens"], usages[-1]["prompt_tokens"] + usages[-1]["completion_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"
