"""The faults: each a few lines, each one deviation, each declaring what it turns."""

from samewire.reference.faults import (
    accepted,
    completion,
    errors,
    framing,
    http,
    ignored,
    models,
    refusals,
    stream,
    stream_usage,
    tool_calls,
)
from samewire.reference.faults.registry import FAULTS

__all__ = [
    "FAULTS",
    "accepted",
    "completion",
    "errors",
    "framing",
    "http",
    "ignored",
    "models",
    "refusals",
    "stream",
    "stream_usage",
    "tool_calls",
]
