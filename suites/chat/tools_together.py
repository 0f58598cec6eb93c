"""Several calls at once: in a stream, each has its own name and arguments, and these the types of its tool."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Exchange, check, conforms_to, seen

from .reading import arguments, calls, finished, fragments, parsed
from .requests import CALL_STREAMS
from .tool_streaming import both_and_streamed


def declared(exchange: Exchange) -> dict[str, Any]:
    """The schemas of the parameters of the tools that a request declares, by their names."""
    tools = [tool.get("function") or {} for tool in (exchange.sent or {}).get("tools") or ()]
    return {str(tool.get("name")): tool.get("parameters") or {} for tool in tools}


def streamed_calls(exchange: Exchange) -> list[tuple[str, Any]]:
    """The names and arguments of a stream's calls; arguments that are no JSON object have a cell of their own."""
    finished(exchange)
    every = fragments(exchange).values()
    made = [((parts[0].get("function") or {}).get("name"), parsed(arguments(parts))) for parts in every]
    return [(str(name), value) for name, value in made if isinstance(value, dict)]


@check("chat.tool_stream.own_arguments", SHOULD, of=CALL_STREAMS, spec="CHAT-STR-023 CHAT-TOOL-014", depth=FULL)
def test_a_call_has_the_name_of_its_tool(exchange: Exchange) -> None:
    """The arguments of a streamed call SHOULD be of the tool that it names, and not of another one."""
    tools = {name: set(schema.get("properties") or ()) for name, schema in declared(exchange).items()}
    made = [(name, set(value)) for name, value in streamed_calls(exchange) if value and name in tools]
    seen(made and len(tools) > 1, "no tool of several was called with arguments")
    for name, given in made:
        others = [other for other, known in tools.items() if other != name and given <= known]
        assert given & tools[name] or not others, f"{name} is called with {', '.join(sorted(given))}, as {others[0]} is"


@check(
    "chat.tool_stream.same_types", SHOULD, of=both_and_streamed, spec="CHAT-EQ-002 CHAT-ENV-019", depth=FULL, again=2
)
def test_streamed_arguments_have_their_types(exchange: Exchange) -> None:
    """Where the arguments of whole calls conform to their schemas, those of streamed ones SHOULD do so, too."""
    whole = exchange.before[-1]
    seen(exchange.ok and whole.ok, "one of them is refused")
    schemas = declared(exchange)
    usual = [(call["function"]["name"], parsed(call["function"]["arguments"])) for call in calls(whole)]
    made = [(name, value) for name, value in streamed_calls(exchange) if name in schemas]
    seen(usual and made, "no tool was called")
    seen(not any(conforms_to(schemas.get(name, {}), value) for name, value in usual), "no whole call conforms either")
    for name, value in made:
        # Whatever lacks a part is another fault: here it is only what is there that counts.
        known = {key: part for key, part in (schemas[name].get("properties") or {}).items() if key in value}
        problem = conforms_to({"type": "object", "properties": known}, value)
        assert not problem, f"{name} conforms to its schema in the whole answer, and in the stream not: {problem}"
