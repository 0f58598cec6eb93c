"""OpenAI Responses at the reference endpoint."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.errors import unknown_url

__all__ = ["answer"]


async def answer(reference: Any, call: Call) -> None:
    """Answer a call below this protocol's path."""
    raise unknown_url(call.request.method, call.request.path)
