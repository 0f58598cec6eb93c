"""Legacy completions in streams."""

from __future__ import annotations

from samewire import FULL, MAY, MUST, SHOULD, Blocked, Broken, Exchange, Steps, check, honoured, scenario, seen

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
    seen(exchange.stream_of(SHAPE), "no chunk came")


@check("completions.stream.done", SHOULD, of=STREAMS, spec="CMPL-008", depth=FULL)
def test_a_streamed_text_ends_with_done(exchange: Exchange) -> None:
    """A stream SHOULD end with the event `data: [DONE]`."""
    datas = [event.data for event in exchange.events()]
    assert "[DONE]" in datas, f"the last event is {datas[-1]!r:.80}"


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
    honoured(counted, "include_usage was accepted, and no usage came")
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


#: Two prompts of tokens, whatever they stand for, and two texts for each.
TOKENS = TEXT.but(prompt=[[1000, 1001, 1002], [1003, 1004]], n=2, stream=True, max_tokens=2).after(TEXT)
#: The same as who wants to know what prompts are worth asks: nothing new, and the prompts once more.
TOKENS_ECHO = TOKENS.but(echo=True, max_tokens=0).after(TEXT)
#: A prompt of tokens, a prompt once more, and one that nothing is to be added to.
TOKEN, TOKEN_ECHO, NOTHING = (
    TEXT.but(**members)
    for members in (
        {"prompt": [1000, 1001, 1002], "max_tokens": 2},
        {"prompt": [1000, 1001, 1002], "max_tokens": 2, "echo": True},
        {"max_tokens": 0},
    )
)


@scenario(TOKENS_ECHO, spare=(TOKENS, TOKEN))
def as_tokens() -> Steps:
    """Prompts of tokens and more; if that is refused, prompts of tokens, and if that is, one."""
    for request in (TOKENS_ECHO, TOKENS, TOKEN):
        answer: Exchange = yield request
        if answer.ok:
            break


@scenario(TOKENS_ECHO, spare=(TOKEN, TOKEN_ECHO))
def echoed_tokens() -> Steps:
    """Prompts of tokens, to be told once more; if that is refused, one that isn't, and one that is."""
    together: Exchange = yield TOKENS_ECHO
    if not together.ok:
        yield TOKEN
        yield TOKEN_ECHO


@check("completions.text.nothing", SHOULD, of=packed(TOKENS_ECHO, NOTHING), spec="CMPL-005", depth=FULL)
def test_nothing_may_be_added(exchange: Exchange) -> None:
    """`max_tokens: 0` SHOULD be taken: with `echo`, it tells what a prompt is worth."""
    exchange.accepted()


@check("completions.text.tokens_echo", SHOULD, of=echoed_tokens, spec="CMPL-001 CMPL-005", depth=FULL)
def test_tokens_may_be_echoed(exchange: Exchange) -> None:
    """`echo` SHOULD be taken with a `prompt` of tokens as with one of letters."""
    seen(all(one.ok for one in exchange.before[1:]), "a prompt of tokens is refused, which has a cell of its own")
    exchange.accepted()


@check("completions.text.tokens", SHOULD, of=as_tokens, spec="CMPL-001", depth=FULL)
def test_a_prompt_may_be_tokens(exchange: Exchange) -> None:
    """A `prompt` SHOULD be taken as an array of tokens too, or of such arrays."""
    exchange.accepted()


@check("completions.stream.prompts", SHOULD, of=as_tokens, spec="CMPL-006 CMPL-001", depth=FULL)
def test_every_prompt_is_streamed(exchange: Exchange) -> None:
    """A stream SHOULD carry `n` choices for every prompt, numbered in their order."""
    together = exchange.asked(TOKENS) or exchange.asked(TOKENS_ECHO)
    seen(together, "prompts of tokens, or several texts, are refused in streams")
    chunks = exchange.accepted().stream_of(SHAPE)
    indexes = sorted({choice["index"] for chunk in chunks for choice in chunk["choices"]})
    honoured(indexes == [0, 1, 2, 3], f"two prompts and n 2 were accepted, and the stream has the choices {indexes}")


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
