"""One request on its way through the reference endpoint, and how the endpoint is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from samewire.reference.errors import Refusal
from samewire.reference.server import HttpRequest, HttpResponse

__all__ = ["KEY", "STAGES", "Call", "Configuration", "Fault", "Finished"]

#: The key that the reference endpoint takes. It opens nothing else.
KEY = "sk-reference-0123456789abcdefghij"

#: Where a fault may step in, in the order a request passes them: the HTTP request, the parsed body before it is
#: checked, the answers of the model, the JSON document or the chunks made of them, the stream's events as bytes, an
#: error, the HTTP response.
STAGES = ("request", "body", "answers", "document", "chunks", "events", "error", "response")


@dataclass(frozen=True)
class Configuration:
    """How the reference endpoint is set up; every setting is conformant.

    Attributes:
        models: the ids it serves.
        key: the key it takes, or None if it runs open.
        base: where its API begins.
        vision: whether its model sees pictures; one that doesn't refuses them.
        reasoning: tokens that its model thinks before it speaks; such a model refuses sampling parameters.
        spellings: how the token limit may be spelled.
        lively: how much the model's words vary from one time to the next.
        pace: seconds between two tokens.
        limits: whether it tells its rate limits in headers.
        window: tokens that a prompt may have at most.
        weighs: whether Responses and Messages count more of a prompt than the text of its messages.
    """

    models: tuple[str, ...] = ("reference-1", "reference-mini", "lab/reference-2:latest")
    key: str | None = KEY
    base: str = "/v1"
    vision: bool = True
    reasoning: int = 0
    spellings: tuple[str, ...] = ("max_completion_tokens", "max_tokens")
    lively: float = 0.0
    pace: float = 0.0
    limits: bool = True
    window: int = 100_000
    weighs: bool = True


@dataclass
class Finished:
    """What the model said for one choice, cut and counted.

    Attributes:
        text: the words.
        calls: id, name and arguments of each tool call.
        reason: the finish reason.
        tokens: the words as tokens.
        spent: how many completion tokens it cost, thinking included.
        thought: how many of these were thinking.
    """

    text: str = ""
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    reason: str = "stop"
    tokens: list[str] = field(default_factory=list)
    spent: int = 0
    thought: int = 0


@dataclass
class Call:
    """One request on its way through, for faults to reach into."""

    request: HttpRequest
    settings: Configuration
    number: int = 0
    body: Any = None
    answers: list[Finished] = field(default_factory=list)
    prompt_tokens: int = 0
    document: Any = None
    chunks: list[dict[str, Any]] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    error: Refusal | None = None
    response: HttpResponse = field(default_factory=HttpResponse)
    notes: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def streamed(self) -> bool:
        """Whether a stream is asked for."""
        return isinstance(self.body, dict) and self.body.get("stream") is True

    @property
    def path(self) -> str:
        """The path below the base."""
        return self.request.path.removeprefix(self.settings.base)

    @property
    def chat(self) -> bool:
        """Whether this is a chat completion."""
        return self.path == "/chat/completions"


Step = Callable[[Call], None]


@dataclass(frozen=True)
class Fault:
    """One seeded deviation of the reference endpoint.

    Attributes:
        id: what names it, ``feature.what``.
        what: what it does, as a sentence.
        stage: where it steps in.
        apply: does it to a call.
        turns: the checks that see it → the verdict they turn to.
        blocks: the checks that can't be judged because of it (fnmatch patterns).
        configure: settings it changes.
        known: where servers in the wild have shown it.
        patience: seconds after which whoever measures it should give up an attempt; None for as many as usual.
        where: the path below the base whose bodies, answers, chunks and events it touches.
        also: further protocols that it is measured with, since it shows beside them.
    """

    id: str
    what: str
    stage: str
    apply: Step
    turns: Mapping[str, str]
    blocks: tuple[str, ...] = ()
    configure: Mapping[str, Any] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    where: str = "/chat/completions"
    patience: float | None = None
    also: tuple[str, ...] = ()

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols that it shows in."""
        first = self.where.split("/")[1]
        own = (first,) if first in ("responses", "messages") else ("chat", "embeddings", "completions")
        return (*own, *self.also)
