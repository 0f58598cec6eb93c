"""Legacy completions: prompts of tokens, what prompts are worth, and several prompts in a stream."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from ..chat.packing import failing
from .many import FOUR, LIKELY, LIKELY_ECHO, PROMPTS, likely_and_echoed
from .requests import METERED, STREAM, TEXT
from .streams import LONGEST, added, streamed_text
from .text import SHAPE, choices

#: Two prompts of tokens, whatever they stand for, and two texts for each.
TOKENS = TEXT.but(prompt=[[1000, 1001, 1002], [1003, 1004]], n=2, stream=True, max_tokens=2).after(TEXT)
#: The same as who wants to know what prompts are worth asks: nothing new, the prompts once more, and their logprobs
#: without alternatives.
TOKENS_ECHO = TOKENS.but(echo=True, max_tokens=0, logprobs=0).after(TEXT)
#: A prompt of tokens, a prompt once more, one that nothing is to be added to, and one whose text has no rivals.
TOKEN, TOKEN_ECHO, NOTHING, UNRIVALLED = (
    TEXT.but(**members)
    for members in (
        {"prompt": [1000, 1001, 1002], "max_tokens": 2},
        {"prompt": [1000, 1001, 1002], "max_tokens": 2, "echo": True},
        {"max_tokens": 0},
        {"logprobs": 0, "max_tokens": 2},
    )
)
#: Several prompts of words, and several texts, in a stream: where prompts of tokens are refused, this need not be.
WORDS = PROMPTS.but(n=2, stream=True).after(TEXT)


@scenario(TOKENS_ECHO, spare=(TOKENS, TOKEN))
def as_tokens() -> Steps:
    """Prompts of tokens and more; if that is refused, prompts of tokens, and if that is, one."""
    for request in (TOKENS_ECHO, TOKENS, TOKEN):
        answer: Exchange = yield request
        if answer.ok:
            break


@scenario(LIKELY_ECHO, TOKENS_ECHO, spare=(TOKEN, TOKEN_ECHO))
def echoed_tokens() -> Steps:
    """A prompt and prompts of tokens, to be told once more; if that is refused, one that isn't, and one that is."""
    yield LIKELY_ECHO
    together: Exchange = yield TOKENS_ECHO
    if not together.ok:
        yield TOKEN
        yield TOKEN_ECHO


def tokens_told(exchange: Exchange) -> list[int]:
    """How many tokens with logprobs each choice of a stream has."""
    told: dict[int, int] = {}
    for choice in (one for chunk in exchange.stream_of(SHAPE) for one in chunk["choices"]):
        tokens = (choice.get("logprobs") or {}).get("tokens") or ()
        told[choice["index"]] = told.get(choice["index"], 0) + len(tokens)
    return [*told.values()]


@scenario(LIKELY_ECHO, TOKENS_ECHO, spare=(NOTHING,), alone=NOTHING)
def little_or_nothing() -> Steps:
    """Texts to which a little is to be added, and nothing; if that is refused, nothing to a single prompt."""
    yield LIKELY_ECHO
    together: Exchange = yield TOKENS_ECHO
    if not together.ok:
        yield NOTHING


@check("completions.text.nothing", SHOULD, of=little_or_nothing, spec="CMPL-005", depth=FULL)
def test_nothing_may_be_added(exchange: Exchange) -> None:
    """`max_tokens: 0` SHOULD be taken and kept: with `echo`, it tells what a prompt is worth."""
    exchange.accepted()
    if not exchange.streamed:
        text = choices(exchange)[0]["text"]
        honoured(not text, f"max_tokens 0 was accepted, and {text!r:.40} came")
        return
    # Prompts of two and three tokens may be told with a mark before and after them.
    told = tokens_told(exchange)
    seen(len(told) == 4, "not every prompt has its texts, which has a cell of its own")
    little = exchange.before[0]
    seen(not little.ok or len(added(little)) <= LONGEST, "no limit is kept, which has a cell of its own")
    most = max(told)
    honoured(most <= 6, f"max_tokens 0 was accepted with echo, and three tokens became {most}")


@scenario(LIKELY_ECHO, TOKENS_ECHO, spare=(LIKELY, UNRIVALLED))
def with_and_without_rivals() -> Steps:
    """Texts with logprobs and alternatives, and without alternatives; if all of that is refused, of one text."""
    likely: Exchange = yield LIKELY_ECHO
    unrivalled: Exchange = yield TOKENS_ECHO
    if not unrivalled.ok:
        likely = yield LIKELY
        yield UNRIVALLED
    return likely


@check("completions.text.no_alternatives", SHOULD, of=with_and_without_rivals, spec="CMPL-005", depth=FULL)
def test_logprobs_may_be_without_alternatives(exchange: Exchange) -> None:
    """`logprobs: 0` SHOULD be taken and heeded: it asks for the logprobs of the text's own tokens, and no others."""
    exchange.accepted()
    usual: Exchange = exchange.found
    seen(usual.ok, "logprobs are refused, which has a cell of its own")
    if exchange.streamed:
        # Of a prompt, they are there where others are.
        there, told = likely_and_echoed(usual), any(tokens_told(exchange))
        seen(sum(len(one.get("tokens") or ()) for one in there) > 8, "the prompt's tokens have none with others either")
    else:
        there, told = choices(usual)[0].get("logprobs"), choices(exchange)[0].get("logprobs")
        seen(there and choices(exchange)[0]["text"], "none come with others either, or no text")
    honoured(told, "logprobs 0 was accepted, and none came")


@check("completions.text.tokens_echo", SHOULD, of=echoed_tokens, spec="CMPL-001 CMPL-005", depth=FULL)
def test_tokens_may_be_echoed(exchange: Exchange) -> None:
    """`echo` SHOULD be taken with a `prompt` of tokens as with one of letters."""
    seen(all(one.ok for one in exchange.before[2:]), "a prompt of tokens is refused, which has a cell of its own")
    exchange.accepted()
    likely = exchange.before[0]
    if exchange.asked(TOKENS_ECHO) and likely.ok and likely_and_echoed(likely):
        honoured(streamed_text(exchange), "echo was accepted with prompts of tokens, and no text came")


@check("completions.text.tokens", SHOULD, of=as_tokens, spec="CMPL-001", depth=FULL)
def test_a_prompt_may_be_tokens(exchange: Exchange) -> None:
    """A `prompt` SHOULD be taken as an array of tokens too, or of such arrays."""
    exchange.accepted()


#: What prompts are asked their worth with, one by one.
EACH = (TOKEN, TOKEN_ECHO, NOTHING, UNRIVALLED)


@scenario(FOUR, TOKENS_ECHO, spare=EACH)
def worth_at_once_or_each() -> Steps:
    """Several prompts, what such of tokens are worth, and if the server fails at that, each thing alone."""
    yield FOUR
    together: Exchange = yield TOKENS_ECHO
    if together.status >= 500:
        for one in EACH:
            _: Exchange = yield one


@check("completions.text.worth", SHOULD, of=worth_at_once_or_each, spec="CMPL-005 ERR-CASE-023", depth=FULL)
def test_prompts_tell_their_worth(exchange: Exchange) -> None:
    """Prompts of tokens, `echo`, `max_tokens: 0` and `logprobs: 0` SHOULD be taken together or refused: not fail."""
    four, together, *each = (*exchange.before, exchange)
    seen(together.ok or all(one.ok for one in (four, *each)), "one of these things has a cell of its own")
    failing(together)


@scenario(FOUR, METERED, TOKENS_ECHO, spare=(STREAM, TOKENS, WORDS))
def several_streamed() -> Steps:
    """Several prompts, a stream, and several prompts in a stream: of tokens, or else of words."""
    four: Exchange = yield FOUR
    stream: Exchange = yield METERED
    if not stream.ok:
        stream = yield STREAM
    for request in (TOKENS_ECHO, TOKENS, WORDS):
        answer: Exchange = yield request
        if answer.ok:
            break
    return four, stream


@check("completions.stream.prompts", SHOULD, of=several_streamed, spec="CMPL-006 CMPL-001", depth=FULL)
def test_every_prompt_is_streamed(exchange: Exchange) -> None:
    """A stream SHOULD carry `n` choices for every prompt, numbered in their order."""
    four, stream = exchange.found
    if not exchange.ok:
        whole = stream.ok and four.ok and len(choices(four)) == 4
        seen(whole, "several prompts are refused without a stream, too, or streams are: both have cells of their own")
    chunks = exchange.accepted().stream_of(SHAPE)
    indexes = sorted({choice["index"] for chunk in chunks for choice in chunk["choices"]})
    honoured(
        indexes == [0, 1, 2, 3], f"two prompts and n 2 were accepted, and the stream numbers its choices {indexes}"
    )
