"""Legacy completions: several prompts and texts at once, their limit and their logprobs."""

from __future__ import annotations

from typing import Any

from samewire import FULL, MAY, OMIT, SHOULD, Exchange, Request, Scenario, Steps, check, honoured, scenario, seen

from ..chat.completion import SKEW, off
from ..chat.odds import is_odds
from ..chat.packing import all_or_each, not_failing_together, packed
from .requests import METERED, TEXT, TEXTS
from .streams import streamed_text
from .text import SHAPE, choices

SHORT = TEXT.but(max_tokens=4)
TWO = TEXT.but(n=2, max_tokens=4)
PROMPTS = TEXT.but(prompt=[TEXT.body["prompt"], "Red, green,"], max_tokens=4)
#: A charset as many HTTP libraries spell it: without a blank, and in capitals.
CHARSET = {"Content-Type": "application/json;charset=UTF-8"}
#: What clients send where nothing is wished for.
NOTHINGS = {"stop": None, "suffix": None, "logit_bias": None}
#: Two short texts for each of two prompts, with logprobs, nulls, a charset and `bearer`: what is well shows at once.
FOUR = PROMPTS.but(n=2, logprobs=1, **NOTHINGS).having(CHARSET).with_key("lowercase").after(TEXT)
LIKELY = TEXT.but(logprobs=1, max_tokens=4)
NULL = TEXT.but(**NOTHINGS)
ECHO = TEXT.but(echo=True, max_tokens=4)
#: The same in a stream, with letters beyond ASCII, and with logprobs: the prompt's tokens then have theirs, too.
FOREIGN = TEXT.body["prompt"].replace(" 30", " 30 in a café 🎉")
LIKELY_ECHO = METERED.but(prompt=FOREIGN, echo=True, max_tokens=4, logprobs=1, stop=OMIT).after(METERED)
#: The letter alone, where prompts have no logprobs.
FOREIGN_ECHO = TEXT.but(prompt=FOREIGN, echo=True, max_tokens=4, stream=True).after(TEXT)


def four_or(alone: Request) -> Scenario:
    """Two texts for each of two prompts; if not four come, one of these things alone."""

    def steps() -> Steps:
        four: Exchange = yield FOUR
        if not four.ok or len(choices(four)) != 4:
            yield alone

    return scenario(FOUR, spare=(alone,), name=f".{alone.id}", alone=alone)(steps)


@check("completions.text.charset", SHOULD, of=packed(FOUR, TEXT.having(CHARSET)), spec="HTTP-REQ-002", depth=FULL)
def test_a_charset_may_be_named_with_a_prompt(exchange: Exchange) -> None:
    """A `Content-Type` of `application/json` with a charset SHOULD be taken here as elsewhere."""
    exchange.accepted()


@check("completions.text.null", SHOULD, of=packed(FOUR, NULL), spec="CMPL-005 CHAT-REQ-036", depth=FULL)
def test_parameters_may_be_null(exchange: Exchange) -> None:
    """Parameters that may be left out SHOULD be taken when they are null."""
    exchange.accepted()


#: What four texts are asked for with, one by one.
EACH = (SHORT, TWO, PROMPTS, LIKELY, NULL, TEXT.having(CHARSET))


@check("completions.text.together", SHOULD, of=all_or_each(FOUR, *EACH), spec="CMPL-005 ERR-CASE-023", depth=FULL)
def test_parameters_go_together(exchange: Exchange) -> None:
    """`n`, `logprobs` and several prompts, taken one by one, SHOULD be taken together or refused: not fail."""
    not_failing_together(exchange)


@check("completions.text.max_tokens", SHOULD, of=four_or(SHORT), spec="CMPL-005", depth=FULL)
def test_max_tokens_limits_a_text(exchange: Exchange) -> None:
    """`max_tokens` SHOULD limit the text."""
    body = exchange.accepted().body_as(SHAPE)
    usage, texts = body.get("usage"), [choice["text"] for choice in choices(exchange)]
    spent = usage["completion_tokens"] if usage is not None else None
    short = spent <= 5 * len(texts) if spent is not None else max(map(len, texts)) <= 40
    honoured(short, f"max_tokens 4 was accepted, and {spent or max(map(len, texts))} came")


@check("completions.text.n", SHOULD, of=four_or(TWO), spec="CMPL-005", depth=FULL)
def test_n_gives_texts(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices, for each prompt."""
    found, prompts = len(choices(exchange)), 2 if exchange.asked(FOUR) else 1
    honoured(found == 2 * prompts, f"n 2 was accepted, and {found} choice came")


@check("completions.text.prompts", SHOULD, of=four_or(PROMPTS), spec="CMPL-006 CMPL-001", depth=FULL)
def test_every_prompt_has_its_text(exchange: Exchange) -> None:
    """An array of prompts SHOULD give a choice for each, numbered in their order."""
    indexes = [choice["index"] for choice in choices(exchange)]
    wanted = 4 if exchange.asked(FOUR) else 2
    honoured(len(indexes) == wanted, f"two prompts were accepted, and {len(indexes)} choice came")
    assert indexes == list(range(wanted)), f"the indexes are {indexes}"


@scenario(TEXT, FOUR, spare=(PROMPTS,))
def one_and_two_prompts() -> Steps:
    """A prompt, and the same before another."""
    yield TEXT
    four: Exchange = yield FOUR
    if not four.ok or len(choices(four)) != 4:
        yield PROMPTS


@check("completions.text.words", SHOULD, of=one_and_two_prompts, spec="CMPL-003 CMPL-002", depth=FULL, again=2)
def test_a_prompt_is_completed(exchange: Exchange) -> None:
    """A prompt that the model goes on with, as the counts tell, SHOULD be answered with `text` that is not empty."""
    one = exchange.before[0].accepted()
    usage, every = one.body_as(SHAPE).get("usage"), [*choices(one), *(choices(exchange) if exchange.ok else ())]
    seen(not any(choice.get("finish_reason") == "content_filter" for choice in every), "a filter acted")
    # A model may end at once; then it has spent a token, or none.
    spent = usage["completion_tokens"] if usage is not None else 0
    said = any(choice["text"] for choice in every)
    seen(said or spent > 2, "the model has nothing to say")
    assert said, f"{spent} tokens are counted for the text, and all {len(every)} texts are empty"


@check("completions.text.order", SHOULD, of=one_and_two_prompts, spec="CMPL-006", depth=FULL, again=2)
def test_texts_come_in_the_order_of_prompts(exchange: Exchange) -> None:
    """The choices for an array of prompts SHOULD come in the order of the prompts, all of one before the next."""
    alone = "".join(choices(exchange.before[0])[0]["text"].split())
    heads = ["".join(one["text"].split())[:3] for one in sorted(choices(exchange), key=lambda one: one["index"])]
    half = len(heads) // 2
    seen(len(heads) in (2, 4) and all(heads), "not every prompt has its texts")
    own = [alone.startswith(head) for head in heads]
    seen(own.count(True) == half, "the model doesn't go on as it does with one prompt")
    where = " and ".join(str(index) for index, one in enumerate(own) if one)
    assert all(own[:half]), f"the first prompt's texts have the index {where}, and the texts begin {heads}"


@check("completions.text.logprobs", SHOULD, of=four_or(LIKELY), spec="CMPL-004 CMPL-005", depth=FULL)
def test_logprobs_are_of_the_text(exchange: Exchange) -> None:
    """With `logprobs`, a text SHOULD have its tokens, with a logprob and a place for each."""
    every = [choice for choice in choices(exchange) if choice["text"]]
    seen(every, "no text came")
    for choice in every:
        given = choice.get("logprobs")
        some = any(one.get("logprobs") for one in every)
        honoured(given, f"logprobs was accepted, and {'not every text has some' if some else 'none came'}")
        counts = {name: len(given.get(name) or ()) for name in ("tokens", "token_logprobs", "text_offset")}
        lacking = [name for name, count in counts.items() if not count]
        assert not lacking, f"logprobs come without {' and '.join(lacking)}"
        assert len({*counts.values()}) == 1, f"{', '.join(counts)} have {[*counts.values()]} entries"
        joined, said = "".join(map(str, given["tokens"])), choice["text"]
        assert said.strip() in joined or not joined.isascii(), f"the tokens make {joined[:40]!r}, not {said[:40]!r}"
        numbers = [one for one in given["token_logprobs"] if one is not None]
        honoured(numbers, "logprobs was accepted, and no token has one")
        assert all(map(is_odds, numbers)), f"the logprobs are {numbers[:4]}"
        assert counts["tokens"] < 2 or len(set(given["text_offset"])) > 1, "every token begins at the same place"
        placed = zip(given["tokens"], *(given["text_offset"][start:] for start in (0, 1)), strict=False)
        apart = [(token, then - now) for token, now, then in placed if token.isascii()]
        # Some tokens are written with a blank more or less than they have in the text.
        wrong = [pair for pair in apart if abs(pair[1] - len(pair[0])) > 1]
        assert len(wrong) < max(2, len(apart)), f"the token {wrong[0][0]!r} takes {wrong[0][1]} places"
        honoured(any(given.get("top_logprobs") or ()), "logprobs 1 was accepted, and no alternatives came")


@check("completions.text.counted", SHOULD, of=one_and_two_prompts, spec="CMPL-006 CMPL-010", depth=FULL)
def test_every_prompt_is_counted(exchange: Exchange) -> None:
    """Two prompts SHOULD count more tokens than the first of them alone."""
    one, two = (body.accepted().body_as(SHAPE).get("usage") for body in (exchange.before[0], exchange))
    seen(one is not None and two is not None and len(choices(exchange)) > 1, "no usage is counted, or one text came")
    counted = [usage["prompt_tokens"] for usage in (one, two)]
    seen(counted[0], "the prompt counts 0 tokens")
    assert counted[1] > counted[0], f"one prompt counts {counted[0]} tokens, and two {counted[1]}"


#: Letters by which a prompt is known again.
BEGUN = 10


def echoed(exchange: Exchange) -> tuple[str, str]:
    """How the prompt that was to be echoed begins, and the text that came, without their blanks."""
    text = streamed_text(exchange) if exchange.streamed else choices(exchange)[0]["text"]
    return "".join(TEXT.body["prompt"].split())[:BEGUN], "".join(text.split())


@check("completions.text.echo", SHOULD, of=packed(LIKELY_ECHO, ECHO), spec="CMPL-005", depth=FULL)
def test_a_prompt_is_echoed(exchange: Exchange) -> None:
    """With `echo: true`, a text SHOULD begin with its prompt."""
    asked, said = echoed(exchange)
    honoured(said.startswith(asked), f"echo was accepted, and the text begins with {said[:40]!r}")


def likely_and_echoed(exchange: Exchange) -> list[Any]:
    """The logprobs of the chunks of an echo."""
    exchange.accepted()
    asked, said = echoed(exchange)
    seen(said.startswith(asked), "the prompt is not echoed, which has a cell of its own")
    every = [choice for chunk in exchange.stream_of(SHAPE) for choice in chunk["choices"]]
    return [given for choice in every if (given := choice.get("logprobs"))]


@check("completions.text.echo_logprobs", MAY, of=LIKELY_ECHO, spec="CMPL-004 CMPL-005", depth=FULL)
def test_an_echo_has_its_logprobs(exchange: Exchange) -> None:
    """With `echo: true` and `logprobs`, the prompt's tokens MAY have theirs, as its text comes before the other."""
    told = likely_and_echoed(exchange)
    joined = "".join(str(token) for given in told for token in given.get("tokens") or ())
    seen(joined, "no logprobs come, which has a cell of its own")
    kept = echoed(exchange)[0] in "".join(joined.split())
    honoured(kept, f"echo and logprobs were accepted, and the tokens with logprobs begin with {joined[:40]!r}")


@scenario(FOUR, LIKELY_ECHO)
def likely_whole_and_streamed() -> Steps:
    """Texts with logprobs, and a stream."""
    yield FOUR
    yield LIKELY_ECHO


@check("completions.stream.logprobs", SHOULD, of=likely_whole_and_streamed, spec="CMPL-004 CMPL-007", depth=FULL)
def test_logprobs_come_in_streams(exchange: Exchange) -> None:
    """With `logprobs`, a stream SHOULD have them where a text that is not streamed has them."""
    whole = exchange.before[0]
    seen(whole.ok and any(choice.get("logprobs") for choice in choices(whole)), "they don't come without a stream")
    seen(exchange.ok and streamed_text(exchange), "no text came, or it is refused, which has a cell of its own")
    given = [choice.get("logprobs") for chunk in exchange.stream_of(SHAPE) for choice in chunk["choices"]]
    honoured(any(given), "logprobs was accepted, and none came in the stream")
    told = any(one and one.get("tokens") and one.get("token_logprobs") for one in given)
    honoured(told, "logprobs was accepted, and those of the stream have no tokens")


@check("completions.stream.offsets", SHOULD, of=LIKELY_ECHO, spec="CMPL-004 CMPL-007", depth=FULL)
def test_tokens_of_a_stream_have_their_place(exchange: Exchange) -> None:
    """`text_offset` in the chunks of a stream SHOULD be the place in the whole text, so that none goes back."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    places = [place for given in likely_and_echoed(exchange) for place in given.get("text_offset") or ()]
    # Who doesn't know them writes -1, or the same for all, which has a cell of its own.
    seen(len(set(places)) > 2 and min(places) >= 0, "no places are told")
    assert places == sorted(places), f"the places of the tokens are {places[:12]}"


@scenario(TEXT, FOUR)
def two_completions() -> Steps:
    """Two completions."""
    yield TEXT
    yield FOUR


@check("completions.text.unique_id", SHOULD, of=two_completions, spec="CMPL-002", depth=FULL)
def test_ids_of_texts_differ(exchange: Exchange) -> None:
    """Two completions SHOULD NOT have the same `id`."""
    seen(exchange.ok, "the other one is refused, which has a cell of its own")
    first, second = (one.accepted().body_as(SHAPE)["id"] for one in (exchange.before[0], exchange))
    assert first != second, f"two completions have the id {first!r}"


@check("completions.text.created_now", SHOULD, of=TEXTS, spec="CMPL-002", depth=FULL)
def test_created_is_now(exchange: Exchange) -> None:
    """`created` SHOULD be when the text was made."""
    far = off(exchange, exchange.body_as(SHAPE)["created"])
    assert far < SKEW, f"`created` is {far / 3600:.0f} hours from now"
