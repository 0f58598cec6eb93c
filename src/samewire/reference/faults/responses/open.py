"""Faults of an endpoint that follows Open Responses, and falls short of it; what OpenAI requires it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, lifecycle, made

UNSUPPORTED = "unsupported"
PENALTIES = {"presence_penalty": 0, "frequency_penalty": 0}
#: Checks that can't tell anything of it where the model does not think, or stops for other reasons.
OPEN = ("responses.open.*",)


def opened(call: Call) -> list[dict[str, Any]]:
    """The responses that are about to be sent, with what Open Responses adds."""
    every = [*made(call), *lifecycle(call)]
    for one in every:
        one.update(PENALTIES)
        for item in one["output"]:
            item.setdefault("status", "completed")
    return every


def keyless(one: dict[str, Any]) -> None:
    """Leave out what OpenAI does not require."""
    one.pop("prompt_cache_key")


def unfinished(one: dict[str, Any]) -> None:
    """Don't tell which item was cut off."""
    for item in one["output"]:
        item["status"] = "completed"


#: Check → what is not done, and how.
SHORT: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "members": ("members that may be null are left out", keyless),
    "incomplete_last": ("the item that is cut off is told to be completed", unfinished),
}
for _name, (_what, _fall_short) in SHORT.items():

    @fault(
        f"responses_open.{_name}",
        f"An endpoint that follows Open Responses falls short: {_what}.",
        "document",
        {
            f"responses.open.{_name}": UNSUPPORTED,
            **({"responses.limits.item": "broken"} if _name == "incomplete_last" else {}),
        },
        blocks=OPEN,
    )
    def short(call: Call, fall_short: Callable[[dict[str, Any]], None] = _fall_short) -> None:
        """Do most of it."""
        for one in opened(call):
            fall_short(one)


@fault(
    "responses_open.items",
    "An endpoint that follows Open Responses falls short: what was thought has no status.",
    "document",
    {
        "responses.open.items": UNSUPPORTED,
        **{f"responses.parameters.{name}": UNSUPPORTED for name in ("temperature", "top_p", "logprobs")},
        "responses.parameters.temperature_above_one": "unsupported",
        "responses.parameters.temperature_zero": "unsupported",
    },
    blocks=("responses.*",),
    reasoning=4,
)
def thoughts_without_status(call: Call) -> None:
    """Think without an end."""
    for one in made(call):
        one.update(PENALTIES)


@fault(
    "responses_open.done",
    "An endpoint that follows Open Responses falls short: streams end without [DONE].",
    "chunks",
    {"responses.open.done": UNSUPPORTED},
    blocks=OPEN,
)
def no_done(call: Call) -> None:
    """Add members to streams, and end them as OpenAI does."""
    opened(call)
