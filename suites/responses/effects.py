"""Did what was accepted reach the model? As for chat: by words it could not know otherwise, else by token counts."""

from __future__ import annotations

from functools import partial

from ..chat.effects import SENTENCE, Effect, arrives, told_effect
from .reading import input_tokens, words

__all__ = ["SENTENCE", "Effect", "arrives", "effect"]

effect = partial(told_effect, said=words, counted=input_tokens)
