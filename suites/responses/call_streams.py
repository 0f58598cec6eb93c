"""Calls in streams: arguments that clients can put together, judged over every stream of the run."""

from __future__ import annotations

from typing import Any

from samewire import FULL, MUST, SHOULD, Broken, Exchange, Steps, check, honoured, scenario, seen

from .custom import CUSTOM_AGAIN, CUSTOM_BESIDE, NOTE
from .following import ADDED, ARGUMENTS, ARGUMENTS_DONE, DONE, INPUT, INPUT_DONE, final, finished, joined, of, scoped
from .reading import calls, items, of_type, parsed, response
from .requests import CALL_STREAMS, CALLED, CALLED_STREAM, ODD_TOOLS, STREAM, STREAMS, TOOLS, TOOLS_STREAM, WEATHER


def called(exchange: Exchange, kind: str = "function_call") -> list[list[Any]]:
    """The events of each call of a stream that came to its end."""
    every = [mine for mine in scoped(finished(exchange)).values() if of(mine, ADDED)]
    made = [mine for mine in every if of(mine, ADDED)[0]["item"]["type"] == kind]
    seen(made, "no tool was called")
    return made


#: Type of an item → how the events begin that tell what it holds.
TELLS = {
    "message": ("response.output_text.", "response.refusal."),
    "reasoning": ("response.reasoning_",),
    "function_call": ("response.function_call_arguments.",),
    "custom_tool_call": ("response.custom_tool_call_input.",),
}


@check("responses.stream.own_events", MUST, of=STREAMS, spec="RSP-EV-004 RSP-EV-008 RSP-EV-009 RSP-EV-012")
def test_an_item_is_told_in_its_own_events(exchange: Exchange) -> None:
    """What an item holds MUST be told in the events of its type: a call's arguments not in those of a custom tool."""
    for mine in scoped(finished(exchange)).values():
        kind = of(mine, ADDED)[0]["item"]["type"] if of(mine, ADDED) else None
        others = tuple(one for other, its in TELLS.items() if other != kind for one in its)
        # How a custom tool's input is told has a cell of its own.
        known = kind in TELLS and kind != "custom_tool_call"
        odd = [event["type"] for event in mine if known and event["type"].startswith(others)]
        assert not odd, f"an item of the type {kind} is told in {odd[0]}"


@check("responses.call_stream.begins_empty", MUST, of=CALL_STREAMS, spec="RSP-STR-026 OR-010")
def test_arguments_begin_empty(exchange: Exchange) -> None:
    """The `arguments` of a call MUST be an empty string when it is added, if deltas follow: clients append these."""
    for mine in called(exchange):
        begun = of(mine, ADDED)[0]["item"]["arguments"]
        assert not begun or not of(mine, ARGUMENTS), f"the call is added with {begun[:60]!r}, and deltas follow"


@check("responses.call_stream.arguments", MUST, of=CALL_STREAMS, spec="RSP-STR-027 RSP-EV-008")
def test_deltas_make_arguments(exchange: Exchange) -> None:
    """The deltas of a call's `arguments` MUST make a JSON object when joined, unless the limit cut it off."""
    seen(final(exchange)["status"] == "completed", "the response is not completed")
    for mine in called(exchange):
        said = joined(mine, ARGUMENTS)
        seen(of(mine, ARGUMENTS), "the arguments came without deltas")
        assert isinstance(parsed(said), dict), f"the deltas make {said[:80]!r}"


@check("responses.call_stream.deltas", SHOULD, of=CALL_STREAMS, spec="RSP-STR-027 RSP-EV-008")
def test_arguments_come_in_deltas(exchange: Exchange) -> None:
    """The `arguments` of a call SHOULD come in deltas, or at least in what ends them: clients put these together."""
    for mine in called(exchange):
        begun = of(mine, ADDED)[0]["item"]["arguments"]
        ends = [one["item"]["arguments"] for one in of(mine, DONE)] or [""]
        told = begun or of(mine, ARGUMENTS) or any(one["arguments"] for one in of(mine, ARGUMENTS_DONE))
        assert told or not ends[0], f"neither a delta nor its end told {ends[0][:60]!r}: the item alone has it"


@check("responses.call_stream.arguments_done", SHOULD, of=CALL_STREAMS, spec="RSP-STR-020 RSP-EV-008")
def test_arguments_are_done(exchange: Exchange) -> None:
    """The arguments of a call SHOULD end with `function_call_arguments.done`, after the last delta."""
    for mine in called(exchange):
        types = [event["type"] for event in mine]
        assert ARGUMENTS_DONE in types, "the arguments of a call have no function_call_arguments.done"
        named, name = of(mine, ARGUMENTS_DONE)[0].get("name"), of(mine, ADDED)[0]["item"]["name"]
        declared = any(tool.get("name") == name for tool in (exchange.sent or {}).get("tools") or ())
        assert named in (None, name) or not declared, f"the arguments of {name!r} end as those of {named!r}"
        assert ARGUMENTS not in types[types.index(ARGUMENTS_DONE) :], "a delta follows the end of the arguments"


@check("responses.call_stream.same_done", MUST, of=CALL_STREAMS, spec="RSP-STR-027")
def test_deltas_make_what_is_told_when_done(exchange: Exchange) -> None:
    """The deltas of a call's arguments, joined, MUST be the `arguments` of `function_call_arguments.done`."""
    for mine in called(exchange):
        for done in of(mine, ARGUMENTS_DONE) if of(mine, ARGUMENTS) else ():
            said, told = joined(mine, ARGUMENTS), done["arguments"]
            assert said == told, f"the deltas make {said[:60]!r}, and {told[:60]!r} is told when done"


@check("responses.call_stream.same_item", MUST, of=CALL_STREAMS, spec="RSP-STR-027 RSP-STR-017")
def test_deltas_make_the_item(exchange: Exchange) -> None:
    """The deltas of a call's arguments, joined, or what ends them MUST be those of the item in `output_item.done`."""
    for mine in called(exchange):
        ends = (
            [joined(mine, ARGUMENTS)] if of(mine, ARGUMENTS) else [one["arguments"] for one in of(mine, ARGUMENTS_DONE)]
        )
        for done in of(mine, DONE) if ends else ():
            said, told = ends[0], done["item"]["arguments"]
            assert said == told, f"the stream told {said[:60]!r}, and the item has {told[:60]!r}"


@check("responses.call_stream.same_response", MUST, of=CALL_STREAMS, spec="RSP-STR-027 RSP-STR-023")
def test_the_end_holds_the_calls(exchange: Exchange) -> None:
    """The calls in the response that a stream ends with MUST be those that were done: id, name and arguments."""
    done = [of(mine, DONE)[0]["item"] for mine in called(exchange) if of(mine, DONE)]
    told = of_type(final(exchange)["output"], "function_call")
    seen(done and told, "no call is done")
    for one, other in zip(done, told, strict=False):
        for name in ("call_id", "name", "arguments"):
            assert one[name] == other[name], (
                f"`{name}` is {one[name]!r:.60} when done and {other[name]!r:.60} at the end"
            )


@check("responses.call_stream.declared_name", SHOULD, of=CALL_STREAMS, spec="RSP-ITEM-008 RSP-STR-017")
def test_only_declared_tools_are_called(exchange: Exchange) -> None:
    """The name of a call that is added SHOULD be one of the tools that were declared."""
    declared = {tool.get("name") for tool in (exchange.sent or {}).get("tools") or ()}
    for mine in called(exchange):
        name = of(mine, ADDED)[0]["item"]["name"]
        assert name in declared, f"calls {name!r}, which was not declared"


@scenario(CALLED, CALLED_STREAM)
def called_and_streamed() -> Steps:
    """The same forced call, whole and streamed."""
    yield CALLED
    yield CALLED_STREAM


@check("responses.call_stream.same_calls", SHOULD, of=called_and_streamed, spec="RSP-STR-023 RSP-EP-001", again=2)
def test_a_stream_calls_the_same_tools(exchange: Exchange) -> None:
    """A stream SHOULD call the tools that the same request calls when it is not streamed."""
    whole = {call["name"] for call in calls(exchange.before[0])}
    seen(whole, "no tool was called")
    ends = of_type(final(exchange)["output"], "function_call")
    # What the end has lost has a cell of its own.
    begun = of_type([event["item"] for event in of(finished(exchange), ADDED)], "function_call")
    streamed = {str(item.get("name")) for item in ends or begun}
    assert streamed, f"{', '.join(whole)} was called when not streamed, and no tool in the stream"
    assert streamed == whole, f"calls {', '.join(streamed)}, and {', '.join(whole)} when not streamed"


@check("responses.call_stream.fresh_ids", SHOULD, of=called_and_streamed, spec="RSP-ITEM-010 RSP-ITEM-008", depth=FULL)
def test_every_call_has_a_new_id(exchange: Exchange) -> None:
    """The calls of two responses SHOULD have a `call_id` of their own: they meet in one conversation."""
    first = {call.get("call_id") for call in calls(exchange.before[0])}
    other = final(exchange)
    second = {item.get("call_id") for item in of_type(other["output"], "function_call")}
    seen(first and second, "no tool was called")
    # Where only streams are asked for, both are one.
    seen(response(exchange.before[0])["id"] != other["id"], "it is the same response")
    assert not first & second, f"two responses have calls of the id {min(map(str, first & second))!r}"


@scenario(TOOLS, ODD_TOOLS, spare=(TOOLS_STREAM,))
def called_twice_and_streamed() -> Steps:
    """A question that asks for a tool twice, whole and streamed."""
    yield TOOLS
    odd: Exchange = yield ODD_TOOLS
    if not odd.ok:
        yield TOOLS_STREAM


@check("responses.call_stream.apart", MUST, of=called_twice_and_streamed, spec="RSP-STR-011 RSP-STR-027", depth=FULL)
def test_calls_are_kept_apart(exchange: Exchange) -> None:
    """Several calls of a stream MUST be items of their own, each with its `call_id` and its arguments."""
    seen(len(calls(exchange.before[0])) > 1, "only one call was made when not streamed")
    made = of_type(final(exchange)["output"], "function_call")
    seen(len(made) > 1, "only one call was made")
    streamed = called(exchange)
    assert len(streamed) == len(made), f"{len(streamed)} calls were streamed, and the response ends with {len(made)}"
    ids = {of(mine, ADDED)[0]["item"]["call_id"] for mine in streamed}
    assert len(ids) == len(made), f"{len(made)} calls have {len(ids)} ids"


@check(
    "responses.call_stream.as_many",
    SHOULD,
    of=called_twice_and_streamed,
    spec="RSP-STR-023 RSP-REQ-012",
    depth=FULL,
    again=2,
)
def test_as_many_tools_are_called_in_streams(exchange: Exchange) -> None:
    """A question that asks for two calls at once SHOULD get as many in a stream as it gets without."""
    # What else is at hand in the stream may be called, too: that is no other number of calls of the tool asked for.
    whole, streamed = (
        sum(call.get("name") == WEATHER["name"] for call in made)
        for made in (calls(exchange.before[0]), of_type(final(exchange)["output"], "function_call"))
    )
    seen(whole and streamed, "no tool was called")
    if whole != streamed:
        where = "in a stream" if streamed < whole else "when not streamed"
        raise Broken(f"{whole} calls are made when not streamed, and {streamed} in a stream", lost=[where])


CUSTOM_STREAM = STREAM.but(**CUSTOM_BESIDE.body)


@scenario(CUSTOM_AGAIN, CUSTOM_STREAM)
def custom_whole_and_streamed() -> Steps:
    """A custom tool that is chosen, whole and in a stream."""
    yield [CUSTOM_AGAIN, CUSTOM_STREAM]


@check("responses.custom.stream", SHOULD, of=custom_whole_and_streamed, spec="RSP-EV-009 RSP-ITEM-012", depth=FULL)
def test_deltas_make_the_input(exchange: Exchange) -> None:
    """The deltas of a custom tool's `input` SHOULD begin with nothing, be the input when joined, and be ended."""
    made = of_type(final(exchange)["output"], "custom_tool_call")
    told = [item["input"] for item in made]
    others = {call["name"] for call in calls(exchange)} - {NOTE["name"]}
    if others and not told:
        whole = exchange.before[0]
        seen(whole.ok and items(whole, "custom_tool_call"), "none is called when nothing is streamed either")
        honoured(False, f"a custom tool was chosen, and in a stream {', '.join(others)} was called")
    for place, mine in enumerate(called(exchange, "custom_tool_call")):
        said = joined(mine, INPUT)
        odd = [one["type"] for one in of(mine, ARGUMENTS, ARGUMENTS_DONE)]
        assert not odd, f"a call of a custom tool is told in {odd[0]}, as that of a function"
        seen(of(mine, INPUT), "the input came without deltas")
        assert not of(mine, ADDED)[0]["item"]["input"], "the input is there before its first delta"
        assert of(mine, INPUT_DONE), "the input has no custom_tool_call_input.done"
        ends = [one["input"] for one in of(mine, INPUT_DONE)] + [one["item"]["input"] for one in of(mine, DONE)]
        heads = [*(one["item"] for one in of(mine, DONE)), *made[place : place + 1]]
        for name in ("call_id", "name"):
            differing = list(dict.fromkeys(head[name] for head in heads))
            told_apart = " when done, and ".join(f"{one!r:.60}" for one in differing)
            assert len(differing) < 2, f"`{name}` is {told_apart} at the end"
        for end in (*ends, *told[place : place + 1]):
            assert said == end, f"the deltas make {said[:60]!r}, and {end[:60]!r} is told at the end"
