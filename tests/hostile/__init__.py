"""Servers that misbehave in every way a peer can, each on a loopback port of its own."""

from .behaviours import BEHAVIOURS, GROUPS, TEXTS, Behaviour
from .plays import CHAT
from .server import Hostile, Request

__all__ = ["BEHAVIOURS", "CHAT", "GROUPS", "TEXTS", "Behaviour", "Hostile", "Request"]
