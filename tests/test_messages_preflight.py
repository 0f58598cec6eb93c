"""The first steps at a Messages endpoint: what is not there costs little and is told in one cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from samewire.reference import KEY, Fault, Reference
from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.server import HttpResponse
from samewire.requirement import SMOKE
from samewire.run import Run
from samewire.verdict import Judgement, Verdict

from .making import endpoint, key, measure

Serve = Callable[..., tuple[Reference, int]]
ANSWERS = "messages.message.answers"


def saying(status: int, body: Any) -> list[Fault]:
    """A server that says the same to everything below the path."""

    def say(call: Call) -> None:
        call.response = HttpResponse(status, [("Content-Type", "application/json")], json.dumps(body).encode())

    return [Fault("says", "says the same", "response", say, {}, where="/messages")]


def refusing(status: int, message: str) -> list[Fault]:
    """A server that refuses everything below the path so."""

    def refuse(call: Call) -> None:
        raise Refusal(status, message)

    return [Fault("refuses", "refuses everything", "request", refuse, {}, where="/messages")]


def bearer_alone(call: Call) -> None:
    if "x-api-key" in call.request.headers:
        raise Refusal(401, "Please carry the API secret key in the 'Authorization' field")


CHAT = {
    "id": "x",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant"}}],
    "usage": {},
}
#: What the server says, the verdict of the one cell, a word that it tells, and how many requests it costs at most.
STOPS: dict[str, tuple[list[Fault], dict[str, Any], Verdict, str, int]] = {
    "not found": (refusing(404, "Not Found"), {}, Verdict.UNSUPPORTED, "404", 1),
    "another method": (refusing(405, "Method Not Allowed"), {}, Verdict.UNSUPPORTED, "405", 1),
    "not made yet": (refusing(501, "Not Implemented"), {}, Verdict.UNSUPPORTED, "501", 1),
    "unwilling": (refusing(400, "No."), {}, Verdict.UNSUPPORTED, "No.", 1),
    "a chat completion": (saying(200, CHAT), {}, Verdict.BROKEN, "no message", 2),
    "a status": (saying(200, {"status": "ok"}), {}, Verdict.BROKEN, "no message", 2),
    "an error with 200": (saying(200, {"error": {"message": "?"}}), {}, Verdict.BROKEN, "no message", 2),
    "a key that nobody issued": ([], {"credential": key("sk-nobody-issued-this-one")}, Verdict.INCONCLUSIVE, "key", 2),
    "no key": ([], {"credential": None}, Verdict.INCONCLUSIVE, "none is set", 1),
    "a model that nobody has": ([], {"model": "zzz"}, Verdict.INCONCLUSIVE, "zzz", 2),
    "a model for others": (refusing(404, "model: reference-1"), {}, Verdict.UNSUPPORTED, "listed", 2),
}


def seen(run: Run) -> dict[str, Judgement]:
    """The judgements of a run of one endpoint, by check."""
    return {name: one for (_, name), one in run.verdicts.items()}


@pytest.mark.parametrize("name", STOPS)
def test_what_stands_in_the_way_is_told_in_one_cell(name: str, serve: Serve) -> None:
    faults, more, verdict, word, most = STOPS[name]
    _, port = serve(faults)
    provider = {"model": "reference-1", "credential": key(KEY), "protocols": ("messages",), **more}
    run = measure(endpoint(f"http://127.0.0.1:{port}/v1", **provider), ["messages."])
    judgements = seen(run)
    told = judgements.pop(ANSWERS)
    assert told.verdict is verdict
    assert word in told.message
    # What is not offered is not run; where it can't be told, nothing is.
    rest = {Verdict.NOT_RUN} if verdict is Verdict.UNSUPPORTED else {Verdict.NOT_RUN, Verdict.INCONCLUSIVE}
    assert {one.verdict for one in judgements.values()} <= rest
    assert len(run.exchanges) <= most


def test_a_key_that_is_wanted_as_bearer_is_shown_so(serve: Serve) -> None:
    fault = Fault("bearer", "reads the other header", "request", bearer_alone, {}, where="/messages")
    _, port = serve([fault])
    place = endpoint(f"http://127.0.0.1:{port}/v1", "reference-1", credential=key(KEY), protocols=("messages",))
    judgements = seen(measure(place, ["messages."]))
    other = {name: one.verdict for name, one in judgements.items() if one.verdict is not Verdict.SUPPORTED}
    rare = {f"messages.{name}" for name in ("stream.error", "stream.flushed", "images.by_url")}
    rare |= {"messages.huge.refused", "messages.huge.whole", "messages.failures.type", "messages.failures.pause"}
    assert {name: verdict for name, verdict in other.items() if name not in rare} == {
        "messages.access.x_api_key": Verdict.UNSUPPORTED
    }


def test_a_model_that_thinks_unasked_is_given_room(serve: Serve) -> None:
    _, port = serve(reasoning=30)
    place = endpoint(f"http://127.0.0.1:{port}/v1", "reference-1", credential=key(KEY), protocols=("messages",))
    run = measure(place, ["messages."], depth=SMOKE)
    (found,) = (one for (_, protocol), one in run.findings.items() if protocol == "messages")
    assert (found["limit"], found["headroom"], found["stop"]) == ("max_tokens", 2048, None)


def thinking_aloud(call: Call) -> None:
    """Say what was thought before what is said."""
    for block in (call.document or {}).get("content", ()):
        if block["type"] == "text":
            block["text"] = f"They want a greeting.</think>\n\n{block['text']}"
    for choice in (call.document or {}).get("choices", ()):
        choice["message"]["content"] = f"<think>They want a greeting.</think>{choice['message']['content']}"


@pytest.mark.parametrize(("protocol", "path"), [("messages", "/messages"), ("chat", "/chat/completions")])
def test_a_model_that_thinks_aloud_is_given_room(serve: Serve, protocol: str, path: str) -> None:
    _, port = serve([Fault("aloud", "thinks aloud", "document", thinking_aloud, {}, where=path)])
    place = endpoint(f"http://127.0.0.1:{port}/v1", "reference-1", credential=key(KEY), protocols=(protocol,))
    run = measure(place, [f"{protocol}."], depth=SMOKE)
    (found,) = (one for (_, of), one in run.findings.items() if of == protocol)
    assert (found["headroom"], found["stop"]) == (2048, None)
