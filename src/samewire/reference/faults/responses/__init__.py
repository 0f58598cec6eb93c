"""Faults of the Responses protocol."""

from samewire.reference.faults.responses import (
    access,
    beside,
    choices,
    company,
    counting,
    echoes,
    errors,
    events,
    ignored,
    later,
    lives,
    open,
    state,
    texts,
    usage,
    whole,
)

__all__ = [
    "access",
    "beside",
    "choices",
    "company",
    "counting",
    "echoes",
    "errors",
    "events",
    "ignored",
    "later",
    "lives",
    "open",
    "state",
    "texts",
    "usage",
    "whole",
]
