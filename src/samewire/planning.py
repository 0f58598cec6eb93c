"""What a run will cost at most, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from samewire.applying import applies
from samewire.findings import Findings
from samewire.placeholders import NO_PICTURE, written_out
from samewire.request import CAP_KEY, LIMIT_KEY, Request
from samewire.requirement import Requirement
from samewire.scenario import Every, Preflight, Scenario, Source
from samewire.settings import Endpoint
from samewire.wire import wire

__all__ = ["Bounds", "bounds"]

#: Tokens that a picture may be charged as.
PICTURE_TOKENS = 1500
#: Tokens that a model may speak where a request sets no limit.
UNLIMITED = 4096
#: How healthy endpoints spell the token limit, where it isn't as in Chat Completions.
SPELLINGS = {"responses": "max_output_tokens", "messages": "max_tokens"}
COUNTED = ("checks", "requests", "at_most", "speaking", "tokens_in", "tokens_out")
LIMITS = (LIMIT_KEY, CAP_KEY, "max_completion_tokens", "max_tokens", "max_output_tokens")


@dataclass(frozen=True)
class Bounds:
    """Upper bounds for one endpoint, retries and repetitions of what turns out red aside.

    Attributes:
        checks: how many checks apply.
        requests: how many distinct requests they need at a healthy endpoint.
        at_most: how many with those that are sent only if something doesn't show at once.
        speaking: how many of these make the model speak.
        tokens_in, tokens_out: tokens that are sent and that the model may speak.
        cost: US dollars, or None without prices.
    """

    checks: int
    requests: int
    at_most: int
    speaking: int
    tokens_in: int
    tokens_out: int
    cost: float | None

    def times(self, rounds: int) -> Bounds:
        """The bounds of the same measurement several times over."""
        return Bounds(
            self.checks,
            self.requests * rounds,
            self.at_most * rounds,
            self.speaking * rounds,
            self.tokens_in * rounds,
            self.tokens_out * rounds,
            None if self.cost is None else self.cost * rounds,
        )

    def plus(self, other: Bounds) -> Bounds:
        """The bounds of this and another measurement."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Bounds(**counts, cost=None if self.cost is None or other.cost is None else self.cost + other.cost)


def bounds(requirements: Iterable[Requirement], endpoint: Endpoint) -> Bounds:
    """The upper bounds of these checks at an endpoint."""
    mine = [one for one in requirements if not applies(one, endpoint)]
    healthy: set[str] = set()
    distinct: dict[str, Request] = {}
    scenarios: dict[str, Scenario] = {}
    for requirement in mine:
        source = requirement.of
        for request in _needed(source):
            if request.crowd > endpoint.provider.burst:
                continue
            identifier = _wire_id(request, endpoint)
            healthy.add(identifier)
            distinct.setdefault(identifier, request)
        if isinstance(source, Scenario):
            scenarios[source.id] = source
    for spare in (request for source in scenarios.values() for one in source.spare for request in _needed(one)):
        distinct.setdefault(_wire_id(spare, endpoint), spare)
    more = sum(source.more for source in scenarios.values())
    more_tokens = sum(source.tokens for source in scenarios.values())
    speaking = [request for request in distinct.values() if request.speaks and not request.mistaken]
    tokens_in = sum(_tokens_in(request) for request in distinct.values()) + more * 200
    tokens_out = sum(_tokens_out(request) for request in distinct.values()) + more_tokens
    prices = endpoint.prices
    cost = (tokens_in * prices[0] + tokens_out * prices[1]) / 1e6 if prices else None
    at_most = len(distinct) + more
    return Bounds(len(mine), len(healthy) + more, at_most, len(speaking) + more, tokens_in, tokens_out, cost)


def _wire_id(request: Request, endpoint: Endpoint) -> str:
    """The id of what a healthy endpoint is sent: two requests that are spelled alike there are sent once."""
    protocol = request.opener.protocol if request.opener is not None else "chat"
    return wire(request, endpoint, Findings(SPELLINGS.get(protocol, "max_completion_tokens"))).id


def _needed(source: Source) -> Iterator[Request]:
    """Every request that a source needs, its controls and its preflight's included."""
    if isinstance(source, Request):
        link: Request | Preflight | None = source
        while isinstance(link, Request):
            yield link
            link = link.control
        if link is not None:
            yield from _needed(link)
        return
    if isinstance(source, Preflight) and source.control is not None:
        yield from _needed(source.control)
    for request in source.witness if isinstance(source, Every) else source.requests:
        yield from _needed(request)


def _tokens_in(request: Request) -> int:
    if not isinstance(request.body, dict):
        return 0
    text = json.dumps(request.body, ensure_ascii=False).replace(NO_PICTURE, "")
    text = written_out(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    pictures = text.count('"image_url": {')
    # Base64 is charged as pictures; of the rest, a token has seldom fewer than three characters.
    plain = len(text) - sum(len(part) for part in text.split('"') if part.startswith("data:"))
    return plain // 3 + pictures * PICTURE_TOKENS


def _tokens_out(request: Request) -> int:
    if not request.speaks:
        return 0
    limits = [request.body[name] for name in LIMITS if name in request.body]
    # A limit that is null is none, also where it stands beside the one that is spelled by the endpoint.
    limit = limits[0] if limits and None not in limits else UNLIMITED
    n = request.body.get("n")
    return max(0, limit if isinstance(limit, int) else 0) * (n if isinstance(n, int) else 1)
