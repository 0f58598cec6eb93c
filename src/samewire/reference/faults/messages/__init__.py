"""Faults of Anthropic Messages."""

from samewire.reference.faults.messages import (
    access,
    alike,
    calling,
    counting,
    errors,
    framing,
    halved,
    ignored,
    mistakes,
    refusals,
    shape,
    stream,
    stream_pieces,
    stream_shape,
    together,
    unkept,
)

__all__ = [
    "access",
    "alike",
    "calling",
    "counting",
    "errors",
    "framing",
    "halved",
    "ignored",
    "mistakes",
    "refusals",
    "shape",
    "stream",
    "stream_pieces",
    "stream_shape",
    "together",
    "unkept",
]
