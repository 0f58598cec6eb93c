"""`anthropic-version`: which versions are known, and what depends on them."""

from __future__ import annotations

from dataclasses import replace

from samewire import FULL, MAY, Exchange, Steps, Unsupported, check, scenario, seen

from ..chat.packing import packed
from .access import OFFICIAL
from .reading import refused
from .requests import HELLO, LATEST

#: Wrong on purpose, though it is a header that is wrong.
WITHOUT = replace(HELLO.having({"anthropic-version": None}), mistaken=True)
UNKNOWN = replace(HELLO.having({"anthropic-version": "1999-12-31"}), mistaken=True)
AT_LATEST = HELLO.having({"anthropic-version": LATEST})


def told_apart(exchange: Exchange, what: str) -> None:
    """Say *unsupported* if what Anthropic refuses was taken: nobody is hurt, and versions make no difference here."""
    if exchange.answered().ok:
        exchange.accepted()
        raise Unsupported(f"{what} is taken: versions make no difference here")
    refused(exchange)


@check("messages.versions.latest", MAY, of=packed(OFFICIAL, AT_LATEST), spec="MSG-HTTP-004", depth=FULL)
def test_the_latest_version_is_known(exchange: Exchange) -> None:
    """The version 2026-10-21 MAY be known beside 2023-06-01."""
    exchange.accepted()


@check(
    "messages.versions.required",
    MAY,
    of=WITHOUT,
    spec="MSG-HTTP-005",
    depth=FULL,
)
def test_a_version_is_required(exchange: Exchange) -> None:
    """A request without `anthropic-version` MAY be refused with 400, as Anthropic does."""
    told_apart(exchange, "a request without a version")


@check(
    "messages.versions.unknown",
    MAY,
    of=UNKNOWN,
    spec="MSG-HTTP-006",
    depth=FULL,
)
def test_an_unknown_version_is_refused(exchange: Exchange) -> None:
    """An unknown `anthropic-version` MAY be refused with 400, as Anthropic does."""
    told_apart(exchange, "an unknown version")


SAMPLED = replace(AT_LATEST.wrong(temperature=1), control=HELLO)


@scenario(OFFICIAL, SAMPLED, spare=(AT_LATEST,))
def sampled() -> Steps:
    """The latest version, and it with a sampling parameter."""
    first: Exchange = yield OFFICIAL
    if not first.ok:
        first = yield AT_LATEST
    if first.ok:
        yield SAMPLED


@check("messages.versions.sampling", MAY, of=sampled, spec="MSG-REQ-011", depth=FULL)
def test_the_latest_version_has_no_sampling(exchange: Exchange) -> None:
    """In version 2026-10-21 `temperature` MAY be refused with 400, as Anthropic does."""
    seen(exchange.asked(SAMPLED), "the latest version is not known")
    told_apart(exchange, "`temperature` in version 2026-10-21")


@check("messages.versions.unknown_field", MAY, of=HELLO.wrong(samewire=1), spec="MSG-REQ-019", depth=FULL)
def test_an_unknown_field_is_refused(exchange: Exchange) -> None:
    """An unknown field at the top MAY be refused with 400, as Anthropic does."""
    if exchange.answered().ok:
        exchange.accepted()
        raise Unsupported("unknown fields are taken")
    refused(exchange)
