"""Tools: calls have the right shape, and results reach the model."""

from __future__ import annotations

import json

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Broken,
    Exchange,
    Steps,
    assistant,
    check,
    scenario,
    seen,
    tool_result,
    user,
)

from .effects import arrives, effect
from .reading import (
    NULLS,
    calls,
    choice,
    completion,
    fragments,
    is_call,
    markup,
    message,
    parsed,
    takes_none,
    words,
)
from .requests import ASK_WEATHER, CALLED, CALLS, COMPLETIONS, HELLO, MADE_CALLS, TOOLS
from .returned import message_taken_back

RESULT = "QUINCE5512"


@check("chat.tools.accepted", SHOULD, of=TOOLS, spec="CHAT-REQ-019 CHAT-TOOL-001 CHAT-TOOL-003")
def test_tools_are_taken(exchange: Exchange) -> None:
    """A request with `tools` SHOULD be taken."""
    exchange.accepted()


@check("chat.tools.call_shape", MUST, of=CALLS, spec="CHAT-ENV-014 CHAT-ENV-016")
def test_a_tool_call_has_its_shape(exchange: Exchange) -> None:
    """A tool call MUST have `id`, `type` and `function` with `name` and `arguments`, all strings."""
    exchange.conforms("chat/completion", "/choices/*/message/tool_calls")
    seen(calls(exchange), "no tool was called")


@check("chat.tools.arguments", SHOULD, of=CALLS, spec="CHAT-ENV-019", again=2)
def test_arguments_are_a_json_object(exchange: Exchange) -> None:
    """The `arguments` of a tool call SHOULD be the text of a JSON object, unless the token limit cut it off."""
    seen(calls(exchange) and choice(exchange)["finish_reason"] != "length", "no tool was called")
    seen(not exchange.request.capped, "the call was to be cut off")
    for call in calls(exchange):
        text = call["function"]["arguments"]
        if text or not takes_none(exchange, call["function"]["name"]):
            assert isinstance(parsed(text), dict), f"the arguments are {text[:80]!r}"


@check("chat.tools.declared_name", SHOULD, of=CALLS, spec="CHAT-TOOL-014")
def test_only_declared_tools_are_called(exchange: Exchange) -> None:
    """The name in a tool call SHOULD be one of the tools that were declared."""
    seen(calls(exchange), "no tool was called")
    declared = {str(tool.get("function", {}).get("name")) for tool in (exchange.sent or {}).get("tools") or ()}
    odd = [call["function"]["name"] for call in calls(exchange) if call["function"]["name"] not in declared]
    for name in odd:
        # A model may make up a name. That one which was declared comes out changed is the server's doing.
        changed = [one for one in declared if plainly(one) in plainly(name) or plainly(name) in plainly(one)]
        assert not changed, f"calls {name!r}, and {changed[0]!r} was declared"
    seen(not odd, "the model called a tool of its own making")


def plainly(name: str) -> str:
    """The letters of a name, all small."""
    return "".join(filter(str.isalnum, name)).lower()


@check("chat.tools.unique_ids", SHOULD, of=MADE_CALLS, spec="CHAT-ENV-018")
def test_calls_have_ids_of_their_own(exchange: Exchange) -> None:
    """The ids of the tool calls of a message SHOULD differ, whole and streamed."""
    heads = [parts[0] for parts in fragments(exchange).values()] if exchange.streamed else calls(exchange)
    ids = [head["id"] for head in heads if head.get("id")]
    seen(ids, "no tool was called")
    assert len(set(ids)) == len(ids), f"{len(ids)} calls have {len(set(ids))} ids"


@check("chat.tools.finish_reason", SHOULD, of=CALLS, spec="CHAT-ENV-020 CHAT-ENV-033")
def test_a_call_finishes_with_tool_calls(exchange: Exchange) -> None:
    """A message that calls tools SHOULD finish with `tool_calls`; where a call was forced, OpenAI also says `stop`."""
    seen(calls(exchange), "no tool was called")
    reason = choice(exchange)["finish_reason"]
    forced = (exchange.sent or {}).get("tool_choice") not in (None, "auto")
    assert reason in ("tool_calls", "length", *(("stop",) if forced else ())), f"finishes with {reason!r}"


@check("chat.tools.no_false_finish", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-020")
def test_no_call_no_tool_calls(exchange: Exchange) -> None:
    """A message that calls no tool SHOULD NOT finish with `tool_calls`: agents would wait for a call."""
    seen(not calls(exchange), "a tool was called")
    assert choice(exchange)["finish_reason"] != "tool_calls", "finishes with tool_calls, and no tool is called"


@check("chat.tools.absent_when_unused", SHOULD, of=COMPLETIONS, spec="CHAT-ENV-015", depth=FULL)
def test_no_tool_calls_without_tools(exchange: Exchange) -> None:
    """A message that calls no tool SHOULD leave `tool_calls` out: an empty array sends clients the wrong way."""
    empty = [one["index"] for one in completion(exchange)["choices"] if one["message"].get("tool_calls") == []]
    assert not empty, "`tool_calls` is there, and empty"


@check("chat.tools.no_markup", SHOULD, of=CALLS, spec="CHAT-ENV-014")
def test_calls_do_not_leak_as_text(exchange: Exchange) -> None:
    """A call of a tool SHOULD come in `tool_calls`, not as markup, code or JSON in `content`."""
    seen((exchange.sent or {}).get("tool_choice") not in (None, "auto", "none"), "no call was forced")
    said = words(exchange)
    if mark := markup(said):
        raise Broken(f"the content holds {mark!r}: {said[:80]!r}", causes={"markup"})
    if is_call(said) and not message(exchange).get("tool_calls"):
        raise Broken(f"the content is a call in words: {said[:80]!r}", causes={"markup"})
    named = [str((call.get("function") or call.get("custom") or {}).get("name")) for call in calls(exchange)]
    assert not written_again(said, named), f"the content beside a call is that call as JSON: {said[:80]!r}"


def written_again(said: str, named: list[str]) -> bool:
    """Whether a text ends in JSON that names a tool which is called beside it: alone, or with its arguments."""
    opened = min((place for sign in "[{" if (place := said.find(sign)) >= 0), default=len(said))
    alone = not said[:opened].strip() or any(f'"{key}"' in said for key in ("arguments", "parameters"))
    return alone and isinstance(parsed(said[opened:]), dict | list) and any(json.dumps(name) in said for name in named)


@check("chat.tools.no_null_as_text", SHOULD, of=CALLS, spec="CHAT-ENV-012", depth=FULL)
def test_no_words_are_no_word(exchange: Exchange) -> None:
    """Where a tool is called and nothing said, `content` SHOULD be null, empty or absent, not the word for null."""
    seen(calls(exchange), "no tool was called")
    said = words(exchange)
    assert said.strip().lower() not in NULLS, f"the content beside a call is the text {said!r}"


CALL = {"id": "call_0123456789abcdefABCDEF01", "type": "function"}
PARIS = {**CALL, "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}
#: Who is asked of the weather alone may well leave the code word out.
ASK_CODE = user(f"{ASK_WEATHER['content']} Answer with the code word that the tool tells.")


def answered(content: object, said: object = None, asked: dict[str, object] = ASK_WEATHER) -> list[dict[str, object]]:
    """A conversation in which a tool was called and has answered."""
    return [asked, assistant(said, tool_calls=[PARIS]), tool_result(PARIS["id"], content)]  # type: ignore[arg-type]


TELLING = f"Foggy with hail; the code word is {RESULT}."
#: What else it tells, which nobody guesses.
HINTS = ("foggy", "hail")
ROUND_TRIP = TOOLS.but(messages=answered(TELLING, asked=ASK_CODE))
EMPTY_RESULT = ROUND_TRIP.but(messages=answered("?", asked=ASK_CODE))
IN_WORDS = HELLO.but(messages=[user(f"A tool says: {TELLING} {ASK_CODE['content']}")])


@check("chat.tools.round_trip", MUST, of=ROUND_TRIP, spec="CHAT-TOOL-013 CHAT-MSG-007 CHAT-MSG-005")
def test_a_result_is_taken(exchange: Exchange) -> None:
    """The result of a tool call, a message of `tool` after one with `tool_calls`, MUST be taken and answered."""
    message(exchange)


NO_MORE = ROUND_TRIP.but(tool_choice="none")


@scenario(ROUND_TRIP, spare=(NO_MORE, IN_WORDS, EMPTY_RESULT))
def told_by_a_tool() -> Steps:
    """The result of a tool that holds what the answer must tell; who calls it again must call none."""
    answer: Exchange = yield ROUND_TRIP
    speaking = ROUND_TRIP
    if answer.ok and not words(answer).strip() and message(answer).get("tool_calls"):
        spoken: Exchange = yield NO_MORE
        speaking = NO_MORE if spoken.ok and words(spoken).strip() else ROUND_TRIP
    return (
        yield from effect(speaking, IN_WORDS, EMPTY_RESULT, lambda said: RESULT.lower() in said.lower(), hints=HINTS)
    )


@check("chat.tools.result_arrives", MUST, of=told_by_a_tool, spec="CHAT-TOOL-013 CHAT-MSG-007")
def test_a_result_arrives(exchange: Exchange) -> None:
    """The result of a tool call MUST reach the model."""
    arrives(exchange, "the tool's result")


@scenario(CALLED, more=1, tokens=128)
def called_and_answered() -> Steps:
    """A call that the endpoint made, sent back as it came, with a result for each call, and another one forced."""
    first: Exchange = yield CALLED
    seen(calls(first), "no tool was called")
    results = [tool_result(call["id"], "It is sunny.") for call in calls(first)]
    own = dict(message(first))
    yield ROUND_TRIP.but(messages=[ASK_WEATHER, own, *results], tool_choice="required", **LIMIT(128))


@check("chat.tools.own_call", MUST, of=called_and_answered, spec="CHAT-MSG-006 CHAT-TOOL-013")
def test_its_own_call_is_taken_back(exchange: Exchange) -> None:
    """A message with tool calls that the endpoint sent MUST be taken back as it came, followed by the results."""
    message_taken_back(exchange, exchange.before[0])
    message(exchange)


@check("chat.tools.fresh_ids", SHOULD, of=called_and_answered, spec="CHAT-ENV-018", depth=FULL)
def test_a_later_call_has_an_id_of_its_own(exchange: Exchange) -> None:
    """A call SHOULD NOT have the id of an earlier one of the conversation: its result would answer both."""
    seen(exchange.ok and exchange.before[0].ok, "it is refused, which has a cell of its own")
    before = {call["id"] for call in calls(exchange.before[0])}
    made = [call["id"] for call in calls(exchange)]
    seen(made, "no tool was called")
    assert not before & set(made), f"a call of a later turn has the id {made[0]!r} again"
