"""Requests that nobody wrote: generated within and beyond what is documented, and shrunk where the answer is wrong.

This folder is the only door to hypothesis.
"""

from samewire.fuzzing.grammar import GRAMMARS
from samewire.fuzzing.hunt import enough, hunt
from samewire.fuzzing.seen import Hunted

__all__ = ["GRAMMARS", "Hunted", "enough", "hunt"]
