"""Failures that pass: what an endpoint says when it has had enough, or fails, before a further attempt is answered."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Every, Exchange, check, seen

from .errors import FAULTY, TYPES
from .reading import parsed
from .requests import HELLO

#: What tells an error of Anthropic's from others'.
MEMBERS = {"type", "error"}
ANSWERS = Every(witness=(HELLO,), path="messages", statuses=range(100, 600), method="POST")


def passed(exchange: Exchange) -> list[tuple[int, Any]]:
    """Of every attempt that failed in Anthropic's words before another was answered: its status, and its error's type.

    What a proxy in between says in its own words is no matter of the protocol.
    """
    met = [one for one in exchange.attempts[:-1] if one.failure is None and (one.status == 429 or one.status >= 500)]
    bodies = [(one.status, parsed(b"".join(chunk for _, chunk in one.reads).decode(errors="replace"))) for one in met]
    told = [(status, body["error"]) for status, body in bodies if isinstance(body, dict) and body.keys() >= MEMBERS]
    return [(status, error.get("type")) for status, error in told if isinstance(error, dict)]


@check(
    "messages.failures.type",
    SHOULD,
    of=ANSWERS,
    spec="MSG-ERR-009 MSG-ERR-010 MSG-ERR-011 MSG-ERR-012",
    depth=FULL,
    rare=True,
)
def test_a_passing_failure_has_the_type_of_its_status(exchange: Exchange) -> None:
    """A failure that passes SHOULD have its status' type: `rate_limit_error` with 429, `overloaded_error` with 529."""
    told = passed(exchange)
    seen(told, "nothing failed, or what was said of it was not in Anthropic's words")
    odd = [(status, kind) for status, kind in told if kind not in TYPES.get(status, FAULTY)]
    assert not odd, f"a {odd[0][0]} has the type {odd[0][1]!r}, where {TYPES.get(odd[0][0], FAULTY)[0]!r} belongs"


@check("messages.failures.pause", SHOULD, of=ANSWERS, spec="MSG-ERR-009 MSG-HTTP-012", depth=FULL, rare=True)
def test_a_limit_says_how_long_to_wait(exchange: Exchange) -> None:
    """A 429 SHOULD say in `retry-after` how long to wait, in seconds or as a date."""
    pauses = [pause for status, pause, _ in exchange.limits if status == 429]
    seen(pauses, "no limit was met")
    assert all(pause is not None for pause in pauses), "a 429 has no retry-after that could be read"
