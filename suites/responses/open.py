"""Open Responses: what that specification adds to OpenAI's.

It is another level, and an optional one: OpenAI itself doesn't meet it, so that nobody is broken for it. It is judged
only where an endpoint answers as Open Responses does, and what is lacking then is *unsupported*.
"""

from __future__ import annotations

from typing import Any

from samewire import FULL, MAY, Exchange, Unsupported, check, seen

from .following import finished
from .reading import response
from .requests import CUT, HELLO, STREAM

#: Members that only Open Responses requires: who tells them follows it.
SIGNS = ("presence_penalty", "frequency_penalty")
#: All that a response must have there.
MEMBERS = (
    *("id", "object", "created_at", "completed_at", "status", "incomplete_details", "model", "previous_response_id"),
    *("instructions", "output", "error", "tools", "tool_choice", "truncation", "parallel_tool_calls", "text", "top_p"),
    *("presence_penalty", "frequency_penalty", "top_logprobs", "temperature", "reasoning", "usage", "store"),
    *("max_output_tokens", "max_tool_calls", "background", "service_tier", "metadata", "safety_identifier"),
    "prompt_cache_key",
)


def follows(exchange: Exchange) -> Any:
    """The response of an endpoint that follows Open Responses.

    Raises:
        Inapplicable: it doesn't.
    """
    one = response(exchange)
    seen(any(name in one for name in SIGNS), "the endpoint does not answer as Open Responses does")
    return one


def lacking(what: str) -> None:
    """Say *unsupported* if something of Open Responses is lacking."""
    if what:
        raise Unsupported(f"of Open Responses, there is no {what}", reason="not offered")


@check("responses.open.members", MAY, of=HELLO, spec="OR-006", rare=True, depth=FULL)
def test_a_response_has_all_members(exchange: Exchange) -> None:
    """A response MAY have all members that Open Responses requires, if null."""
    one = follows(exchange)
    lacking(", ".join(name for name in MEMBERS if name not in one))


@check("responses.open.items", MAY, of=HELLO, spec="OR-008", rare=True, depth=FULL)
def test_every_item_has_a_status(exchange: Exchange) -> None:
    """Every item MAY have an `id` and a `status`, reasoning too, as Open Responses requires."""
    every = follows(exchange)["output"]
    seen(every, "there is no item")
    lacking(
        next((f"{name} of a {item['type']}" for item in every for name in ("id", "status") if not item.get(name)), "")
    )


@check("responses.open.incomplete_last", MAY, of=CUT, spec="OR-009", rare=True, depth=FULL)
def test_an_incomplete_item_is_the_last(exchange: Exchange) -> None:
    """The item that the token limit cuts off MAY be `incomplete`, and the last, as Open Responses requires."""
    one = follows(exchange)
    seen(one["status"] == "incomplete" and one["output"], "nothing was cut off")
    statuses = [item.get("status") for item in one["output"]]
    lacking("" if "incomplete" not in statuses[:-1] and statuses[-1] == "incomplete" else "incomplete item at the end")


@check("responses.open.done", MAY, of=STREAM, spec="OR-002", rare=True, depth=FULL)
def test_a_stream_ends_with_done(exchange: Exchange) -> None:
    """A stream MAY end with `[DONE]`, as Open Responses requires and OpenAI does not."""
    seen(
        any(name in finished(exchange)[-1]["response"] for name in SIGNS), "the endpoint does not follow Open Responses"
    )
    lacking("" if exchange.events()[-1].data == "[DONE]" else "[DONE] at the end of a stream")
