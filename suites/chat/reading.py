"""Reading completions and streams: what most checks look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from samewire import OTHER_BLAME, Blocked, Exchange, seen

#: What is counted where a model ends at once.
SILENT = (0, 1)
#: How a null is written that became text on its way.
NULLS = ("none", "null", "nil", "undefined")


def late(exchange: Exchange) -> bool:
    """Whether a request was refused in a stream that had begun, or got one with nothing in it."""
    return exchange.ok and exchange.streamed and (exchange.stream_error is not None or exchange.error_told == "nothing")


def refused(exchange: Exchange) -> None:
    """Say *broken* unless a request that is wrong was refused as a mistake of the client: any 4xx that says so."""
    seen(not late(exchange), "it is refused in a stream that has begun, which has a cell of its own")
    status = exchange.rejected().status
    assert status == 501 or (400 <= status < 500 and status not in OTHER_BLAME), f"refused with {status}"


def refused_at_once(exchange: Exchange) -> None:
    """The same as ``refused``, and *broken* as well if it was refused in a stream that had begun."""
    what = "an error" if exchange.stream_error is not None else "nothing"
    assert not late(exchange), f"answered {exchange.status}, with {what} in the stream"
    refused(exchange)


def completion(exchange: Exchange) -> Any:
    """The completion that an accepted request got."""
    return exchange.accepted().body_as("chat/completion")


def choice(exchange: Exchange) -> Any:
    """The first choice of a completion."""
    return completion(exchange)["choices"][0]


def message(exchange: Exchange) -> Any:
    """The message of a completion's first choice."""
    return choice(exchange)["message"]


def words(exchange: Exchange) -> str:
    """What the first choice of a completion says; empty if it says nothing."""
    return str(message(exchange).get("content") or "")


#: How models write calls that a server failed to read.
MARKUP = (
    *("<tool_call", "<function", "<|tool", "[TOOL_CALLS]", "<invoke", "<|python_tag|>", ":tool_call>"),
    *("<｜tool", "<｜DSML｜", "<|START_ACTION|>", "<|action_start|>", "<start_function_call>"),
)
#: What a call that is mere JSON has beside its name.
GIVING = ("arguments", "parameters", "input")
#: A text that is a block of code and nothing else.
FENCED = re.compile(r"```\w*\s(.*)```", re.DOTALL)
#: A call as programs write them, with names or an object for what is given: ``[get_weather(city="Paris")]``.
IN_CODE = re.compile(r"\[?(?:Tool call: ?|print\()?[A-Za-z_][\w.]*\((?:\s*\w+\s*=.*|\{.*\})?\){1,2}\]?", re.DOTALL)


def markup(said: str) -> str:
    """The mark of a call that no server has read, where a text has one; empty if it has none."""
    return next((mark for mark in MARKUP if mark in said), "")


def is_call(said: str) -> bool:
    """Whether a text is a call, or several, as code or mere JSON: a name, and what is given to it."""
    bare = said.strip()
    bare = fence[1].strip() if (fence := FENCED.fullmatch(bare)) else bare
    if IN_CODE.fullmatch(bare):
        return True
    made = parsed(bare)
    one = made[0] if isinstance(made, list) and made else made
    one = one.get("function", one) if isinstance(one, dict) else None
    return isinstance(one, dict) and isinstance(one.get("name"), str) and any(key in one for key in GIVING)


def unread(said: str) -> bool:
    """Whether a text holds a call that no server has read, in either form."""
    return bool(markup(said)) or is_call(said)


def calls(exchange: Exchange) -> list[Any]:
    """The tool calls of a completion's first choice.

    Raises:
        Blocked: they stand in another choice, or in the content, which has cells of its own.
    """
    made = list(message(exchange).get("tool_calls") or ())
    if not made and any(one["message"].get("tool_calls") for one in completion(exchange)["choices"]):
        raise Blocked("a call stands in another choice", cause="check:chat.completion.as_many")
    if not made and unread(words(exchange)):
        raise Blocked("a call stands in the content", cause="markup")
    return made


def given(call: Any) -> Any:
    """The arguments of a tool call.

    Raises:
        Blocked: they are no JSON object, which has a cell of its own.
    """
    value = parsed(call["function"]["arguments"])
    if not isinstance(value, dict):
        raise Blocked("the arguments are no JSON object", cause="arguments")
    return value


def prompt_tokens(exchange: Exchange) -> int | None:
    """The prompt tokens that a completion or a stream counts; None if it counts none."""
    given = chunks(exchange) if exchange.streamed else [completion(exchange)]
    usages = [one["usage"] for one in given if one.get("usage")]
    return int(usages[-1]["prompt_tokens"]) or None if usages else None


def completion_tokens(exchange: Exchange) -> int | None:
    """The completion tokens that a completion counts; None if it counts none."""
    usage = completion(exchange).get("usage")
    return None if usage is None else int(usage["completion_tokens"])


def reasoning_tokens(exchange: Exchange) -> int:
    """The completion tokens that a completion says were spent on thinking."""
    return reasoned(completion(exchange).get("usage"))


def reasoned(usage: Any) -> int:
    """The completion tokens that a usage says were spent on thinking."""
    details = usage.get("completion_tokens_details") if usage is not None else None
    return int((details or {}).get("reasoning_tokens") or 0)


def chunks(exchange: Exchange) -> list[Any]:
    """The chunks of the stream that an accepted request got.

    Raises:
        Blocked: there is none with a choice, or the stream breaks off with an error, which have cells of their own.
    """
    if broken_off(exchange):
        raise Blocked("the stream breaks off with an error", cause="broken off")
    every = list(exchange.accepted().stream_of("chat/chunk"))
    if not any(chunk.get("choices") for chunk in every):
        raise Blocked("no chunk with a choice came", cause="empty stream")
    return every


def broken_off(exchange: Exchange) -> bool:
    """Whether a stream has begun, and ends in an error."""
    return exchange.ok and exchange.stream_error is not None and bool(exchange.chunk_count)


def finished(exchange: Exchange) -> list[Any]:
    """The chunks of a stream that came to an end.

    Raises:
        Blocked: it breaks off without an end of either kind, which has a cell of its own.
    """
    every = chunks(exchange)
    done = any((event.data or "").strip(" \"'").upper() == "[DONE]" for event in exchange.events())
    if not done and all(piece.get("finish_reason") is None for piece in pieces(exchange)):
        raise Blocked("the stream breaks off", cause="unfinished stream")
    return every


def pieces(exchange: Exchange) -> Iterator[Any]:
    """Every choice of every chunk of a stream.

    Raises:
        Blocked: their indexes don't number the choices, which has a cell of its own.
    """
    asked = (exchange.sent or {}).get("n") or 1
    for chunk in chunks(exchange):
        for piece in chunk.get("choices") or ():
            if piece["index"] >= asked:
                raise Blocked(f"the index {piece['index']} is no choice's", cause="choice index")
            yield piece


def deltas(exchange: Exchange, index: int = 0) -> list[Any]:
    """The deltas of one choice of a stream."""
    return [piece["delta"] for piece in pieces(exchange) if piece["index"] == index]


def streamed_words(exchange: Exchange, index: int = 0) -> str:
    """What one choice of a stream says, put together."""
    return "".join(delta.get("content") or "" for delta in deltas(exchange, index))


def fragments(exchange: Exchange, index: int = 0) -> dict[int, list[Any]]:
    """The fragments of each tool call of a stream, by the call's index."""
    found: dict[int, list[Any]] = {}
    for delta in deltas(exchange, index):
        for fragment in delta.get("tool_calls") or ():
            found.setdefault(fragment["index"], []).append(fragment)
    return found


def every_call(exchange: Exchange) -> list[tuple[str, list[Any]]]:
    """Every tool call of every choice of a stream: what to call it in a sentence, and its fragments."""
    numbers = list(dict.fromkeys(piece["index"] for piece in pieces(exchange)))
    whose = {number: f" of choice {number}" if number else "" for number in numbers}
    return [
        (f"{index}{whose[number]}", parts) for number in numbers for index, parts in fragments(exchange, number).items()
    ]


def takes_none(exchange: Exchange, name: str | None) -> bool:
    """Whether the tool that a request declares by this name has no parameters: cells of its own tell of its calls."""
    tools = [tool.get("function", {}) for tool in (exchange.sent or {}).get("tools") or ()]
    return any(one.get("name") == name and not (one.get("parameters") or {}).get("properties") for one in tools)


#: Where an answer is starved.
STARVED = "the limit ended the answer before a word or a call of it came"


def starved(exchange: Exchange) -> bool:
    """Whether the limit ended an answer with neither words nor calls: it thought, or a call was on its way."""
    if exchange.streamed:
        reasons = [piece.get("finish_reason") for piece in pieces(exchange)]
        return "length" in reasons and not streamed_words(exchange).strip() and not fragments(exchange)
    one = choice(exchange)
    made = any(one["message"].get(name) for name in ("tool_calls", "function_call"))
    return bool(one["finish_reason"] == "length" and not words(exchange).strip() and not made)


def arguments(parts: list[Any]) -> str:
    """The arguments of a tool call, put together from its fragments."""
    return "".join((part.get("function") or {}).get("arguments") or "" for part in parts)


def parsed(text: str) -> Any:
    """The text as JSON, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
