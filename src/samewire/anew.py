"""The same request for another try; in other words, where a model that stumbles over some does so each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from samewire.request import Request

__all__ = ["anew"]

#: What a try begins with. It asks for nothing, so that whatever is wrong with the endpoint shows as before, and is no
#: sentence of its own, which some models would find to be the one that is asked for.
OPENINGS = ("Once more:", "And again:", "Now then:", "All right:", "Well:", "Very well:", "Good:", "So:")


def anew(request: Request, time: int, otherwise: bool = False, apart: int = 1) -> Request:
    """The request for its second try (1), its third (2) and so on; for its first (0) as it is.

    Args:
        request: the request as a check has it.
        time: which further try this is.
        otherwise: whether the user's last words begin otherwise.
        apart: how far repetitions of it are numbered apart, where it is a repetition itself.
    """
    if not time:
        return request
    again = replace(request, repetition=request.repetition + apart * time, first=request)
    if not otherwise or request.mistaken or not request.speaks:
        return again
    return replace(again, body=_opened(request.body, OPENINGS[(time - 1) % len(OPENINGS)]))


def _opened(body: dict[str, Any], opening: str) -> dict[str, Any]:
    name = "messages" if "messages" in body else "input"
    said = body.get(name)
    if isinstance(said, str):
        return {**body, name: f"{opening} {said}"}
    if not isinstance(said, list):
        return body
    place = next((at for at in reversed(range(len(said))) if _of_user(said[at])), None)
    if place is None:
        return body
    message = {**said[place], "content": _begun(said[place]["content"], opening)}
    return {**body, name: [*said[:place], message, *said[place + 1 :]]}


def _of_user(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "user" and _worded(message.get("content"))


def _worded(content: Any) -> bool:
    return isinstance(content, str) or (isinstance(content, list) and any(map(_is_text, content)))


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("text"), str)


def _begun(content: Any, opening: str) -> Any:
    if isinstance(content, str):
        return f"{opening} {content}"
    place = next(at for at, part in enumerate(content) if _is_text(part))
    return [*content[:place], {**content[place], "text": f"{opening} {content[place]['text']}"}, *content[place + 1 :]]
