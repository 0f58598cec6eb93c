"""What a Chat Completions request may hold: types, ranges, and how messages follow each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from samewire.reference.errors import Refusal, missing

__all__ = [
    "NAME",
    "PARAMETERS",
    "check_chat",
    "check_messages",
    "integer",
    "one_of",
    "optional",
    "refuse_type",
    "string",
]

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ROLES = ("developer", "system", "user", "assistant", "tool", "function")
NULLABLE_PARTS = {"user": ("text", "image_url", "input_audio", "file"), "assistant": ("text", "refusal")}
UNSUPPORTED_IN_STRICT = ("allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas")
Rule = Callable[[str, Any], None]


def _bad(param: str, message: str, code: str = "invalid_value") -> Refusal:
    return Refusal(400, message, param=param, code=code)


def refuse_type(param: str, value: Any, expected: str) -> Refusal:
    """A value has the wrong type."""
    kind = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(
        type(value), "a number"
    )
    message = f"Invalid type for '{param}': expected {expected}, but got {kind} instead."
    return Refusal(400, message, param=param, code="invalid_type")


def number(low: float, high: float) -> Rule:
    """A number within bounds."""

    def rule(param: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise refuse_type(param, value, "a decimal")
        _within(param, value, low, high, "decimal")

    return rule


def integer(low: int | None = None, high: int | None = None) -> Rule:
    """An integer within bounds."""

    def rule(param: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse_type(param, value, "an integer")
        _within(param, value, low, high, "integer")

    return rule


def _within(param: str, value: float, low: float | None, high: float | None, kind: str) -> None:
    if high is not None and value > high:
        message = f"Invalid '{param}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise _bad(param, message, f"{kind}_above_max_value")
    if low is not None and value < low:
        message = f"Invalid '{param}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise _bad(param, message, f"{kind}_below_min_value")


def boolean(param: str, value: Any) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        raise refuse_type(param, value, "a boolean")


def string(longest: int | None = None) -> Rule:
    """A string of bounded length."""

    def rule(param: str, value: Any) -> None:
        if not isinstance(value, str):
            raise refuse_type(param, value, "a string")
        if longest is not None and len(value) > longest:
            raise _bad(param, f"Invalid '{param}': string too long.", "string_above_max_length")

    return rule


def one_of(*values: str) -> Rule:
    """One of a few strings."""

    def rule(param: str, value: Any) -> None:
        if not isinstance(value, str):
            raise refuse_type(param, value, "a string")
        if value not in values:
            raise _bad(param, f"Invalid value: '{value}'. Supported values are: {', '.join(values)}.")

    return rule


def _object(param: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise refuse_type(param, value, "an object")


def _array(param: str, value: Any) -> None:
    if not isinstance(value, list):
        raise refuse_type(param, value, "an array")


def optional(place: str, whole: dict[str, Any], rules: dict[str, Rule]) -> None:
    """Members that may be absent or null."""
    for name, rule in rules.items():
        if whole.get(name) is not None:
            rule(f"{place}.{name}", whole[name])


def _stop(param: str, value: Any) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refuse_type(param, value, "a string or an array of strings")
    if not 1 <= len(value) <= 4:
        raise _bad(param, f"Invalid '{param}': expected an array of 1 to 4 strings.", "array_above_max_length")


def _logit_bias(param: str, value: Any) -> None:
    _object(param, value)
    for token, bias in value.items():
        if not token.lstrip("-").isdigit():
            raise _bad(param, f"Invalid key in '{param}': '{token}'. Token ids are expected.")
        number(-100, 100)(f"{param}.{token}", bias)


def _metadata(param: str, value: Any) -> None:
    _object(param, value)
    if len(value) > 16:
        raise _bad(param, f"Invalid '{param}': at most 16 pairs.", "object_above_max_properties")
    for key, one in value.items():
        string(64)(param, key)
        string(512)(f"{param}.{key}", one)


def _stream_options(param: str, value: Any) -> None:
    _object(param, value)
    for name in ("include_usage", "include_obfuscation"):
        if name in value:
            boolean(f"{param}.{name}", value[name])


def _response_format(param: str, value: Any) -> None:
    _object(param, value)
    one_of("text", "json_object", "json_schema")(f"{param}.type", value.get("type"))
    if value["type"] != "json_schema":
        return
    shape = value.get("json_schema")
    if shape is None:
        raise missing(f"{param}.json_schema")
    _object(f"{param}.json_schema", shape)
    if "name" not in shape:
        raise missing(f"{param}.json_schema.name")
    if not isinstance(shape["name"], str) or not NAME.fullmatch(shape["name"]):
        raise _bad(f"{param}.json_schema.name", "Invalid name: letters, digits, _ and - only, 64 at most.")
    optional(f"{param}.json_schema", shape, {"schema": _object, "strict": boolean, "description": string()})
    if shape.get("strict"):
        check_strict(shape.get("schema"), f"{param}.json_schema.schema", shape.get("schema"))


def check_strict(schema: Any, param: str, root: Any) -> None:
    """The subset of JSON Schema that ``strict`` allows."""
    if not isinstance(schema, dict):
        return
    for word in UNSUPPORTED_IN_STRICT:
        if word in schema:
            raise _bad(param, f"Invalid schema: '{word}' is not permitted.", "invalid_json_schema")
    if schema is root and (schema.get("type") != "object" or "anyOf" in schema):
        raise _bad(param, "Invalid schema: the root must be of type object.", "invalid_json_schema")
    kind = schema.get("type")
    if kind == "object" or (isinstance(kind, list) and "object" in kind):
        if schema.get("additionalProperties") is not False:
            message = "Invalid schema: 'additionalProperties' is required to be supplied and to be false."
            raise _bad(param, message, "invalid_json_schema")
        if sorted(schema.get("properties", {})) != sorted(schema.get("required", [])):
            message = "Invalid schema: 'required' is required to be supplied and to include every key in properties."
            raise _bad(param, message, "invalid_json_schema")
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", [])]
    for one in [*below, schema.get("items")]:
        check_strict(one, param, root)


def _tools(param: str, value: Any) -> None:
    _array(param, value)
    if not value:
        raise _bad(param, f"Invalid '{param}': empty array. Expected at least 1 element.", "empty_array")
    for index, tool in enumerate(value):
        place = f"{param}[{index}]"
        _object(place, tool)
        one_of("function", "custom")(f"{place}.type", tool.get("type"))
        shape = tool.get(tool["type"])
        if shape is None:
            raise missing(f"{place}.{tool['type']}")
        _function(f"{place}.{tool['type']}", shape)


def _function(place: str, shape: Any) -> None:
    _object(place, shape)
    if "name" not in shape:
        raise missing(f"{place}.name")
    if not isinstance(shape["name"], str) or not NAME.fullmatch(shape["name"]):
        raise _bad(f"{place}.name", f"Invalid '{place}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.")
    optional(place, shape, {"parameters": _object, "strict": boolean, "description": string()})
    if shape.get("strict"):
        check_strict(shape.get("parameters") or {}, f"{place}.parameters", shape.get("parameters"))


def _functions(param: str, value: Any) -> None:
    _array(param, value)
    for index, shape in enumerate(value):
        _function(f"{param}[{index}]", shape)


def _tool_choice(param: str, value: Any) -> None:
    if isinstance(value, str):
        one_of("none", "auto", "required")(param, value)
        return
    _object(param, value)
    one_of("function", "custom", "allowed_tools")(f"{param}.type", value.get("type"))
    if not isinstance(value.get(value["type"]), dict):
        raise missing(f"{param}.{value['type']}")


def _modalities(param: str, value: Any) -> None:
    _array(param, value)
    for index, one in enumerate(value):
        one_of("text", "audio")(f"{param}[{index}]", one)


#: Parameter → (rule, whether null stands for absence).
PARAMETERS: dict[str, tuple[Rule, bool]] = {
    "temperature": (number(0, 2), True),
    "top_p": (number(0, 1), True),
    "max_completion_tokens": (integer(1), True),
    "max_tokens": (integer(1), True),
    "n": (integer(1, 128), True),
    "stop": (_stop, True),
    "presence_penalty": (number(-2, 2), True),
    "frequency_penalty": (number(-2, 2), True),
    "logit_bias": (_logit_bias, True),
    "logprobs": (boolean, True),
    "top_logprobs": (integer(0, 20), True),
    "seed": (integer(-(2**63), 2**63 - 1), True),
    "stream": (boolean, True),
    "stream_options": (_stream_options, True),
    "response_format": (_response_format, True),
    "tools": (_tools, True),
    "tool_choice": (_tool_choice, True),
    "parallel_tool_calls": (boolean, False),
    "functions": (_functions, True),
    "function_call": (lambda *_: None, True),
    "reasoning_effort": (one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"), True),
    "verbosity": (one_of("low", "medium", "high"), True),
    "service_tier": (one_of("auto", "default", "flex", "scale", "priority", "fast"), True),
    "store": (boolean, True),
    "metadata": (_metadata, True),
    "user": (string(), True),
    "safety_identifier": (string(64), True),
    "prompt_cache_key": (string(), True),
    "prompt_cache_retention": (string(), True),
    "prompt_cache_options": (_object, True),
    "prediction": (_object, True),
    "modalities": (_modalities, True),
    "audio": (_object, True),
    "web_search_options": (_object, True),
    "moderation": (_object, True),
}


def check_chat(body: dict[str, Any]) -> None:
    """Refuse what OpenAI refuses in a Chat Completions request, its model and messages aside."""
    for name, value in body.items():
        if name in ("model", "messages"):
            continue
        if name not in PARAMETERS:
            message = f"Unrecognized request argument supplied: {name}"
            raise Refusal(400, message, param=name, code="unknown_parameter")
        rule, nullable = PARAMETERS[name]
        if not (value is None and nullable):
            rule(name, value)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise _bad("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise _bad("top_logprobs", "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.")
    _check_choice(body)
    form = body.get("response_format") or {}
    if form.get("type") == "json_object" and "json" not in str(body.get("messages")).lower():
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise _bad("messages", message)


def _check_choice(body: dict[str, Any]) -> None:
    choice = body.get("tool_choice")
    names = [tool[tool["type"]]["name"] for tool in body.get("tools") or ()]
    if choice not in (None, "none", "auto") and not names:
        raise _bad(
            "tool_choice", "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        )
    if isinstance(choice, dict) and choice["type"] != "allowed_tools":
        name = choice[choice["type"]].get("name")
        if name not in names:
            raise _bad("tool_choice", f"Tool choice '{name}' not found in 'tools' parameter.")


def check_messages(messages: Any) -> None:
    """Refuse messages that are no conversation."""
    _array("messages", messages)
    if not messages:
        raise _bad("messages", "Invalid 'messages': empty array. Expected at least 1 element.", "empty_array")
    waiting: list[str] = []
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        _object(place, message)
        if "role" not in message:
            raise missing(f"{place}.role")
        one_of(*ROLES)(f"{place}.role", message["role"])
        if message["role"] == "tool":
            _tool_message(place, message, waiting)
            continue
        if waiting:
            names = ", ".join(waiting)
            text = f"An assistant message with 'tool_calls' must be followed by tool messages. Unanswered: {names}"
            raise _bad(f"{place}.role", text)
        _content(place, message)
        if message.get("name") is not None:
            string()(f"{place}.name", message["name"])
        if message["role"] == "assistant":
            waiting = _tool_calls(place, message)
    if waiting:
        names = ", ".join(waiting)
        text = f"An assistant message with 'tool_calls' must be followed by tool messages. Unanswered: {names}"
        raise _bad("messages", text)


def _tool_message(place: str, message: dict[str, Any], waiting: list[str]) -> None:
    if "tool_call_id" not in message:
        raise missing(f"{place}.tool_call_id")
    string()(f"{place}.tool_call_id", message["tool_call_id"])
    if message["tool_call_id"] not in waiting:
        text = (
            "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
        )
        raise Refusal(400, text, param=f"{place}.role")
    waiting.remove(message["tool_call_id"])
    _content(place, message)


def _tool_calls(place: str, message: dict[str, Any]) -> list[str]:
    calls = message.get("tool_calls")
    if calls is None:
        return []
    _array(f"{place}.tool_calls", calls)
    for index, call in enumerate(calls):
        here = f"{place}.tool_calls[{index}]"
        _object(here, call)
        for name in ("id", "type"):
            if name not in call:
                raise missing(f"{here}.{name}")
        one_of("function", "custom")(f"{here}.type", call["type"])
        shape = call.get(call["type"])
        _object(f"{here}.{call['type']}", shape)
        if call["type"] == "function":
            for name in ("name", "arguments"):
                string()(f"{here}.function.{name}", shape.get(name))
    return [call["id"] for call in calls]


def _content(place: str, message: dict[str, Any]) -> None:
    role, content = message["role"], message.get("content")
    if content is None:
        if role == "assistant" and any(
            message.get(name) for name in ("tool_calls", "function_call", "refusal", "audio")
        ):
            return
        if "content" not in message:
            raise missing(f"{place}.content")
        if role == "function":
            return
        raise refuse_type(f"{place}.content", content, "one of a string or array of objects")
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise refuse_type(f"{place}.content", content, "one of a string or array of objects")
    if not content:
        raise _bad(f"{place}.content", f"Invalid '{place}.content': empty array.", "empty_array")
    allowed = NULLABLE_PARTS.get(role, ("text",))
    for index, part in enumerate(content):
        here = f"{place}.content[{index}]"
        _object(here, part)
        one_of(*allowed)(f"{here}.type", part.get("type"))
        if part["type"] == "text":
            string()(f"{here}.text", part.get("text"))
        elif part["type"] == "image_url":
            _object(f"{here}.image_url", part.get("image_url"))
            string()(f"{here}.image_url.url", part["image_url"].get("url"))
            if part["image_url"].get("detail") is not None:
                one_of("auto", "low", "high")(f"{here}.image_url.detail", part["image_url"]["detail"])
