"""Anthropic Messages at the reference endpoint."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import Refusal, unknown_url

__all__ = ["answer", "error"]


async def answer(reference: Any, call: Call) -> None:
    """Answer a call below this protocol's path."""
    raise unknown_url(call.request.method, call.request.path)


def error(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the body of a response."""
    return refusal.document
