"""Where a key comes from, and how it is kept from everything that writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PLACEHOLDERS", "Credential", "Secret", "is_placeholder", "looks_secret"]

#: Values that servers without authentication are commonly given; they are no secrets.
PLACEHOLDERS = frozenset(
    """
    lm-studio ollama none null empty dummy test x na n/a no-key nokey not-needed sk-no-key-required
    sk-xxx sk-dummy placeholder anything any local unused fake
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

#: How keys of well-known providers begin.
PREFIXES = (
    *("sk-", "gsk_", "xai-", "pplx-", "csk-", "tgp_", "ghp_", "gho_", "ghu_", "glpat-"),
    *("AIza", "hf_", "eyJ", "nvapi-"),
)


class Secret:
    """A value that shows itself to nobody who doesn't ask for it by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: for the wire and for redaction only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True)
class Credential:
    """A key, known by the variable that holds it.

    Attributes:
        variable: the environment variable, for the report's curl lines; empty for a placeholder.
        secret: the key, or None if the variable is not set.
    """

    variable: str
    secret: Secret | None

    @classmethod
    def from_environment(cls, variable: str, environ: Mapping[str, str]) -> Credential:
        """The key that an environment variable holds; an empty value counts as unset."""
        value = environ.get(variable, "").strip()
        return cls(variable, Secret(value) if value else None)

    @property
    def real(self) -> bool:
        """Whether this is a key that an endpoint could refuse, not a placeholder."""
        return self.secret is not None and not is_placeholder(self.secret.reveal())


def is_placeholder(value: str) -> bool:
    """Whether a value is one that people write where no key is needed."""
    return not value or value.strip().lower() in PLACEHOLDERS


def looks_secret(value: str) -> bool:
    """Whether a literal in a configuration file looks like a key that should not stand there."""
    words = value.removeprefix("Bearer ").strip()
    if is_placeholder(words):
        return False
    plain = " " not in words and "/" not in words
    long_and_mixed = len(words) >= 32 and plain and len({*words}) >= 12 and any(map(str.isdigit, words))
    return long_and_mixed or (len(words) >= 12 and words.startswith(PREFIXES))
