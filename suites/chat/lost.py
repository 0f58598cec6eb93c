"""What of a conversation gets lost: things that arrive by themselves, and not among the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from samewire import Exchange, Request, Scenario, Steps, counts, scenario, seen, shown, text

from .effects import SENTENCE
from .reading import prompt_tokens, streamed_words, words


@dataclass(frozen=True)
class Told:
    """What a conversation tells in one place.

    Attributes:
        told: the sentence, or the address of the picture.
        shows: whether an answer shows it.
        apart: requests that tell the like elsewhere → whether their answers show it; one of them is enough.
        quiet: whether models may well keep it to themselves, so that the count of tokens alone tells that it is lost.
    """

    told: str
    shows: Callable[[str], bool]
    apart: Mapping[Request, Callable[[str], bool]]
    quiet: bool = False

    @property
    def weighed(self) -> bool:
        """Whether everybody who counts tokens counts these: not all do those of calls and pictures."""
        return not self.quiet and not self.told.startswith("data:")


def said_in_all(exchange: Exchange) -> str:
    """The words of a whole or streamed answer; empty if it was refused."""
    if not exchange.ok:
        return ""
    return streamed_words(exchange) if exchange.streamed else words(exchange)


@dataclass(frozen=True)
class Lost:
    """What of a conversation its answer doesn't show.

    Attributes:
        whole: the answer.
        places: where the lost words stand that are shown elsewhere, by themselves and all at once.
        things: the same of what is no text, or may be kept to oneself: only the counts tell.
        apart: whether all that is missing is shown by itself.
        counted: whether the counts of tokens show what is not lost; None if they weren't needed, or tell nothing.
    """

    whole: Exchange
    places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    apart: bool = True
    counted: bool | None = None


def hushed(value: Any, told: str) -> Any:
    """Messages in which something else is said in the place of a sentence or a picture."""
    if isinstance(value, list):
        return [hushed(one, told) for one in value]
    if isinstance(value, dict):
        shown = value.get("image_url")
        if isinstance(shown, dict) and shown.get("url") == told:
            return text("Hm.")
        return {name: hushed(one, told) for name, one in value.items()}
    return value.replace(told, "Hm.") if isinstance(value, str) else value


def lost_in(conversation: Request, told: dict[str, Told], listed: Request) -> Scenario:
    """A conversation that tells many things; those that it doesn't show, each by itself, and all in one message.

    A model may keep to itself what it was told. So at last each is left out: what makes the prompt longer is not lost.
    Where a model tells nothing at all, that alone decides.
    """
    without = {
        place: conversation.but(messages=hushed(conversation.body["messages"], one.told)) for place, one in told.items()
    }

    def steps() -> Steps:
        whole: Exchange = yield conversation
        missing = [place for place, one in told.items() if not one.shows(said_in_all(whole))]
        shown = []
        for place in missing:
            for request, shows in told[place].apart.items():
                answer: Exchange = yield request
                if shows(said_in_all(answer)):
                    shown.append(place)
                    break
        counted = prompt_tokens(whole) if whole.ok else None
        apart = len(shown) == len(missing)
        doubted: list[str] = []
        if whole.ok and shown:
            every: Exchange = yield listed
            doubted = [place for place in shown if told[place].shows(said_in_all(every))]
        if whole.ok and len(missing) == len(told) and counted is not None:
            # A model that tells nothing of it: only the counts can.
            doubted = [place for place, one in told.items() if one.weighed]
        if counted is None:
            # Of a model that does not tell all of it elsewhere, nothing is known, and none need look back at pictures.
            return Lost(whole, tuple(place for place in doubted if apart and told[place].weighed), apart=apart)
        lost = []
        for place in doubted:
            bare: Exchange = yield without[place]
            less = prompt_tokens(bare) if bare.ok else None
            if less is not None and counted - less < SENTENCE:
                lost.append(place)
        places = tuple(place for place in lost if told[place].weighed)
        things = tuple(place for place in lost if not told[place].weighed)
        return Lost(whole, places, things, apart, not lost if doubted else None)

    spare = (*dict.fromkeys(request for one in told.values() for request in one.apart), listed, *without.values())
    return scenario(conversation, spare=spare, name=f".{conversation.id}")(steps)


def nothing_lost(exchange: Exchange, told: dict[str, Told]) -> None:
    """Say *ignored* if a conversation loses what arrives by itself."""
    found: Lost = exchange.found
    seen(found.whole.ok or found.apart, "a part of it is refused or lost by itself, too")
    said = said_in_all(found.whole.accepted())
    seen(said.strip(), "the answer has no words")
    why = f"a conversation was accepted, and this got lost: {', '.join((*found.places, *found.things))}"
    shown(not found.places, why, found.places, counted=found.counted)
    counts(not found.things, why, lost=found.things, text=False)
    seen(found.apart or found.counted, "what is missing is not shown by itself either")
    told_of = found.counted or any(one.shows(said) for one in told.values())
    seen(told_of, "the model does not list what it was told")
