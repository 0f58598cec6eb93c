"""Did what was accepted reach the model? Decided by words it could not know otherwise, else by token counts.

A treated request and a plain one differ in one visible thing. If the answer shows the thing, it arrived. If it does
not, a control tells whether the model can do what is asked at all: if it can, the thing was dropped; if it can't, the
count of prompt tokens decides, which must grow with what was added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from samewire import Exchange, Request, Scenario, Steps, counts, honoured, observed, scenario, seen, shown

from .reading import parsed, prompt_tokens, streamed_words, words

#: Prompt tokens by which a prompt must grow with a sentence that was added.
SENTENCE = 4
#: What those say who miss a picture, though they name what they miss.
BLIND = re.compile(
    r"(?:\bnot\b|n['’]t\b|\bcannot\b|\bunable\b)[^.]{0,30}\b(?:see|view|look|open|access|find|have|given|attached)\b"
    r"|\b(?:no|without)(?: \w+)?(?: \w+)? (?:image|picture|photo)\b",
    re.IGNORECASE,
)


def weighed(*pairs: tuple[Request, Request], counted: Callable[[Exchange], int | None]) -> Scenario:
    """Things that are no text, each before the same request without it, until one of them makes a prompt longer.

    Args:
        pairs: requests with a thing and without it; of the first pair both are sent anyway.
        counted: the tokens that an answer counts for its prompt.
    """

    def steps() -> Steps:
        for laden, bare in pairs:
            longer: Exchange = yield laden
            shorter: Exchange = yield bare
            if longer.ok and shorter.ok and (counted(longer) or 0) > (counted(shorter) or 0):
                return True
        return False

    return scenario(*pairs[0], spare=tuple(one for pair in pairs[1:] for one in pair), name=f".{pairs[0][0].id}")(steps)


def counts_all(exchange: Exchange) -> None:
    """Pass if other things than text are counted, too."""
    seen(exchange.found, "only text is counted")


@dataclass(frozen=True)
class Effect:
    """What was seen of something that was added to a request.

    Attributes:
        shown: whether the answer shows it.
        able: whether the model does what is asked when it surely gets it; None if that wasn't asked, or if the answer
            has no words of its own that could show it, but calls of tools, say.
        growth: by how many prompt tokens it makes the prompt longer; None if nothing is counted.
        other: whether the answer is another one than without it.
        elsewhere: whether the model heeds the same from somebody else; None if that wasn't asked.
        hinted: whether the answer is another one, and has something else of it.
        blind: whether the answer says that there is no picture, or that it can't be seen.
    """

    shown: bool
    able: bool | None = None
    growth: int | None = None
    other: bool = False
    elsewhere: bool | None = None
    hinted: bool = False
    blind: bool = False


def told_effect(
    treated: Request,
    able: Request,
    plain: Request,
    shows: Callable[[str], bool],
    *,
    said: Callable[[Exchange], str],
    counted: Callable[[Exchange], int | None],
    peer: Request | None = None,
    hints: Iterable[str] = (),
) -> Steps:
    """Find an effect, with no more requests than it takes; None if the treated request was refused.

    Args:
        treated: with the thing that was added.
        able: asks for the same in a way that surely arrives.
        plain: without the thing.
        shows: whether an answer shows it.
        said: what an answer says, by its protocol.
        counted: the prompt tokens that an answer counts; None if it counts none.
        peer: asks for the same by the mouth of somebody whom one heeds no more than who asks in the treated one.
        hints: other words of the thing, in small letters: who is short of words may say them instead.
    """
    answer: Exchange = yield treated
    if not answer.ok:
        return None
    if shows(said(answer)):
        return Effect(True)
    control: Exchange = yield able
    # An answer without words shows nothing: models say none now and then, mostly after results of tools. Small ones say
    # once more, word for word, what they said before, be it the input of a call.
    spoke = said(answer).strip() and not repeats(answer, said(answer).strip())
    does = shows(said(control)) if spoke else None
    elsewhere = None
    if peer is not None and does:
        another: Exchange = yield peer
        elsewhere = another.ok and shows(said(another))
    without: Exchange = yield plain
    longer, shorter = counted(answer), counted(without)
    growth = longer - shorter if longer is not None and shorter is not None else None
    other = said(answer) != said(without)
    hinted = other and any(word in said(answer).lower() for word in hints)
    return Effect(False, does, growth, other, elsewhere, hinted, BLIND.search(said(answer)) is not None)


def repeats(answer: Exchange, said: str) -> bool:
    """Whether an answer stands in the request, whole or line by line, be it as objects."""
    sent = json.dumps(answer.sent)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    objects = [own if isinstance(own := parsed(line), dict) and own else line for line in lines]
    return json.dumps(said) in sent or (bool(objects) and all(json.dumps(one) in sent for one in objects))


#: The same, by what completions say and count.
effect = partial(told_effect, said=words, counted=prompt_tokens)


def in_company(
    together: Request,
    treated: Request,
    able: Request,
    plain: Request,
    shows: Callable[[str], bool],
    hints: Iterable[str] = (),
) -> Steps:
    """Find an effect in a request that carries several things; only if this one doesn't show there, alone."""
    answer: Exchange = yield together
    if answer.ok and shows(streamed_words(answer) if answer.request.streamed else words(answer)):
        return Effect(True)
    return (yield from effect(treated, able, plain, shows, hints=hints))


def or_otherwise(
    found: Effect | None, asked: Iterable[Request], others: Iterable[Request], shows: Callable[[Exchange], bool]
) -> Steps:
    """What was found, unless something else in the same places shows.

    Some models keep to themselves what a system prompt says, and follow it; others tell it, and don't follow it.

    Args:
        found: the effect of an order, or of something to be told.
        asked: the requests that it was found in, which come last again if it stays so.
        others: one for each place, to be told what was ordered, or the other way round.
        shows: whether an answer to these shows it.
    """
    if found is None or found.shown or not found.able:
        return found
    for other in others:
        answer: Exchange = yield other
        if not (answer.ok and shows(answer)):
            break
    else:
        return Effect(True)
    for request in asked:
        _ = yield request
    return found


def part_effect(
    treated: Request, able: Request, plain: Request, shows: Callable[[str], bool], hints: Iterable[str] = ()
) -> Steps:
    """Find the effect of a part that is no text; where the server fails at it, ask whether it takes parts at all."""
    found: Effect | None = yield from effect(treated, able, plain, shows, hints=hints)
    if found is None:
        laden: Exchange = yield treated
        if laden.status >= 500 and laden.status != 501:
            bare: Exchange = yield plain
            if bare.ok:
                yield treated
    return found


def takes_parts(exchange: Exchange, plain: Request) -> None:
    """Set this exchange aside if it is what ``part_effect`` asked at last, and not taken."""
    seen(exchange.ok or not exchange.asked(plain), "no parts are taken at all, which has a cell of its own")


def arrives(exchange: Exchange, what: str, least: int = SENTENCE, *, text: bool = True, same: str = "") -> None:
    """Say *ignored* unless the thing arrived; *unsupported* if it was refused.

    Args:
        exchange: the last one of a scenario that found an effect.
        what: the thing, as the subject of a sentence.
        least: prompt tokens by which it must make the prompt longer.
        text: whether it is text, which everybody counts who counts. Where something else isn't counted, another answer
            than without it may come of it.
        same: how the same one tells the same in the same words where it has an effect; empty if no one does.
    """
    found: Effect | None = exchange.found
    if found is None:  # then the last request was refused
        exchange.accepted()
        return
    if found.shown:
        return
    # After the one with the thing came those that it is compared with.
    (*exchange.before, exchange)[-3 if found.elsewhere is None else -4].accepted()
    if found.hinted and (text or not found.blind) and (found.growth is None or found.growth >= least):
        observed(f"the answer has something of {what}, and not what was asked for")
    # Who heeds the one heeds the other, whatever the counts say: some count what they don't hand on.
    otherwise = "from somebody else" if found.elsewhere else same if found.able else ""
    honoured(not otherwise, f"{what} was accepted and had no effect, and the same {otherwise} has")
    why = f"{what} was accepted and had no effect, though the model does what it asks when told otherwise"
    grown = None if found.growth is None else found.growth >= least
    if not text and found.other and not grown:
        grown = None
    shown(not found.able, why, counted=grown if text else grown or None)
    if grown is None:
        observed(f"the model doesn't show whether {what} arrived, nor do the counts")
    why = f"{what} was accepted, but the prompt grew by {found.growth} tokens only, where {least} are the least"
    counts(grown, why, text=text)
