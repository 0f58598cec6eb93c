"""What a question and its answer count, against the letters that they have: judged alike for every protocol."""

from __future__ import annotations

import json

from samewire import Exchange

#: Letters that nobody takes for one token.
LONG = 40
#: The same of a conversation as it is written in JSON.
LONG_CONVERSATION = 200
#: The members of a request that are its prompt.
ASKED = ("messages", "input", "system", "instructions", "tools")


def counts_its_letters(spent: int, letters: int) -> None:
    """Say *broken* if an answer counts nothing, or ever so many letters as one token.

    Args:
        spent: the tokens that it counts.
        letters: how many letters it has, those of the names and arguments of its calls among them.
    """
    assert spent > 0 or not letters, "the answer counts 0 tokens"
    assert spent > 1 or letters < LONG, f"{letters} letters, calls and all, count {spent} token"


def counts_its_prompt(exchange: Exchange, counted: int) -> None:
    """Say *broken* if a prompt counts nothing, or a whole conversation one token."""
    assert counted > 0, "the prompt counts 0 tokens"
    sent = exchange.sent if isinstance(exchange.sent, dict) else {}
    letters = sum(len(json.dumps(sent[name], ensure_ascii=False)) for name in ASKED if name in sent)
    assert counted > 1 or letters < LONG_CONVERSATION, f"a conversation of {letters} letters counts {counted} token"
