"""Which checks apply to an endpoint as it is configured, and which protocols they need."""

from __future__ import annotations

from samewire.request import MODEL, Request
from samewire.requirement import Requirement
from samewire.scenario import Every, Preflight
from samewire.settings import Endpoint

__all__ = ["applies", "openers"]


def applies(requirement: Requirement, endpoint: Endpoint) -> str:
    """Why a check doesn't apply to an endpoint as it is configured; empty if it does."""
    provider = endpoint.provider
    if provider.missing:
        return provider.missing
    if "key" in requirement.needs and not provider.has_key:
        return "no key is configured, so there is nothing that could be refused"
    if "image_url" in requirement.needs and not provider.image_url:
        return "no picture is named that the endpoint could fetch: add --image-url"
    if "costly" in requirement.needs and not provider.costly:
        return "it may cost much: add --costly"
    if "burst" in requirement.needs and not provider.burst:
        return "it sends several requests at once: add --burst"
    if "bearer" in requirement.needs and provider.auth.scheme != "bearer":
        return "the key is not presented as Bearer"
    of = requirement.of
    place = provider.paths.get(of.path, "") if isinstance(of, Request) else ""
    if "model" in requirement.needs and (MODEL in place or "{model}" in place):
        return "the model is named in the path, and nowhere else"
    unclaimed = _spoken(requirement) - {*provider.protocols, "http", "across"} if provider.protocols else set()
    if unclaimed:
        return f"{' and '.join(sorted(unclaimed))} is not among the protocols that are claimed"
    return ""


def _spoken(requirement: Requirement) -> set[str]:
    """The protocols that must be spoken for a check to apply: its own, and those of the preflights before it."""
    return {requirement.protocol, *(one.protocol for one in openers(requirement))}


def openers(requirement: Requirement) -> list[Preflight]:
    """The preflights before what a check is judged over."""
    of = requirement.of
    if isinstance(of, Request | Preflight):
        first: list[Request | Preflight] = [of]
    else:
        first = [*(of.witness if isinstance(of, Every) else of.requests)]
    openers = (one if isinstance(one, Preflight) else one.opener for one in first)
    return [one for one in openers if one is not None]
