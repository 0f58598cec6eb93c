"""The faults: each a few lines, each one deviation, each declaring what it turns."""

from samewire.reference.faults import completion, errors, http, ignored, models, refusals, stream, tool_calls
from samewire.reference.faults.registry import FAULTS

__all__ = ["FAULTS", "completion", "errors", "http", "ignored", "models", "refusals", "stream", "tool_calls"]
