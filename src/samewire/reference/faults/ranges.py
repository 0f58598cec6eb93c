"""Faults of ranges: what is out of them is accepted, and clamped or forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.registry import fault


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0


#: Check → the parameters that are forgotten, and when.
BEYOND: dict[str, tuple[tuple[str, ...], Callable[[Any], bool]]] = {
    "temperature_below": (("temperature",), lambda value: _number(value) < 0),
    "top_p": (("top_p",), lambda value: _number(value) > 1),
    "presence_penalty": (("presence_penalty",), lambda value: _number(value) > 2),
    "frequency_penalty": (("frequency_penalty",), lambda value: _number(value) < -2),
    "n": (("n",), lambda value: value == 0),
    "stop": (("stop",), lambda value: isinstance(value, list) and len(value) > 4),
    "logit_bias": (("logit_bias",), lambda value: any(_number(by) > 100 for by in (value or {}).values())),
    "top_logprobs": (("top_logprobs", "logprobs"), lambda value: _number(value) > 20),
    "reasoning_effort": (("reasoning_effort",), bool),
    "service_tier": (("service_tier",), lambda value: value != "auto"),
    "stream": (("stream",), lambda value: isinstance(value, str)),
    "tools": (("tools",), lambda value: isinstance(value, str)),
    "tool_name": (("tools",), lambda value: isinstance(value, list) and '"name"' not in json.dumps(value)),
    "tool_name_letters": (("tools",), lambda value: "get the weather!" in json.dumps(value)),
}

for _check, (_names, _beyond) in BEYOND.items():

    @fault(
        f"beyond.{_check}",
        f"{_names[0]} is accepted beyond what is documented.",
        "body",
        {f"chat.ranges.{_check}": "ignored"},
    )
    def beyond(call: Call, names: tuple[str, ...] = _names, is_beyond: Callable[[Any], bool] = _beyond) -> None:
        """Forget what is out of range."""
        if names[0] in call.body and is_beyond(call.body[names[0]]):
            for name in names:
                call.body.pop(name, None)


@fault(
    "beyond.tool_choice",
    "An unknown tool_choice is taken for auto.",
    "body",
    {"chat.ranges.tool_choice": "ignored"},
)
def tool_choice(call: Call) -> None:
    """Forget what is not known."""
    if call.body.get("tool_choice") == "perhaps":
        del call.body["tool_choice"]


@fault(
    "beyond.top_logprobs_alone",
    "top_logprobs is dropped where logprobs is missing.",
    "body",
    {"chat.ranges.top_logprobs_alone": "ignored"},
)
def top_logprobs_alone(call: Call) -> None:
    """Forget one without the other."""
    if "logprobs" not in call.body:
        call.body.pop("top_logprobs", None)


@fault(
    "beyond.stream_options",
    "stream_options is dropped where nothing is streamed.",
    "body",
    {"chat.ranges.stream_options": "ignored"},
)
def stream_options(call: Call) -> None:
    """Forget one without the other."""
    if not call.body.get("stream"):
        call.body.pop("stream_options", None)
