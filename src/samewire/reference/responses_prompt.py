"""The input of the Responses protocol as the model sees it, and what the model says to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from samewire.reference import model, tokens
from samewire.reference.call import Call, Configuration
from samewire.reference.cutting import finished
from samewire.reference.errors import Refusal, unsupported
from samewire.reference.fill import Unfillable
from samewire.reference.pictures import NotAPicture, colours, from_data_url

__all__ = ["listen"]

#: What a part counts that is not text.
PICTURE_TOKENS = 85
#: Tokens that a model thinks which is asked to, and would not otherwise.
EFFORT = 20


def listen(call: Call, speak: bool = True) -> None:
    """Let the model see the input, and speak.

    Raises:
        Refusal: it can't.
    """
    body, settings = call.body, call.settings
    items = [*call.notes["before"], *call.notes["input"]]
    said = [_said(f"input[{index}]", item, settings) for index, item in enumerate(items)]
    if body.get("instructions"):
        said.insert(0, model.Said("developer", body["instructions"]))
    call.prompt_tokens = _counted(body, items) if settings.weighs else _counted_text(body, items)
    if call.prompt_tokens > call.settings.window:
        words = "Your input exceeds the context window of this model. Please adjust your input and try again."
        raise Refusal(400, words, param="input", code="context_length_exceeded")
    if not speak:
        return
    try:
        reply = model.reply(_prompt(body, said, settings))
    except Unfillable as why:
        words = f"Invalid schema for response_format: {why}"
        raise Refusal(400, words, param="text.format.schema", code="invalid_json_schema") from None
    limit = {"max_completion_tokens": body.get("max_output_tokens")}
    effort = (body.get("reasoning") or {}).get("effort") or "none"
    call.answers.append(finished(reply, limit, settings.reasoning or (0 if effort == "none" else EFFORT)))


def _prompt(body: dict[str, Any], said: Sequence[model.Said], settings: Configuration) -> model.Prompt:
    choice = body.get("tool_choice")
    allowed = None
    if isinstance(choice, dict):
        if choice["type"] == "allowed_tools":
            allowed, choice = {tool["name"] for tool in choice["tools"]}, choice["mode"]
        else:
            choice = choice["name"]
    given = [tool for tool in body.get("tools") or () if allowed is None or tool["name"] in allowed]
    form = (body.get("text") or {}).get("format") or {}
    warm = body.get("temperature")
    return model.Prompt(
        said=said,
        tools={
            tool["name"]: (
                tool.get("description") or "",
                None if tool["type"] == "custom" else tool.get("parameters") or {"type": "object"},
            )
            for tool in given
        },
        strict=frozenset(tool["name"] for tool in given if tool.get("strict")),
        choice=choice or ("auto" if given else "none"),
        parallel=body.get("parallel_tool_calls") is not False,
        schema=form.get("schema") if form.get("type") == "json_schema" else None,
        json=form.get("type") == "json_object",
        lively=settings.lively * (1.0 if warm is None else warm),
    )


def _said(place: str, item: dict[str, Any], settings: Configuration) -> model.Said:
    kind = item["type"]
    if kind == "message":
        pictures = _pictures(f"{place}.content", item["content"], settings)
        words = "\n".join(one for one in (_text(item["content"]), *_papers(f"{place}.content", item["content"])) if one)
        return model.Said(item["role"], words, colours=pictures)
    if kind.endswith("_output"):
        output = item["output"]
        if isinstance(output, str):
            return model.Said("tool", output)
        seen = [f"a picture, all {colour}" for colour in _pictures(f"{place}.output", output, settings)]
        seen += _papers(f"{place}.output", output)
        return model.Said("tool", "; ".join(one for one in (_text(output), *seen) if one))
    if kind.endswith("_call"):
        return model.Said("assistant", "", calls=(f"{item['name']}: {item.get('arguments') or item.get('input')}",))
    return model.Said("assistant", "")


def _text(parts: Any) -> str:
    return "\n".join(part.get("text") or part.get("refusal") or "" for part in parts)


def _pictures(place: str, parts: Any, settings: Configuration) -> tuple[str, ...]:
    found: list[str] = []
    for index, part in enumerate(parts):
        here = f"{place}[{index}]"
        if part["type"] != "input_image":
            continue
        if not settings.vision:
            raise Refusal(400, "This model does not support image inputs.", param=here, code="unsupported_value")
        url = part.get("image_url")
        if url is None:
            raise Refusal(404, f"File '{part['file_id']}' not found.", param=f"{here}.file_id")
        if url.startswith("https://reference.invalid/"):
            found.append(url.rpartition("/")[2].removesuffix(".png"))  # as if it had been fetched
            continue
        if url.startswith(("https://", "http://")):
            raise Refusal(400, f"Error while downloading {url}.", param=here, code="invalid_image_url")
        try:
            found += colours(from_data_url(url))
        except NotAPicture as why:
            raise Refusal(400, f"The image could not be read: {why}.", param=here, code="invalid_image_url") from None
    return tuple(found)


def _papers(place: str, parts: Any) -> list[str]:
    """What stands in files; only plain text is read."""
    found = []
    for index, part in enumerate(parts):
        if part["type"] == "input_file":
            head, _, payload = str(part.get("file_data")).partition(",")
            if head != "data:text/plain;base64":
                raise unsupported(f"{place}[{index}]")
            found.append(base64.b64decode(payload).decode(errors="replace"))
    return found


def _counted_text(body: dict[str, Any], items: Sequence[dict[str, Any]]) -> int:
    """How many tokens the text of the messages has."""
    total = tokens.count(body.get("instructions") or "")
    for item in items:
        content = item["content"] if item["type"] == "message" else ""
        texts = [content] if isinstance(content, str) else [part.get("text") or "" for part in content]
        total += sum(map(tokens.count, texts))
    return total


def _counted(body: dict[str, Any], items: Sequence[dict[str, Any]]) -> int:
    """How many tokens the prompt has."""
    total = 3 + tokens.count(body.get("instructions") or "")
    for item in items:
        parts = item.get("content") if item["type"] == "message" else item.get("output")
        total += 3
        for name in ("name", "arguments", "input"):
            total += tokens.count(item.get(name) or "")
        if isinstance(parts, str):
            total += tokens.count(parts)
        elif parts:
            total += tokens.count("\n".join((_text(parts), *_papers("", parts))))
            total += PICTURE_TOKENS * sum(part["type"] == "input_image" for part in parts)
    for name in ("tools", "text"):
        if body.get(name):
            total += tokens.count(json.dumps(body[name]))
    return total
