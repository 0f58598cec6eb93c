"""What an answer counts, against the letters that it has: judged alike for every protocol."""

from __future__ import annotations

#: Letters that nobody takes for one token.
LONG = 40


def counts_its_letters(spent: int, letters: int) -> None:
    """Say *broken* if an answer counts nothing, or ever so many letters as one token.

    Args:
        spent: the tokens that it counts.
        letters: how many letters it has, those of the names and arguments of its calls among them.
    """
    assert spent > 0 or not letters, "the answer counts 0 tokens"
    assert spent > 1 or letters < LONG, f"{letters} letters, calls and all, count {spent} token"
