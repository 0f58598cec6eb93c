"""What an endpoint told of itself in the answers of a run: its model, its server, the most tokens it took and gave."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from samewire.bodies import body_of
from samewire.inert import one_line, shortened
from samewire.report.curl import pairs_of
from samewire.report.evidence import mapping, number, sequence
from samewire.run import Column, Run

__all__ = ["Heard", "heard"]

_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')
_TAKEN = re.compile(rb'"(?:prompt_tokens|input_tokens)"\s*:\s*(\d{1,12})\b')
_GIVEN = re.compile(rb'"(?:completion_tokens|output_tokens)"\s*:\s*(\d{1,12})\b')
#: Where a list of models tells a model's limits: the names that servers give them, the plainest first.
WINDOW = ("context_window", "context_length", "max_context_length", "max_model_len", "max_input_tokens")
LONGEST = ("max_output_tokens", "max_completion_tokens")


@dataclass(frozen=True)
class Heard:
    """What an endpoint told of itself.

    Attributes:
        models: the models that its answers name, the most usual first.
        server: its `server` header; empty without.
        taken, given: the most tokens of one prompt and of one answer, by its own count.
        window, longest: the context window and the longest answer by its list of models; 0 if it tells none.
        limited: how many attempts were answered 429.
    """

    models: tuple[str, ...] = ()
    server: str = ""
    taken: int = 0
    given: int = 0
    window: int = 0
    longest: int = 0
    limited: int = 0


def heard(run: Run, column: Column) -> Heard:
    """What an endpoint told of itself in a run."""
    models: Counter[str] = Counter()
    servers: Counter[str] = Counter()
    taken = given = limited = 0
    listed: Mapping[str, Any] = {}
    for (name, _), line in run.exchanges.items():
        if name != column.name:
            continue
        attempts = [mapping(one) for one in sequence(line.get("attempts"))]
        limited += sum(number(one.get("status")) == 429 for one in attempts)
        last = attempts[-1] if attempts else {}
        servers.update(value for head, value in pairs_of(last.get("headers")) if head.lower() == "server")
        if not 200 <= number(last.get("status")) < 300:
            continue
        body = body_of(last.get("body")) or b""
        wire = mapping(line.get("wire"))
        if wire.get("method") == "GET":
            listed = listed or _listed(str(wire.get("url", "")), body, column.model)
            continue
        models.update(one.decode("utf-8", "replace") for one in _MODEL.findall(body)[:1])
        taken, given = max(taken, _most(_TAKEN, body)), max(given, _most(_GIVEN, body))
    return Heard(
        tuple(_shown(one) for one, _ in models.most_common(3)),
        _shown(servers.most_common(1)[0][0]) if servers else "",
        taken,
        given,
        _limit(listed, WINDOW),
        _limit(listed, LONGEST),
        limited,
    )


def _shown(text: str) -> str:
    return shortened(one_line(text), 100)


def _most(pattern: re.Pattern[bytes], body: bytes) -> int:
    return max(map(int, pattern.findall(body)), default=0)


def _listed(url: str, body: bytes, model: str) -> Mapping[str, Any]:
    """A model's entry in a list of models, or the entry itself; empty if this is neither."""
    if "/models" not in url:
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    entries = content.get("data") if isinstance(content, dict) and "data" in content else [content]
    named = (one for one in sequence(entries) if isinstance(one, dict) and one.get("id") == model)
    return next(named, {})


def _limit(entry: Mapping[str, Any], names: Iterable[str]) -> int:
    places = (entry, mapping(entry.get("top_provider")))
    found = (place.get(name) for place in places for name in names)
    return next((one for one in found if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 10**12), 0)
