"""Cutting what the model said to the limits of a request, and counting it."""

from __future__ import annotations

import secrets
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Finished

__all__ = ["finished"]


def _limit(body: dict[str, Any]) -> int | None:
    limits = [body[name] for name in ("max_completion_tokens", "max_tokens") if body.get(name) is not None]
    return min(limits) if limits else None


def finished(said: model.Answer, body: dict[str, Any], reasoning: int) -> Finished:
    """An answer, cut at stop sequences and at the token limit, with what it cost."""
    limit = _limit(body)
    room = None if limit is None else max(0, limit - reasoning)
    thought = reasoning if limit is None else min(reasoning, limit)
    if said.calls:
        return _called(said, room, thought, legacy="functions" in body)
    text, reason = _biased(said.text, body.get("logit_bias") or {}), "stop"
    stops = body.get("stop") or []
    cuts = [text.index(stop) for stop in ([stops] if isinstance(stops, str) else stops) if stop and stop in text]
    if cuts:
        text = text[: min(cuts)]
    pieces = tokens.tokenize(text)
    if room is not None and len(pieces) > room:
        pieces, reason = pieces[:room], "length"
    return Finished("".join(pieces), [], reason, pieces, len(pieces) + thought, thought)


def _biased(text: str, bias: dict[str, Any]) -> str:
    """What is said where a bias leaves no choice: its tokens, over and over."""
    forced = [token for token, by in bias.items() if by == 100]
    return "".join(f" w{token}" for token in forced) * 40 if forced else text


def _called(said: model.Answer, room: int | None, thought: int, legacy: bool) -> Finished:
    calls: list[tuple[str, str, str]] = []
    spent, reason = 0, "function_call" if legacy else "tool_calls"
    for call in said.calls:
        pieces = tokens.tokenize(call.arguments)
        if room is not None and spent + len(pieces) + 3 > room:
            pieces, reason = pieces[: max(0, room - spent - 3)], "length"
            calls.append((f"call_{secrets.token_hex(12)}", call.name, "".join(pieces)))
            spent = room
            break
        spent += len(pieces) + 3
        calls.append((f"call_{secrets.token_hex(12)}", call.name, "".join(pieces)))
    return Finished("", calls, reason, [], spent + thought, thought)
