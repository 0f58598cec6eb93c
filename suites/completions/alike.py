"""Legacy completions: what holds of a text alone, among others and in a stream, and what only shows beside another."""

from __future__ import annotations

from typing import Any

from samewire import FULL, MUST, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .many import FOUR, LIKELY_ECHO, PROMPTS, SHORT, TWO, likely_whole_and_streamed
from .requests import METERED, STREAMS, TEXT
from .streams import LONGEST, added, bare, begun, runs_through, whole_and_stopped
from .text import SHAPE, choices
from .tokens import TOKENS_ECHO


def every_choice(exchange: Exchange) -> list[Any]:
    """The choices of all chunks of a stream."""
    return [choice for chunk in exchange.accepted().stream_of(SHAPE) for choice in chunk["choices"]]


@scenario(FOUR, spare=(TWO, PROMPTS))
def four_or_each() -> Steps:
    """Two texts for each of two prompts; if not four come, two of one prompt, and two prompts."""
    four: Exchange = yield FOUR
    if four.ok and len(choices(four)) != 4:
        yield TWO
        yield PROMPTS


@check("completions.text.n_of_each", SHOULD, of=four_or_each, spec="CMPL-005 CMPL-006", depth=FULL)
def test_n_holds_for_every_prompt(exchange: Exchange) -> None:
    """`n` SHOULD be the number of texts for each of several prompts, as it is for one."""
    four, *each = (*exchange.before, exchange)
    seen(four.ok, "it is refused, which has a cell of its own")
    # Who takes no n, or no array, has a cell of its own.
    seen(all(one.ok and len(choices(one)) == 2 for one in each), "n or several prompts are not honoured alone either")
    came = len(choices(four))
    honoured(came == 4, f"n 2 was accepted beside two prompts, and {came} choices came, though each alone gives two")


def cut_off(whole: str, text: str) -> bool:
    """Whether a text is seen to be cut off: the same text goes on where there is more room."""
    return bool(bare(text)) and bare(whole).startswith(bare(text)) and len(bare(whole)) > len(bare(text)) + 1


@scenario(TEXT, FOUR, LIKELY_ECHO, spare=(SHORT,))
def long_and_short() -> Steps:
    """A text with room, the same with little, and, after its prompt, in a stream."""
    whole: Exchange = yield TEXT
    four: Exchange = yield FOUR
    if not four.ok or len(choices(four)) != 4:
        four = yield SHORT
    stream: Exchange = yield LIKELY_ECHO
    return whole, four, stream


@check("completions.text.cut", SHOULD, of=long_and_short, spec="CMPL-003 CMPL-005", depth=FULL, again=2)
def test_a_cut_text_finishes_with_length(exchange: Exchange) -> None:
    """A text that `max_tokens` cuts off SHOULD finish with `length`."""
    whole, four, _ = exchange.found
    body = four.accepted().body_as(SHAPE)
    usage, every = body.get("usage"), choices(four)
    mine = [one for one in every[: (len(every) + 1) // 2] if cut_off(choices(whole)[0]["text"], one["text"])]
    full = usage is not None and usage["completion_tokens"] == 4 * len(every)
    # Who has as many tokens as it may may have come to its end, but not everywhere.
    seen(mine or full, "no text is seen to be cut off")
    reasons = {one.get("finish_reason") for one in mine or every}
    why = "goes on where there is more room" if mine else "all of them are as long as they may be"
    assert reasons != {"stop"}, f"{(mine or every)[0]['text']!r:.40} finishes with stop, and {why}"


@check("completions.stream.length", SHOULD, of=long_and_short, spec="CMPL-003 CMPL-007", depth=FULL, again=2)
def test_a_stream_that_would_go_on_was_cut(exchange: Exchange) -> None:
    """A streamed text SHOULD finish with `length` where the same goes on with more room."""
    whole, _, stream = exchange.found
    seen(stream.ok, "it is refused, which has a cell of its own")
    said = added(stream)
    seen(cut_off(choices(whole)[0]["text"], said), "the model doesn't say the same with little room")
    reasons = [reason for one in every_choice(stream) if (reason := one.get("finish_reason"))]
    seen(reasons, "there is no finish_reason, which has a cell of its own")
    assert reasons[-1] == "length", f"{said!r:.40} finishes with {reasons[-1]}, and goes on where there is more room"


@check("completions.stream.max_tokens", SHOULD, of=long_and_short, spec="CMPL-005 CMPL-007", depth=FULL, again=2)
def test_max_tokens_limits_a_stream(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit a streamed text as a whole one."""
    _, four, stream = exchange.found
    seen(four.ok and stream.ok, "it is refused, which has a cell of its own")
    seen(max(len(one["text"]) for one in choices(four)) <= LONGEST, "no limit is kept without a stream either")
    said = added(stream)
    honoured(len(said) <= LONGEST, f"max_tokens 4 was accepted with echo, and the stream adds {said!r:.60}")


@check("completions.text.no_false_cut", SHOULD, of=TEXT, spec="CMPL-003 CMPL-005", depth=FULL)
def test_a_text_is_not_cut_before_its_limit(exchange: Exchange) -> None:
    """A text SHOULD NOT finish with `length` while it is far below `max_tokens`."""
    usage, first = exchange.accepted().body_as(SHAPE).get("usage"), choices(exchange)[0]
    limit, spent = TEXT.body["max_tokens"], usage["completion_tokens"] if usage is not None else 0
    seen(spent and first["text"], "no usage is counted, or no text came")
    cut = first.get("finish_reason") == "length" and spent < limit * 0.5 and len(first["text"]) < 2 * limit
    honoured(not cut, f"max_tokens {limit} was accepted, and the text is cut off after {spent} tokens")


@check("completions.text.tokens_make_it", SHOULD, of=FOUR, spec="CMPL-004", depth=FULL)
def test_tokens_make_the_whole_text(exchange: Exchange) -> None:
    """The tokens of `logprobs` SHOULD make the text that was cut off, and no more or less."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    told = [one for one in choices(exchange) if one["text"] and (one.get("logprobs") or {}).get("tokens")]
    cut = [one for one in told if one.get("finish_reason") == "length"]
    seen(cut, "no text that was cut off has tokens")
    for one in cut:
        made, said = bare("".join(map(str, one["logprobs"]["tokens"]))), bare(one["text"])
        # Tokens of some vocabularies are written otherwise than their text; others' are told by their numbers.
        seen(said[:-1] in made and made.isascii(), "the tokens don't make the text, which has a cell of its own")
        assert made == said, f"the tokens make {made!r:.40}, and the text is {said!r:.40}"


@check("completions.stream.stopped", SHOULD, of=whole_and_stopped, spec="CMPL-003 CMPL-005", depth=FULL, again=2)
def test_a_stopped_stream_says_so(exchange: Exchange) -> None:
    """A streamed text that a stop sequence ends SHOULD finish with `stop`."""
    whole, streamed, again, later = exchange.found
    same = runs_through(whole) and bare(begun(whole)) == bare(streamed) and (whole, streamed) == (again, later)
    seen(same, "the text never holds such a word, or does not stop at it")
    reasons = [reason for one in every_choice(exchange) if (reason := one.get("finish_reason"))]
    seen(reasons, "there is no finish_reason, which has a cell of its own")
    assert reasons[-1] == "stop", f"the text ends before a stop sequence, and finishes with {reasons[-1]}"


@scenario(METERED, LIKELY_ECHO, TOKENS_ECHO)
def plain_and_other_streams() -> Steps:
    """A stream, and those that ask for something else besides."""
    for request in (METERED, LIKELY_ECHO, TOKENS_ECHO):
        _: Exchange = yield request


def others(exchange: Exchange) -> list[Exchange]:
    """The streams that ask for something else besides, and are not refused."""
    return [one for one in (*exchange.before, exchange) if one.ok and not one.asked(METERED)]


def beside(exchange: Exchange) -> str:
    """What a request asks for beside a stream."""
    *most, last = [name for name in ("echo", "logprobs", "n") if name in (exchange.sent or {})]
    return " and ".join(filter(None, [", ".join(most), last]))


@check("completions.stream.answered", MUST, of=plain_and_other_streams, spec="CMPL-007", depth=FULL)
def test_every_stream_is_one(exchange: Exchange) -> None:
    """A request with `stream: true` MUST be answered with events whatever else it asks for."""
    plain = exchange.before[0]
    seen(
        plain.ok and any(one.data is not None for one in plain.stream.events),
        "a plain stream is not given either, which has a cell of its own",
    )
    seen(others(exchange), "others are refused, which has cells of its own")
    whole = [one for one in others(exchange) if isinstance(one.raw_json, dict) and "choices" in one.raw_json]
    assert not whole, f"stream was accepted beside {beside(whole[0])}, and one whole document came"


def as_many(exchange: Exchange) -> int:
    """How many choices a request asks for: ``n`` for each prompt."""
    sent = exchange.sent or {}
    prompts = sent.get("prompt")
    several = isinstance(prompts, list) and prompts and isinstance(prompts[0], str | list)
    return int(sent.get("n") or 1) * (len(prompts or ()) if several else 1)


@check("completions.stream.choice_index", SHOULD, of=STREAMS, spec="CMPL-006 CMPL-007", depth=FULL)
def test_indexes_number_the_texts(exchange: Exchange) -> None:
    """The `index` of a choice SHOULD be its number among the choices, not that of the chunk."""
    asked = as_many(exchange)
    beyond = [one["index"] for one in every_choice(exchange) if one["index"] >= asked]
    assert not beyond, f"a choice of the stream has the index {beyond[0]}, where {asked} was asked for"


@check("completions.stream.each_finishes", MUST, of=plain_and_other_streams, spec="CMPL-003 CMPL-009", depth=FULL)
def test_every_choice_of_a_stream_finishes(exchange: Exchange) -> None:
    """Every choice of a stream MUST finish with a `finish_reason`, whatever else was asked for."""
    plain = exchange.before[0]
    seen(plain.ok and any(one.get("finish_reason") for one in every_choice(plain)), "a plain stream doesn't either")
    for one in others(exchange):
        every = every_choice(one)
        seen(
            all(choice["index"] < as_many(one) for choice in every), "chunks are numbered, which has a cell of its own"
        )
        ended = {choice["index"] for choice in every if choice.get("finish_reason")}
        left = sorted({choice["index"] for choice in every} - ended)
        assert not left, f"beside {beside(one)}, choice {left[0]} of the stream has no finish_reason"


@scenario(METERED, LIKELY_ECHO)
def two_streams() -> Steps:
    """Two streamed completions."""
    yield METERED
    yield LIKELY_ECHO


@check("completions.stream.counts_added", SHOULD, of=two_streams, spec="CMPL-005 CMPL-010", depth=FULL)
def test_an_echo_counts_what_is_added(exchange: Exchange) -> None:
    """With `echo: true`, `completion_tokens` SHOULD count what is added, and not the prompt once more."""
    seen(exchange.ok and len(added(exchange)) <= LONGEST, "it is refused, or the limit is not kept")
    usages = [chunk["usage"] for chunk in exchange.stream_of(SHAPE) if chunk.get("usage")]
    seen(usages, "no usage came")
    spent = usages[-1]["completion_tokens"]
    assert spent <= 5, (
        f"{added(exchange)!r} was added to the prompt within max_tokens 4, and {spent} tokens are counted"
    )


@check("completions.stream.unique_id", SHOULD, of=two_streams, spec="CMPL-002 CMPL-007", depth=FULL)
def test_ids_of_streams_differ(exchange: Exchange) -> None:
    """Two streamed completions SHOULD NOT have the same `id`."""
    seen(exchange.ok and exchange.before[0].ok, "one is refused, which has a cell of its own")
    ids = [{chunk["id"] for chunk in one.stream_of(SHAPE)} for one in (exchange.before[0], exchange)]
    seen(all(len(one) == 1 for one in ids), "a stream has several ids, which has a cell of its own")
    assert ids[0] != ids[1], f"two streams have the id {min(ids[0])!r}"


@check("completions.stream.places", SHOULD, of=likely_whole_and_streamed, spec="CMPL-004 CMPL-007", depth=FULL)
def test_tokens_of_a_stream_have_places(exchange: Exchange) -> None:
    """Tokens of a stream SHOULD have places and rivals, as those of a whole text have."""
    whole = exchange.before[0]
    seen(whole.ok and exchange.ok, "it is refused, which has a cell of its own")
    usual = [given for one in choices(whole) if (given := one.get("logprobs"))]
    given = [told for one in every_choice(exchange) if (told := one.get("logprobs")) and told.get("tokens")]
    seen(usual and len(given) > 2, "no logprobs come in streams, or of few tokens")
    if any(len(set(one.get("text_offset") or ())) > 1 for one in usual):
        places = {place for one in given for place in one.get("text_offset") or ()}
        assert len(places) != 1, f"every token of the stream begins at {min(places)}"
    if any(any(one.get("top_logprobs") or ()) for one in usual):
        told = any(any(one.get("top_logprobs") or ()) for one in given)
        honoured(told, "logprobs 1 was accepted, and no alternatives come in streams, as they do in whole texts")
