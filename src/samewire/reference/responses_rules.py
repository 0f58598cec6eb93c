"""What a request of the Responses protocol may hold besides its input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from samewire.reference.call import Configuration
from samewire.reference.errors import Refusal, missing, unsupported
from samewire.reference.responses_items import unanswered
from samewire.reference.rules import (
    NAME,
    PARAMETERS,
    Rule,
    boolean,
    check_strict,
    integer,
    number,
    one_of,
    optional,
    refuse_type,
    string,
)

__all__ = ["check_request"]

INCLUDABLE = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
#: Parameters that a model which thinks before it speaks refuses.
SAMPLING = ("temperature", "top_p", "top_logprobs")


def _bad(param: str, message: str, code: str = "invalid_value") -> Refusal:
    return Refusal(400, message, param=param, code=code)


def _object(param: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise refuse_type(param, value, "an object")


def _array(param: str, value: Any) -> None:
    if not isinstance(value, list):
        raise refuse_type(param, value, "an array")


def _known(param: str, value: dict[str, Any], *names: str) -> None:
    for name in value:
        if name not in names:
            raise _bad(f"{param}.{name}", f"Unknown parameter: '{param}.{name}'.", "unknown_parameter")


def _stream_options(param: str, value: Any) -> None:
    _object(param, value)
    _known(param, value, "include_obfuscation")
    if "include_obfuscation" in value:
        boolean(f"{param}.include_obfuscation", value["include_obfuscation"])


def _tools(param: str, value: Any) -> None:
    _array(param, value)
    for index, tool in enumerate(value):
        place = f"{param}[{index}]"
        _object(place, tool)
        if "type" not in tool:
            raise missing(f"{place}.type")
        one_of("function", "custom")(f"{place}.type", tool["type"])
        if tool.get("name") is None:
            raise missing(f"{place}.name")
        if not isinstance(tool["name"], str) or not NAME.fullmatch(tool["name"]):
            raise _bad(f"{place}.name", f"Invalid '{place}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.")
        optional(place, tool, {"parameters": _object, "strict": boolean, "description": string()})
        if tool.get("strict"):
            check_strict(tool.get("parameters") or {}, f"{place}.parameters", tool.get("parameters"))


def _tool_choice(param: str, value: Any) -> None:
    if isinstance(value, str):
        one_of("none", "auto", "required")(param, value)
        return
    _object(param, value)
    one_of("function", "custom", "allowed_tools")(f"{param}.type", value.get("type"))
    if value["type"] == "allowed_tools":
        one_of("auto", "required")(f"{param}.mode", value.get("mode"))
        _array(f"{param}.tools", value.get("tools"))
        for index, tool in enumerate(value["tools"]):
            _object(f"{param}.tools[{index}]", tool)
    elif not isinstance(value.get("name"), str):
        raise missing(f"{param}.name")


def _text(param: str, value: Any) -> None:
    _object(param, value)
    _known(param, value, "format", "verbosity")
    if value.get("verbosity") is not None:
        one_of("low", "medium", "high")(f"{param}.verbosity", value["verbosity"])
    form = value.get("format")
    if form is None:
        return
    place = f"{param}.format"
    _object(place, form)
    one_of("text", "json_object", "json_schema")(f"{place}.type", form.get("type"))
    if form["type"] != "json_schema":
        return
    for name in ("name", "schema"):
        if form.get(name) is None:
            raise missing(f"{place}.{name}")
    if not isinstance(form["name"], str) or not NAME.fullmatch(form["name"]):
        raise _bad(f"{place}.name", "Invalid name: letters, digits, _ and - only, 64 at most.")
    _object(f"{place}.schema", form["schema"])
    optional(place, form, {"strict": boolean, "description": string()})
    if form.get("strict"):
        check_strict(form["schema"], f"{place}.schema", form["schema"])


def _reasoning(param: str, value: Any) -> None:
    _object(param, value)
    if value.get("effort") is not None:
        PARAMETERS["reasoning_effort"][0](f"{param}.effort", value["effort"])
    for name in ("summary", "generate_summary"):
        if value.get(name) is not None:
            one_of("auto", "concise", "detailed")(f"{param}.{name}", value[name])


def _include(param: str, value: Any) -> None:
    _array(param, value)
    for index, one in enumerate(value):
        one_of(*INCLUDABLE)(f"{param}[{index}]", one)


def _any(param: str, value: Any) -> None:
    """Anything at all."""


#: Parameter → (rule, whether null stands for absence).
RULES: dict[str, tuple[Rule, bool]] = {
    **{name: PARAMETERS[name] for name in ("metadata", "service_tier", "user", "safety_identifier", "store", "stream")},
    **{name: PARAMETERS[name] for name in ("prompt_cache_key", "prompt_cache_retention", "prompt_cache_options")},
    "instructions": (string(), True),
    "max_output_tokens": (integer(16), True),
    "max_tool_calls": (integer(1), True),
    "temperature": (number(0, 2), True),
    "top_p": (number(0, 1), True),
    "top_logprobs": (integer(0, 20), True),
    "stream_options": (_stream_options, True),
    "previous_response_id": (string(), True),
    "conversation": (_any, True),
    "tools": (_tools, True),
    "tool_choice": (_tool_choice, True),
    "parallel_tool_calls": (boolean, True),
    "text": (_text, True),
    "reasoning": (_reasoning, True),
    "include": (_include, True),
    "truncation": (one_of("auto", "disabled"), True),
    "background": (boolean, True),
    "moderation": (_object, True),
    "context_management": (_array, True),
}


def check_request(
    body: dict[str, Any], put_in: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]], settings: Configuration
) -> None:
    """Refuse what OpenAI refuses in a request, its model aside.

    Args:
        body: the request.
        put_in: its input as items.
        before: the items of the turns before.
        settings: what the model can do.
    """
    for name, value in body.items():
        if name in ("model", "input"):
            continue
        if name not in RULES:
            raise Refusal(400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
        rule, nullable = RULES[name]
        if not (value is None and nullable):
            rule(name, value)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise _bad("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    if body.get("conversation") is not None:
        if body.get("previous_response_id") is not None:
            words = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
            raise _bad("previous_response_id", words, "mutually_exclusive_parameters")
        raise Refusal(404, f"Conversation '{body['conversation']}' not found.", param="conversation")
    if body.get("background"):
        raise unsupported("background")
    _check_thinking(body, settings)
    _check_choice(body)
    unanswered([*before, *put_in])
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_object" and "json" not in f"{put_in} {body.get('instructions')}".lower():
        words = "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
        raise _bad("input", f"{words}'json_object'.")


def _check_thinking(body: dict[str, Any], settings: Configuration) -> None:
    if settings.reasoning:
        for name in SAMPLING:
            if body.get(name) is not None and body[name] not in ((0,) if name == "top_logprobs" else (1, 1.0)):
                raise unsupported(name)


def _check_choice(body: dict[str, Any]) -> None:
    choice = body.get("tool_choice")
    names = [tool["name"] for tool in body.get("tools") or ()]
    if choice not in (None, "none", "auto") and not names:
        words = "Tool choice 'required' must be specified with 'tools' parameter."
        raise _bad("tool_choice", words)
    if isinstance(choice, dict):
        chosen = choice["tools"] if choice["type"] == "allowed_tools" else [choice]
        for one in chosen:
            if one.get("name") not in names:
                raise _bad("tool_choice", f"Tool choice '{one.get('name')}' not found in 'tools' parameter.")
