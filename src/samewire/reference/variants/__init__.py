"""Legal variants of the reference: other ways to be conformant, none of which may be accused of anything.

They are told like faults. What they turn is *unsupported* at most, and only where that is the truth.
"""

from samewire.reference.variants import (
    chat,
    closer,
    gateways,
    load,
    manners,
    messages,
    messages_templates,
    mocks,
    moods,
    passing,
    responses,
    responses_moods,
    vectors,
    weak,
)
from samewire.reference.variants.registry import VARIANTS

__all__ = [
    "VARIANTS",
    "chat",
    "closer",
    "gateways",
    "load",
    "manners",
    "messages",
    "messages_templates",
    "mocks",
    "moods",
    "passing",
    "responses",
    "responses_moods",
    "vectors",
    "weak",
]
