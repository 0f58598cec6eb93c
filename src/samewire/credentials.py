"""What a key is, what looks like one, and how it is kept from everything that writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "PLACEHOLDERS",
    "PREFIXES",
    "Credential",
    "KeyProblem",
    "Renewing",
    "Reply",
    "Secret",
    "Send",
    "is_example",
    "is_placeholder",
    "looks_secret",
    "secret_parts",
]

#: Values that servers without authentication are commonly given; they are no secrets.
PLACEHOLDERS = frozenset(
    """
    lm-studio ollama none null empty dummy test x na n/a no-key nokey not-needed sk-no-key-required
    sk-xxx sk-dummy placeholder anything any local unused fake
    """.split()  # noqa: SIM905 - a list of words reads best as words
)

#: How keys begin → whose they are. Of several that fit, the longest counts.
PREFIXES = {
    "sk-ant-": "Anthropic",
    "sk-or-": "OpenRouter",
    "sk-proj-": "OpenAI",
    "sk-svcacct-": "OpenAI",
    "sk-": "",
    "gsk_": "Groq",
    "xai-": "xAI",
    "pplx-": "Perplexity",
    "csk-": "Cerebras",
    "tgp_": "Together AI",
    "ghp_": "GitHub",
    "gho_": "GitHub",
    "ghu_": "GitHub",
    "github_pat_": "GitHub",
    "glpat-": "GitLab",
    "AIza": "Google",
    "ya29.": "Google",
    "hf_": "Hugging Face",
    "nvapi-": "NVIDIA",
    "eyJ": "",
}
_EXAMPLE = re.compile(r".*(\.\.\.|…)|<.*>|your[-_ ].*|.*your[-_ ]?(api[-_ ]?)?key.*|.*x{4,}", re.IGNORECASE)


class KeyProblem(Exception):
    """A key can't be had; the message says what to do, and holds no secret."""


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
class Reply:
    """What an authorization server answered."""

    status: int
    body: bytes


#: Sends a form (or, without one, asks by GET) to an authorization server: URL, form, headers.
Send = Callable[[str, Mapping[str, str] | None, Mapping[str, str]], Reply]


class Renewing(Protocol):
    """A key that is fetched when it is needed, and anew when it ends."""

    @property
    def words(self) -> str:
        """Where it comes from; holds no secret."""

    def missing(self) -> str:
        """Why no key can be had, without asking anybody; empty if one may be."""

    def key(self, send: Send) -> str:
        """The key, fetched if there is none yet or it ends soon. May take its time; from any thread."""

    def renew(self, began: float, send: Send) -> bool:
        """Fetch another key after a request that began then was refused; False if there is none but the refused."""

    def accepted(self) -> None:
        """Note that the key was let in."""

    def known(self) -> tuple[str, ...]:
        """Every secret that was met so far."""

    def listen(self, told: Callable[[str], None]) -> None:
        """Have every further secret told before it is used."""


@dataclass(frozen=True)
class Credential:
    """A key: known by the variable that holds it, or by where it is fetched from.

    Attributes:
        variable: the environment variable, for the report's curl lines; empty for a placeholder.
        secret: the key, or None if the variable is not set, or the key is fetched.
        renewing: where it is fetched from, or None.
    """

    variable: str
    secret: Secret | None
    renewing: Renewing | None = None

    @classmethod
    def from_environment(cls, variable: str, environ: Mapping[str, str]) -> Credential:
        """The key that an environment variable holds; an empty value counts as unset."""
        value = environ.get(variable, "").strip()
        return cls(variable, Secret(value) if value else None)

    @property
    def given(self) -> bool:
        """Whether there is something to send, were it a placeholder."""
        return self.secret is not None or self.renewing is not None

    @property
    def real(self) -> bool:
        """Whether this is a key that an endpoint could refuse, not a placeholder."""
        return self.renewing is not None or (self.secret is not None and not is_placeholder(self.secret.reveal()))

    def known(self) -> tuple[str, ...]:
        """Every value that must never be written, so far."""
        own = (self.secret.reveal(),) if self.secret is not None and self.real else ()
        return own + (self.renewing.known() if self.renewing is not None else ())


def is_placeholder(value: str) -> bool:
    """Whether a value is one that people write where no key is needed."""
    return not value or value.strip().lower() in PLACEHOLDERS


def is_example(value: str) -> bool:
    """Whether a value is one that documents write where a key is to be put: ``sk-...``, ``<your key>``."""
    return not is_placeholder(value) and bool(_EXAMPLE.fullmatch(value.strip()))


def looks_secret(value: str) -> bool:
    """Whether a literal in a configuration file looks like a key that should not stand there."""
    words = value.removeprefix("Bearer ").strip()
    if is_placeholder(words) or is_example(words):
        return False
    plain = " " not in words and "/" not in words
    long_and_mixed = len(words) >= 32 and plain and len({*words}) >= 12 and any(map(str.isdigit, words))
    return long_and_mixed or _begins_as_a_key(words)


def secret_parts(value: str) -> Iterator[str]:
    """The parts of a longer text, such as a URL, that begin as keys do."""
    return (part for part in re.split(r"[^\w.+-]+", value) if _begins_as_a_key(part) and not is_example(part))


def _begins_as_a_key(word: str) -> bool:
    return len(word) >= 12 and word.startswith(tuple(PREFIXES)) and not is_placeholder(word)
