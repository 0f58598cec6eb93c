"""What was asked for is told again: a response names the settings that it was made with, of this request alone."""

from __future__ import annotations

from typing import Any

from samewire import FULL, SHOULD, Blocked, Every, Exchange, Steps, check, scenario, seen

from .following import final
from .laden import LADEN
from .parameters import NULLABLE, NULLS, TOGETHER
from .reading import response
from .reasoning import ALL
from .requests import CALLED_STREAM, HELLO
from .together import TELLS_STREAM
from .tools import properties

ECHOES = Every(witness=(HELLO, TOGETHER), path="responses", streamed=False, method="POST", wrong=False)
STREAMS = Every(witness=(CALLED_STREAM, TELLS_STREAM, LADEN), path="responses", streamed=True, wrong=False)
THINKING = Every(witness=(ALL,), path="responses", streamed=False, method="POST", wrong=False)
#: The same, where nothing is sent for it.
PLAIN = Every(witness=(HELLO,), path="responses", streamed=False, method="POST", wrong=False)


def same(told: Any, sent: Any) -> bool:
    """Whether a setting is told as it was sent; a number need not be told to more digits than a float has."""
    if isinstance(told, float) and isinstance(sent, float):
        return abs(told - sent) < 1e-6
    return bool(told == sent)


def tells(exchange: Exchange, *names: str) -> None:
    """Say *broken* if a response tells other settings than were sent; what it leaves out is none of this check's."""
    one, sent = response(exchange), exchange.sent or {}
    told = [name for name in names if sent.get(name) is not None and one.get(name) is not None]
    seen(told, "nothing was sent that is told again")
    for name in told:
        assert same(one[name], sent[name]), f"`{name}` is {one[name]!r:.80}, and {sent[name]!r:.80} was sent"


#: Settings that a response tells again: null stands for what was not sent.
SETTINGS = (
    *("instructions", "previous_response_id", "max_output_tokens", "temperature", "top_p", "metadata", "truncation"),
    *("parallel_tool_calls", "reasoning", "top_logprobs"),
)


@check("responses.echo.not_null", SHOULD, of=PLAIN, spec="RSP-ENV-018 RSP-ENV-011 RSP-ENV-012 RSP-ENV-013")
def test_what_was_sent_is_not_told_as_null(exchange: Exchange) -> None:
    """A setting that was sent SHOULD NOT be told as null, where it is told."""
    one, sent = response(exchange), exchange.sent or {}
    null = [name for name in SETTINGS if sent.get(name) and name in one and one[name] is None]
    assert not null, f"{', '.join(null)} {'is' if len(null) == 1 else 'are'} null, and something else was sent"


@check("responses.echo.instructions", SHOULD, of=PLAIN, spec="RSP-ENV-011 RSP-REQ-003")
def test_instructions_are_told(exchange: Exchange) -> None:
    """`instructions` SHOULD be those that were sent, and null when none were."""
    one, sent = response(exchange), exchange.sent or {}
    told = one["instructions"]
    seen(told is not None or not sent.get("instructions"), "they are not told")
    seen(not isinstance(told, list), "they are told as items")
    assert (told or None) == (sent.get("instructions") or None), (
        f"`instructions` is {told!r:.80}, and {sent.get('instructions')!r:.80} was sent"
    )


@check("responses.echo.previous", SHOULD, of=PLAIN, spec="RSP-ENV-018 RSP-ST-001")
def test_the_previous_response_is_told(exchange: Exchange) -> None:
    """`previous_response_id` SHOULD be the one that was sent, and null when none was."""
    one, sent = response(exchange), exchange.sent or {}
    seen("previous_response_id" in one, "previous_response_id is not told")
    seen(one["previous_response_id"] is not None or sent.get("previous_response_id") is None, "it is not told")
    assert one["previous_response_id"] == sent.get("previous_response_id"), (
        f"previous_response_id is {one['previous_response_id']!r}, and {sent.get('previous_response_id')!r} was sent"
    )


@check("responses.echo.limit", SHOULD, of=PLAIN, spec="RSP-ENV-018 RSP-REQ-004")
def test_the_limit_is_told(exchange: Exchange) -> None:
    """`max_output_tokens` SHOULD be the one that was sent, where it is told."""
    tells(exchange, "max_output_tokens")


@check("responses.echo.sampling", SHOULD, of=ECHOES, spec="RSP-ENV-013 RSP-ENV-018", depth=FULL)
def test_sampling_is_told(exchange: Exchange) -> None:
    """`temperature` and `top_p` SHOULD be those that were sent."""
    tells(exchange, "temperature", "top_p")


@check("responses.echo.metadata", SHOULD, of=ECHOES, spec="RSP-ENV-012 RSP-REQ-017", depth=FULL)
def test_metadata_is_told(exchange: Exchange) -> None:
    """`metadata` SHOULD be what was sent, and empty when nothing was."""
    one, sent = response(exchange), exchange.sent or {}
    told = one["metadata"]
    seen(told is not None or not sent.get("metadata"), "it is not told")
    assert (told or {}) == (sent.get("metadata") or {}), f"`metadata` is {told!r:.80}, not {sent.get('metadata')!r:.80}"


@check("responses.echo.parallel_tool_calls", SHOULD, of=ECHOES, spec="RSP-ENV-006 RSP-REQ-012", depth=FULL)
def test_parallel_tool_calls_is_told(exchange: Exchange) -> None:
    """`parallel_tool_calls` SHOULD be what was sent, and true, the default, where nothing was."""
    if (exchange.sent or {}).get("parallel_tool_calls") is None:
        told = response(exchange)["parallel_tool_calls"]
        assert told is not False, "`parallel_tool_calls` is false, and nothing was sent: the default is true"
        return
    tells(exchange, "parallel_tool_calls")


@check("responses.echo.store", SHOULD, of=ECHOES, spec="RSP-ENV-018 RSP-REQ-007", depth=FULL)
def test_not_storing_is_told(exchange: Exchange) -> None:
    """`store` SHOULD NOT be told to be true where false was sent."""
    one, sent = response(exchange), exchange.sent or {}
    seen(sent.get("store") is False and "store" in one, "storing was not forbidden, or is not told")
    assert one["store"] is not True, "store false was sent, and true is told"


@check("responses.echo.truncation", SHOULD, of=ECHOES, spec="RSP-ENV-018 RSP-REQ-018", depth=FULL)
def test_truncation_is_told(exchange: Exchange) -> None:
    """`truncation` SHOULD be what was sent, where it is told."""
    tells(exchange, "truncation")


@check("responses.echo.tools", SHOULD, of=PLAIN, spec="RSP-ENV-008 RSP-ENV-018")
def test_tools_are_told(exchange: Exchange) -> None:
    """`tools` SHOULD be those that were sent, and none when none were."""
    same_tools(response(exchange), exchange.sent or {})


def same_tools(one: Any, sent: Any) -> None:
    """Say *broken* if a response tells other tools than were sent."""
    given, told = by_name(sent.get("tools")), by_name(one["tools"])
    nameless = sum(1 for tool in told if not tool.get("name"))
    assert not nameless or any(not tool.get("name") for tool in given), f"{nameless} of the tools have no `name`"
    names = [[str(tool.get("name")) for tool in tools] for tools in (told, given)]
    assert names[0] == names[1], (
        f"the tools are {', '.join(names[0]) or 'none'}, and {', '.join(names[1]) or 'none'} were sent"
    )
    for was, now in zip(given, told, strict=True):
        for name in ("type", "description", "strict"):
            assert not was.get(name) or was[name] == now.get(name), (
                f"{name} of {was['name']} is {now.get(name)!r:.60}, and {was[name]!r:.60} was sent"
            )
        lost = set(properties(was)) - set(properties(now))
        assert not lost, f"{was['name']} has lost {', '.join(sorted(lost))} of its parameters"


def by_name(tools: Any) -> list[Any]:
    """Tools in the order of their names."""
    return sorted((tool for tool in tools or () if isinstance(tool, dict)), key=lambda tool: str(tool.get("name")))


@check("responses.echo.tool_choice", SHOULD, of=ECHOES, spec="RSP-ENV-007 RSP-ENV-018", depth=FULL)
def test_the_choice_of_tools_is_told(exchange: Exchange) -> None:
    """`tool_choice` SHOULD be the word that was sent, and `auto` or `none` when nothing was."""
    sent, told = (exchange.sent or {}).get("tool_choice"), response(exchange)["tool_choice"]
    if sent is None:
        assert told in ("auto", "none"), f"tool_choice is {told!r:.80}, and none was sent"
    elif isinstance(sent, str):
        assert told == sent, f"tool_choice is {told!r:.80}, and {sent!r} was sent"
    else:
        wrong = f"tool_choice is {told!r:.120}, and {sent!r:.120} was sent"
        assert isinstance(told, dict), wrong
        assert all(told.get(name) == sent.get(name) for name in ("type", "name", "mode")), wrong
        lists = [[str(one.get("name")) for one in by_name(choice.get("tools"))] for choice in (told, sent)]
        assert lists[0] == lists[1], wrong


@check("responses.echo.format", SHOULD, of=ECHOES, spec="RSP-ENV-018 RSP-REQ-013", depth=FULL)
def test_the_format_is_told(exchange: Exchange) -> None:
    """`text.format` SHOULD have the type that was sent, where it is told, and be `text` when none was."""
    one = response(exchange)
    seen((one.get("text") or {}).get("format") is not None, "the format is not told")
    same_format(one, exchange.sent or {})


@scenario(HELLO, NULLS)
def absent_and_null() -> Steps:
    """The same question without settings, and with null for each of them."""
    yield HELLO
    yield NULLS


@check("responses.echo.null", SHOULD, of=absent_and_null, spec="RSP-ENV-018 RSP-REQ-007 RSP-REQ-012", depth=FULL)
def test_null_is_told_as_absence(exchange: Exchange) -> None:
    """A setting that is null SHOULD be told as if it were absent: by its default, where it has one."""
    if not exchange.ok:
        raise Blocked("nulls are not taken", cause="check:responses.parameters.null")
    absent, null = response(exchange.before[0]), response(exchange)
    # A tier may differ from one time to the next, and what is told as null tells nothing.
    for name in (name for name in NULLABLE if name != "service_tier"):
        usual, told = absent.get(name), null.get(name)
        assert None in (usual, told) or usual == told, f"`{name}` is {told!r:.80} for null, and {usual!r:.80} if absent"


@check("responses.echo.reasoning", SHOULD, of=THINKING, spec="RSP-ENV-018 RSP-REQ-015", depth=FULL)
def test_the_effort_is_told(exchange: Exchange) -> None:
    """`reasoning.effort` SHOULD be the one that was sent, where it is told."""
    one, sent = response(exchange), (exchange.sent or {}).get("reasoning") or {}
    told = one.get("reasoning")
    seen(sent.get("effort") and told is not None and "effort" in told, "no effort was sent, or none is told")
    assert told["effort"] == sent["effort"], f"the effort is {told['effort']!r}, and {sent['effort']!r} was sent"


def same_format(one: Any, sent: Any) -> None:
    """Say *broken* if a response tells another format than was sent."""
    wanted = (sent.get("text") or {}).get("format") or {"type": "text"}
    told = (one.get("text") or {}).get("format") or {}
    for name in ("type", "name", "description") if told else ():
        given = wanted.get(name)
        assert told.get(name) == given or (name == "description" and not given), (
            f"the format is {told!r:.80}, and {wanted!r:.80} was sent"
        )
    if told and wanted.get("type") == "json_schema":
        was, now = (properties({"parameters": one.get("schema")}) for one in (wanted, told))
        lost = sorted(set(was) - set(now))
        assert not lost, f"the schema of the format has lost {', '.join(lost)}: {told!r:.80}"


#: Settings that a stream tells again as they were sent.
TOLD = ("max_output_tokens", "parallel_tool_calls", "metadata", "previous_response_id", "temperature", "top_p")
#: What it may leave out or tell as null, but not tell otherwise.
HELD = ("truncation", "top_logprobs")


@check("responses.echo.stream", SHOULD, of=STREAMS, spec="RSP-ENV-018 RSP-STR-023", depth=FULL)
def test_a_stream_tells_its_settings(exchange: Exchange) -> None:
    """The response that a stream ends with SHOULD tell the settings of this request, as one that is whole does."""
    one, sent = final(exchange), exchange.sent or {}
    for name in (name for name in TOLD if sent.get(name) is not None and name in one):
        assert same(one[name], sent[name]), f"`{name}` is {one[name]!r:.80}, and {sent[name]!r:.80} was sent"
    for name in (name for name in HELD if sent.get(name) is not None and one.get(name) is not None):
        assert same(one[name], sent[name]), f"`{name}` is {one[name]!r:.80}, and {sent[name]!r:.80} was sent"
    told, given = one["instructions"], sent.get("instructions")
    items = isinstance(told, list)
    assert items or (told or None) == (given or None), f"`instructions` is {told!r:.80}, and {given!r:.80} was sent"
    same_tools(one, sent)
    same_format(one, sent)
    choice = sent.get("tool_choice")
    if isinstance(choice, str):
        assert one["tool_choice"] == choice, f"tool_choice is {one['tool_choice']!r:.80}, and {choice!r} was sent"
