"""Servers that misbehave in every way a peer can, each on a loopback port of its own."""

from .behaviours import BEHAVIOURS, CHAT, Behaviour
from .server import Hostile, Request

__all__ = ["BEHAVIOURS", "CHAT", "Behaviour", "Hostile", "Request"]
