"""Legacy completions in streams."""

from __future__ import annotations

from samewire import FULL, MAY, MUST, SHOULD, Blocked, Broken, Exchange, Steps, check, honoured, scenario, seen

from ..chat.completion import SKEW, off
from ..chat.packing import packed
from .requests import METERED, STOPS, STREAM, STREAMS, TEXT
from .text import SHAPE, choices


@check("completions.stream.accepted", MUST, of=packed(METERED, STREAM), spec="CMPL-007 CMPL-005")
def test_a_text_is_streamed(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be taken, and answered with events."""
    exchange.accepted()
    if not any(event.data is not None for event in exchange.stream.events):
        raise Broken(f"no event came, but: {exchange.body[:80]!r}", causes={"stream"})


@check("completions.stream.shape", MUST, of=STREAMS, spec="CMPL-007")
def test_chunks_have_the_shape_of_texts(exchange: Exchange) -> None:
    """Chunks of a completion MUST have the shape of a whole one."""
    exchange.conforms(SHAPE)
    # An event that is no JSON has no shape, and a cell of its own.
    seen(list(exchange.stream_of(SHAPE)), "no chunk came")


@check("completions.stream.done", SHOULD, of=STREAMS, spec="CMPL-008", depth=FULL)
def test_a_streamed_text_ends_with_done(exchange: Exchange) -> None:
    """A stream SHOULD end with the event `data: [DONE]`."""
    datas = [event.data or "" for event in exchange.events()]
    seen(not any(data.endswith("\n[DONE]") for data in datas), "it shares an event, which has a cell of its own")
    odd = [data for data in datas if data.strip() == "[DONE]" != data]
    assert not odd, f"the end is spelled {odd[:1]}, and more than one space after `data:` belongs to it"
    assert "[DONE]" in datas, f"there is no [DONE]: the last event is {datas[-1]!r:.80}"


@check("completions.stream.finish", MUST, of=packed(METERED, STREAM), spec="CMPL-003 CMPL-009", depth=FULL)
def test_a_streamed_text_finishes(exchange: Exchange) -> None:
    """A choice of a stream MUST finish with a `finish_reason`, once; before, null is fine."""
    chunks = exchange.accepted().stream_of(SHAPE)
    reasons = [choice.get("finish_reason") for chunk in chunks for choice in chunk["choices"]]
    given = [reason for reason in reasons if reason]
    assert given, "no chunk has a finish_reason"
    assert len(given) == 1, f"the text finishes {len(given)} times"


@scenario(METERED, spare=(STREAM,))
def metered() -> Steps:
    """A stream with its usage; if that isn't given, a plain one."""
    answer: Exchange = yield METERED
    if not answer.ok:
        yield STREAM
    return answer


@check("completions.stream.usage", MAY, of=metered, spec="CMPL-010", depth=FULL)
def test_usage_of_a_streamed_text(exchange: Exchange) -> None:
    """`include_usage` MAY be taken; then a chunk carries `usage`."""
    if not exchange.ok:
        raise Blocked("a plain stream is not given either", cause=f"request:{exchange.request.id}")
    counted = [chunk["usage"] for chunk in exchange.found.accepted().stream_of(SHAPE) if chunk.get("usage")]
    honoured(counted, "include_usage was accepted, and no usage came before the end")
    seen(streamed_text(exchange.found), "no text came")
    assert any(usage["completion_tokens"] for usage in counted), "the usage of the stream counts no tokens"


@check("completions.stream.usage_once", SHOULD, of=metered, spec="CMPL-010", depth=FULL)
def test_usage_comes_once(exchange: Exchange) -> None:
    """With `include_usage`, one chunk SHOULD carry `usage`, the last one."""
    seen(exchange.ok, "a plain stream is not given either")
    counted = [chunk for chunk in exchange.found.accepted().stream_of(SHAPE) if chunk.get("usage")]
    seen(counted, "no usage came")
    assert len(counted) == 1, f"{len(counted)} chunks carry usage"


@check("completions.stream.one_id", SHOULD, of=STREAMS, spec="CMPL-007", depth=FULL)
def test_a_streamed_text_has_one_id(exchange: Exchange) -> None:
    """All chunks of a stream SHOULD have the same `id`, and name their model."""
    own = [chunk for chunk in exchange.accepted().stream_of(SHAPE) if chunk["choices"]]
    ids = list(dict.fromkeys(chunk["id"] for chunk in own))
    assert len(ids) <= 1, f"`id` is {ids[0]!r} first and {ids[1]!r} later"
    assert all(chunk["model"] for chunk in own), "a chunk's model is empty"


@check("completions.stream.created", SHOULD, of=STREAMS, spec="CMPL-007", depth=FULL)
def test_pieces_of_a_text_are_dated(exchange: Exchange) -> None:
    """`created` in the chunks of a stream SHOULD be when the text was made."""
    times = [chunk["created"] for chunk in exchange.accepted().stream_of(SHAPE) if chunk["choices"]]
    far = max((off(exchange, time) for time in times), default=0)
    assert far < SKEW, f"`created` is {far / 3600:.0f} hours from now"


@scenario(TEXT, METERED)
def whole_and_metered() -> Steps:
    """A text, and a stream of the same with its usage."""
    yield TEXT
    yield METERED


@check("completions.stream.counts", SHOULD, of=whole_and_metered, spec="CMPL-010 CMPL-004", depth=FULL)
def test_a_streamed_text_counts_as_a_whole_one(exchange: Exchange) -> None:
    """The `usage` of a stream SHOULD count the prompt as that of a whole text does, and tell the sum of its parts."""
    seen(exchange.ok, "no usage of streams is given")
    counted = [chunk["usage"] for chunk in exchange.stream_of(SHAPE) if chunk.get("usage")]
    seen(len(counted) == 1, "no usage came, or more than one, which has a cell of its own")
    prompt, text, total = (counted[-1][f"{name}_tokens"] for name in ("prompt", "completion", "total"))
    assert total == prompt + text, f"total_tokens is {total}, the parts make {prompt + text}"
    usual = exchange.before[0].accepted().body_as(SHAPE).get("usage")
    seen(usual and usual["prompt_tokens"], "no prompt is counted without a stream")
    assert prompt == usual["prompt_tokens"], f"the prompt counts {prompt} tokens, and {usual['prompt_tokens']} if whole"


def streamed_text(exchange: Exchange) -> str:
    """The text of a stream, put together."""
    chunks = exchange.accepted().stream_of(SHAPE)
    return "".join(choice["text"] or "" for chunk in chunks for choice in chunk["choices"])


@scenario(TEXT, METERED, spare=(TEXT.again(1), METERED.again(1)))
def whole_and_stopped() -> Steps:
    """A text, and a stream of the same that is to stop at a word; if they differ, once more of each."""
    whole: Exchange = yield TEXT
    stream: Exchange = yield METERED
    texts = [choices(whole)[0]["text"], streamed_text(stream)]
    if bare(begun(texts[0])) == bare(texts[1]):
        return [*texts, *texts]
    again: Exchange = yield TEXT.again(1)
    later: Exchange = yield METERED.again(1)
    return [*texts, choices(again)[0]["text"], streamed_text(later)]


def begun(text: str) -> str:
    """A text up to the first word that it was to stop before."""
    return text[: min((text.index(word) for word in runs_through(text)), default=len(text))]


def runs_through(text: str) -> list[str]:
    """The words in a text that it was to stop before."""
    return [word for word in STOPS if word in text]


def bare(text: str) -> str:
    """A text without its blanks."""
    return "".join(text.split())


@check("completions.stream.stop", SHOULD, of=whole_and_stopped, spec="CMPL-005", depth=FULL, again=2)
def test_a_streamed_text_stops(exchange: Exchange) -> None:
    """`stop` SHOULD end a text before the first of its sequences."""
    whole, streamed, _, later = exchange.found
    seen(runs_through(whole), "the text never holds such a word")
    past = [word for word in runs_through(streamed) if word in later]
    kept = len(past) == 1 and streamed.rstrip().endswith(past[0].rstrip())
    honoured(not kept, f"the text was to stop before {past[:1]}, and has it at its end")
    honoured(not past, f"stop was accepted, and the text runs on through {', '.join(map(repr, past))}")


@check("completions.stream.same_text", MUST, of=whole_and_stopped, spec="CMPL-007", depth=FULL, again=2)
def test_a_streamed_text_is_the_same(exchange: Exchange) -> None:
    """The pieces of a stream MUST make the text: nothing is lost, doubled or moved."""
    whole, streamed, again, later = exchange.found
    stopped = runs_through(whole) and not runs_through(streamed)
    seen(stopped, "the text never holds such a word, or does not stop at it")
    said, made = bare(begun(whole)), bare(streamed)
    kept = begun(whole).split()
    assert said != made or kept == streamed.split(), f"blanks are lost: {streamed[:40]!r} for {' '.join(kept)[:40]!r}"
    seen((bare(begun(again)), bare(later)) == (said, made), "the model doesn't say the same twice")
    assert said == made, f"the whole text is {said[-40:]!r} at its end, and the stream {made[-40:]!r}"


#: More letters than four tokens have.
LONGEST = 40


def added(stream: Exchange) -> str:
    """What a stream adds to the prompt that it was to say first, without its blanks."""
    _, told, rest = bare(streamed_text(stream)).partition(bare(TEXT.body["prompt"])[-6:])
    seen(told, "the prompt is not told first, which has a cell of its own")
    return rest
