"""Versions: the header `anthropic-version` is read, and tells which rules hold."""

from __future__ import annotations

from samewire import FULL, MAY, SHOULD, Exchange, Steps, Unsupported, check, scenario, seen

from ..chat.packing import packed
from .access import OFFICIAL
from .reading import refused
from .requests import CUT_BESIDE, HELLO, LATEST, STREAM

AT_LATEST = HELLO.having({"anthropic-version": LATEST})


@check("messages.versions.latest", MAY, of=packed(OFFICIAL, AT_LATEST), spec="MSG-HTTP-004", depth=FULL)
def test_the_latest_version_is_known(exchange: Exchange) -> None:
    """The version 2026-10-21 MAY be known beside 2023-06-01."""
    exchange.accepted()


LATEST_STREAM = STREAM.having({"anthropic-version": LATEST})


@scenario(OFFICIAL, STREAM, CUT_BESIDE, spare=(AT_LATEST, LATEST_STREAM))
def latest_streamed() -> Steps:
    """A stream in the latest version; if it is refused, or what stands beside it, a plain one and a plain answer."""
    official, stream, beside = yield [OFFICIAL, STREAM, CUT_BESIDE]
    if stream.ok and not beside.ok:
        known: Exchange = official if official.ok else (yield AT_LATEST)
        seen(known.ok, "the version is not known at all")
        yield LATEST_STREAM


@check("messages.versions.streamed", SHOULD, of=latest_streamed, spec="MSG-HTTP-004", depth=FULL)
def test_the_latest_version_is_known_in_streams(exchange: Exchange) -> None:
    """The version 2026-10-21 SHOULD be known in streams where it is known otherwise."""
    exchange.accepted()


def told(exchange: Exchange, why: str) -> None:
    """Say *unsupported* unless it was refused: Anthropic does so, and nobody is hurt where it is taken."""
    if exchange.answered().ok and exchange.error_told is None:
        raise Unsupported(why, reason="not offered")
    refused(exchange)


UNVERSIONED = HELLO.having({"anthropic-version": None}).wrong().after(HELLO)


@check("messages.versions.needed", MAY, of=UNVERSIONED, spec="MSG-HTTP-005", depth=FULL)
def test_a_version_is_needed(exchange: Exchange) -> None:
    """A request without the header `anthropic-version` MAY be refused with 400, as Anthropic does."""
    told(exchange, "a request without anthropic-version is answered: no version is needed")


SAMPLED = AT_LATEST.wrong(temperature=0.5).after(OFFICIAL)


@check("messages.versions.told_apart", MAY, of=SAMPLED, spec="MSG-REQ-011 MSG-HTTP-006", depth=FULL)
def test_versions_are_told_apart(exchange: Exchange) -> None:
    """In version 2026-10-21, `temperature` MAY be refused with 400, as Anthropic does: versions are told apart."""
    told(exchange, f"temperature is taken in version {LATEST}, too, where Anthropic refuses it")
