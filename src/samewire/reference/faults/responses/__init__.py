"""Faults of the Responses protocol."""

from samewire.reference.faults.responses import access, choices, echoes, events, ignored, lives, state, texts, whole

__all__ = ["access", "choices", "echoes", "events", "ignored", "lives", "state", "texts", "whole"]
