"""Faults of the Responses protocol."""

from samewire.reference.faults.responses import (
    access,
    choices,
    echoes,
    errors,
    events,
    ignored,
    later,
    lives,
    state,
    texts,
    usage,
    whole,
)

__all__ = [
    "access",
    "choices",
    "echoes",
    "errors",
    "events",
    "ignored",
    "later",
    "lives",
    "state",
    "texts",
    "usage",
    "whole",
]
