"""What a run may still spend: requests, tokens, money.

What a request may cost at most is set aside before it is sent; what it did cost is taken once it is answered. So a
limit is kept even with many requests in flight, and no run ends early because a request might have cost more than it
did.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from samewire.attempt import Attempt, Wire
from samewire.sse import parse

__all__ = ["Ask", "Budget", "spent_by"]

#: Tokens that a model may speak where a request sets no limit.
UNLIMITED = 4096
#: Tokens that a picture may be charged as.
PICTURE = 1500
LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens", "max_tokens_to_sample")
#: How the protocols name what went in and came out.
USED = (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens"))
SPEAKING = ("messages", "input", "prompt")


@dataclass(frozen=True)
class Ask:
    """What a request may cost at most: tokens in and out, and US dollars."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        """Both."""
        return self.tokens_in + self.tokens_out


class Budget:
    """What a run may still spend; shared by all endpoints. For one event loop.

    Args:
        requests: how many attempts may be sent, or None for any number.
        tokens: how many tokens they may use, or None.
        cost: how many US dollars they may cost, or None.

    Attributes:
        sent, tokens, cost: what was spent.
        exhausted: what it was that ran out, or an empty string.
    """

    def __init__(self, requests: int | None = None, tokens: int | None = None, cost: float | None = None) -> None:
        self.requests = requests
        self.most_tokens = tokens
        self.most_cost = cost
        self.sent = 0
        self.tokens = 0
        self.cost = 0.0
        self.exhausted = ""
        self._aside: list[Ask] = []
        self._settled = asyncio.Event()

    @property
    def counts(self) -> bool:
        """Whether tokens or money are bounded."""
        return self.most_tokens is not None or self.most_cost is not None

    def take(self) -> bool:
        """Take one attempt from it; False once it is used up."""
        if self.requests is not None and self.sent >= self.requests:
            self.exhausted = "requests"
            return False
        self.sent += 1
        return True

    async def admit(self, ask: Ask) -> bool:
        """Take one attempt, and set aside what it may cost; False if that is no longer there.

        Waits for requests in flight if what is set aside for them stands in the way.
        """
        while self.counts and (lacking := self._lacking(ask)):
            if not self._aside or self.exhausted:
                self.exhausted = self.exhausted or lacking
                return False
            self._settled.clear()
            await self._settled.wait()
        if not self.take():
            return False
        self._aside.append(ask)
        return True

    def settle(self, ask: Ask, attempt: Attempt | None, prices: tuple[float, float] | None) -> None:
        """Take what an attempt did cost for what was set aside."""
        if ask in self._aside:
            self._aside.remove(ask)
        spent = spent_by(ask, attempt) if attempt is not None and self.counts else Ask()
        self.tokens += spent.tokens
        self.cost += _priced(spent.tokens_in, spent.tokens_out, prices)
        self._settled.set()

    @staticmethod
    def asked(wire: Wire, prices: tuple[float, float] | None) -> Ask:
        """What a request may cost at most."""
        if wire.body is None:
            return Ask()
        try:
            body = json.loads(wire.body)
        except (ValueError, RecursionError):
            return Ask()
        if not isinstance(body, dict) or not any(name in body for name in SPEAKING):
            return Ask()
        text = wire.body.decode("utf-8", "replace")
        # Base64, be it in a data URL or not: it has no blanks.
        pictures = sum(len(part) for part in text.split('"') if len(part) > 1000 and " " not in part)
        tokens_in = (len(text) - pictures) // 3 + PICTURE * (text.count('"image_url":') + text.count('"source":'))
        limits = [body[name] for name in LIMITS if isinstance(body.get(name), int)]
        n = body.get("n")
        tokens_out = max(0, min(limits, default=UNLIMITED)) * (n if isinstance(n, int) and 0 < n < 128 else 1)
        if wire.url.split("?")[0].endswith(("embeddings", "count_tokens", "input_tokens")):
            tokens_out = 0
        return Ask(tokens_in, tokens_out, _priced(tokens_in, tokens_out, prices))

    def told(self) -> dict[str, Any]:
        """What was spent of what is bounded, and what ran out: for the run's footer."""
        spent = {"tokens": self.tokens, "cost": round(self.cost, 6)} if self.counts else {}
        return {**spent, **({"exhausted": self.exhausted} if self.exhausted else {})}

    def _lacking(self, ask: Ask) -> str:
        tokens = self.tokens + sum(one.tokens for one in self._aside)
        cost = self.cost + sum(one.cost for one in self._aside)
        if self.most_tokens is not None and tokens + ask.tokens > self.most_tokens:
            return "tokens"
        return "money" if self.most_cost is not None and cost + ask.cost > self.most_cost else ""


def _priced(tokens_in: int, tokens_out: int, prices: tuple[float, float] | None) -> float:
    return (tokens_in * prices[0] + tokens_out * prices[1]) / 1e6 if prices else 0.0


def spent_by(ask: Ask, attempt: Attempt) -> Ask:
    """What an attempt used, by what it says itself; if it says nothing, all that was set aside."""
    if attempt.status >= 400 or (
        attempt.status == 0
        and attempt.failure is not None
        and attempt.answered == 0.0
        and attempt.failure.kind not in ("timeout", "reset")
    ):
        return Ask()
    usage: dict[str, Any] = {}
    for document in _documents(attempt):
        # Anthropic's streams tell of what went in at the beginning, of what came out at the end.
        inner = document.get("message") or document.get("response")
        for one in (document, inner):
            if isinstance(one, dict) and isinstance(one.get("usage"), dict):
                usage.update({name: value for name, value in one["usage"].items() if isinstance(value, int)})
    for went_in, came_out in USED:
        if went_in in usage:
            return Ask(max(0, usage[went_in]), max(0, usage.get(came_out, 0)))
    return ask


def _documents(attempt: Attempt) -> list[dict[str, Any]]:
    body = b"".join(piece for _, piece in attempt.reads)
    texts = [event.data or "" for event in parse(attempt.reads).events] if body.lstrip()[:1] != b"{" else [body]
    found = []
    for text in texts:
        if b'"usage"' in (text if isinstance(text, bytes) else text.encode()):
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                continue
            found += [value] if isinstance(value, dict) else []
    return found
