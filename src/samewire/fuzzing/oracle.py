"""What an answer to a generated request may be, and what it may never be."""

from __future__ import annotations

from dataclasses import dataclass

from samewire.exchange import OTHER_BLAME, Exchange
from samewire.schema import violations
from samewire.verdict import Blocked, Broken, Signal

__all__ = ["CHAT", "MISTAKE", "STUMBLE", "Answers", "Contradiction", "contradiction", "unclear"]

#: Kinds: a mistake of the client is answered as the server's own, and a request as documented is not answered.
MISTAKE, STUMBLE = "mistake as 5xx", "5xx"


@dataclass(frozen=True)
class Answers:
    """What the answers of a protocol are held against: each a schema, and the catalogue's entry for it.

    Attributes:
        whole, stream, error: an answer, what a stream is made of, an error.
        in_success: the entry that forbids an error in a success.
        silence: the entry that a mistake which isn't answered contradicts.
        fault: the entry that forbids a 5xx for a mistake.
    """

    whole: tuple[str, str]
    stream: tuple[str, str]
    error: tuple[str, str] = ("http/error", "ERR-ENV-001")
    in_success: str = "HTTP-RES-004"
    silence: str = "ERR-CASE-023"
    fault: str = "ERR-CASE-023"


CHAT = Answers(("chat/completion", "CHAT-EP-001"), ("chat/chunk", "CHAT-EP-002"), silence="CHAT-REQ-037")


@dataclass(frozen=True)
class Contradiction:
    """What is wrong with an answer.

    Attributes:
        kind: names it: two answers of the same kind show the same thing.
        words: what was observed.
        spec: the catalogue's entry that it contradicts.
        chance: whether a server may show it once by accident.
    """

    kind: str
    words: str
    spec: str
    chance: bool = False


def unclear(exchange: Exchange) -> bool:
    """Whether the answer says nothing about the request: the network, the key or a limit stood in the way."""
    failure = exchange.failure
    if failure is not None:
        return not failure.peer and failure.kind != "timeout"
    return exchange.status in OTHER_BLAME or exchange.status < 200 or 300 <= exchange.status < 400


def contradiction(
    exchange: Exchange, beyond: str = "", what: str = "", spec: str = "", answers: Answers = CHAT
) -> Contradiction | None:
    """What is wrong with the answer to a generated request; None if nothing is, or if it is unclear.

    Args:
        exchange: the request and what came back.
        beyond: the way in which the request is beyond what is documented; empty if it isn't.
        what: that way in words; empty if the request may as well be accepted.
        spec: the catalogue's entry that the request is beyond.
        answers: what answers are held against.
    """
    if unclear(exchange):
        return None
    schema, whole = answers.stream if exchange.request.streamed else answers.whole
    if exchange.failure is not None:
        kind = "no answer" if exchange.failure.kind == "timeout" else "no HTTP"
        return Contradiction(kind, exchange.failure.message, answers.silence if beyond else whole, chance=True)
    if exchange.status >= 500 and exchange.status != 501:
        words = f"answered {exchange.status}{exchange.said}"
        return Contradiction(MISTAKE if beyond else STUMBLE, words, answers.fault if beyond else whole, chance=True)
    if exchange.ok and exchange.error_object is not None:
        return Contradiction("error with 2xx", f"answered {exchange.status} with an error object", answers.in_success)
    if not exchange.ok:
        return _envelope(exchange, *answers.error)
    if what:
        return Contradiction(f"accepted {beyond}", f"{what} is accepted with {exchange.status}", spec)
    return None if beyond else _shape(exchange, schema, whole)


def _envelope(exchange: Exchange, schema: str, spec: str) -> Contradiction | None:
    if exchange.error_object is None:
        words = f"refused with {exchange.status}, but without an error object"
        return Contradiction("envelope", words, spec)
    found = violations(exchange.json, schema)
    if found:
        words = f"refused with {exchange.status}, and {found[0].pointer} of the error: {found[0].message}"
        return Contradiction(f"envelope {found[0].cause}", words, spec)
    return None


def _shape(exchange: Exchange, schema: str, spec: str) -> Contradiction | None:
    """What is wrong with the answer to a request that is as documented, and was accepted."""
    try:
        exchange.accepted().conforms(schema)
    except (Broken, Blocked) as signal:
        kind = " ".join(["shape", *sorted(signal.causes)[:1]])
        return Contradiction(kind, signal.message, spec, chance=not signal.causes)
    except Signal:
        return None
    return None
