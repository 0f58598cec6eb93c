"""What is no part of an answer: marks that templates put around turns, and thoughts between tags."""

from __future__ import annotations

import json
import re

from samewire import Exchange

from .reading import unread

#: What templates put around turns: what a model says stands between.
MARKS = re.compile(r"<\|[a-z][a-z_0-9]{1,30}\|>|</s>|<｜[^｜\n]{1,40}｜>|<(?:start|end)_of_turn>")


def leaked(exchange: Exchange, said: str) -> str:
    """The mark of a template with which a text begins or ends, though nobody sent it; empty if there is none.

    In between, a model may speak of such marks. A call that no server has read has marks, too, and a cell of its own.
    """
    if unread(said):
        return ""
    text, asked = said.strip(), json.dumps(exchange.sent, ensure_ascii=False)
    ends = [mark for mark in MARKS.findall(text) if text.startswith(mark) or text.endswith(mark)]
    # `</s>` closes `<s>` in HTML.
    return next((mark for mark in ends if mark not in asked and not (mark == "</s>" and "<s>" in text)), "")


def aloud(said: str) -> bool:
    """Whether a text holds thoughts between tags, of which templates may have sent the first."""
    return "</think" in said or said.lstrip().startswith("<think")


def unmarked(exchange: Exchange, said: str, thoughts: bool = True) -> None:
    """Say *broken* if a text begins or ends with a mark or, where thoughts have a place of their own, holds any."""
    mark = leaked(exchange, said)
    assert not mark, f"the text holds {mark!r}: {said[-60:]!r}"
    assert not (thoughts and aloud(said)), f"the text holds what was thought: {said[:60]!r}"
