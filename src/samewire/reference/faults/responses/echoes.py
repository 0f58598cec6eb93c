"""Faults of what a response tells again: settings that are others than were sent, an earlier request's, or lost."""

from __future__ import annotations

from typing import Any

from samewire.reference.call import Call
from samewire.reference.faults.responses.declaring import fault, made, put

#: Member → what is told whatever was sent, and the checks that see it.
TOLD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "instructions": ("You are a helpful assistant.", ("instructions",)),
    "previous_response_id": (None, ("not_null",)),
    "max_output_tokens": (4096, ("limit",)),
    "temperature": (1.0, ("sampling",)),
    "top_p": (1.0, ("sampling",)),
    "metadata": ({}, ("metadata",)),
    "parallel_tool_calls": (True, ("parallel_tool_calls",)),
    "store": (True, ("store",)),
    "truncation": ("disabled", ("truncation",)),
    "tools": ([], ("tools",)),
    "tool_choice": ("auto", ("tool_choice",)),
    "text": ({"format": {"type": "text"}}, ("format",)),
}
for _name, (_value, _checks) in TOLD.items():

    @fault(
        f"responses_echo.{_name}",
        f"{_name} is told to be {_value!r}, whatever was sent.",
        "document",
        {f"responses.echo.{check}": "broken" for check in _checks},
    )
    def told(call: Call, name: str = _name, value: Any = _value) -> None:
        """Tell the default."""
        for one in made(call):
            one[name] = value


#: Members that are told as they were in the request before, and the checks that see it.
STALE = {
    "instructions": "instructions",
    "metadata": "metadata",
    "tools": "tools",
    "previous_response_id": "previous",
}
for _name, _check in STALE.items():

    @fault(
        f"responses_echo.stale_{_name}",
        f"{_name} is told as it was sent the last time that it was.",
        "document",
        {f"responses.echo.{_check}": "broken"},
        blocks=("responses.state.get_same",),
    )
    def stale(call: Call, name: str = _name) -> None:
        """Remember what was said to another."""
        for one in made(call):
            one[name] = call.memory[f"stale {name}"] = one[name] or call.memory.get(f"stale {name}", one[name])


@fault(
    "responses_echo.lax",
    "strict is told to be false, whatever was sent.",
    "document",
    {"responses.echo.tools": "broken"},
)
def lax(call: Call) -> None:
    """Promise nothing."""
    for one in made(call):
        put(one, "tools/*/strict", False)


#: Parts of settings → what they are told to be, and the checks that see it.
PARTLY: dict[str, tuple[str, Any, str]] = {
    "tool_types": ("tools/*/type", "web_search", "tools"),
    "choice_mode": ("tool_choice/mode", "none", "tool_choice"),
    "choice_tools": ("tool_choice/tools", [], "tool_choice"),
    "format_description": ("text/format/description", "Something.", "format"),
}
for _name, (_path, _value, _check) in PARTLY.items():

    @fault(
        f"responses_echo.{_name}",
        f"{_path} is told to be {_value!r}, whatever was sent.",
        "document",
        {f"responses.echo.{_check}": "broken"},
    )
    def partly(call: Call, path: str = _path, value: Any = _value) -> None:
        """Tell something else."""
        for one in made(call):
            put(one, path, value)


@fault(
    "responses_echo.dropped",
    "instructions, metadata and previous_response_id are told to be null.",
    "document",
    {"responses.echo.not_null": "broken"},
    blocks=("responses.echo.*",),
)
def dropped(call: Call) -> None:
    """Tell nothing."""
    for one in made(call):
        one.update(instructions=None, metadata=None, previous_response_id=None)


for _name in ("tools", "instructions", "metadata"):

    @fault(
        f"responses_state.fetched_without_{_name}",
        f"A response that is fetched has lost its {_name}.",
        "document",
        {"responses.state.get_same": "broken"},
    )
    def fetched_without(call: Call, name: str = _name) -> None:
        """Keep the words alone."""
        for one in made(call) if call.request.method == "GET" else ():
            one[name] = type(one[name])()


@fault(
    "responses_state.calls_not_kept",
    "A response that is fetched has lost its calls.",
    "document",
    {"responses.state.get_same": "broken"},
)
def calls_not_kept(call: Call) -> None:
    """Keep the messages."""
    for one in made(call) if call.request.method == "GET" else ():
        one["output"] = [item for item in one["output"] if item["type"] == "message"]
