"""OpenAI Responses at the reference endpoint: its paths, and what is kept between calls."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from samewire.reference import responses_items as items
from samewire.reference import responses_object as made
from samewire.reference.call import Call
from samewire.reference.errors import Refusal, missing, unknown_model, unknown_url
from samewire.reference.responses_prompt import listen
from samewire.reference.responses_rules import check_request
from samewire.reference.responses_stream import events
from samewire.reference.server import HttpResponse

__all__ = ["answer"]

#: Responses that are kept before the oldest is forgotten.
KEPT = 1000


async def answer(reference: Any, call: Call) -> None:
    """Answer a call below this protocol's path."""
    place = call.path.removeprefix("/responses").strip("/").split("/")
    method = call.request.method
    routes: dict[str, Any] = {}
    if place == [""]:
        routes = {"POST": _create}
    elif place == ["input_tokens"]:
        routes = {"POST": _count}
    elif len(place) == 1:
        routes = {"GET": _get, "DELETE": _delete}
    elif len(place) == 2:
        routes = {"cancel": {"POST": _cancel}, "input_items": {"GET": _input_items}}.get(place[1], {})
    if not routes:
        raise unknown_url(method, call.request.path)
    allowed = ", ".join(routes)
    if method == "OPTIONS":
        call.response = HttpResponse(204)
        call.response.set("Access-Control-Allow-Methods", f"{allowed}, OPTIONS")
        call.response.set("Access-Control-Allow-Headers", "authorization, content-type, x-stainless-lang")
        return
    if method not in routes:
        message = f"Not allowed to {method} on {call.request.path}."
        raise Refusal(405, message, code="method_not_supported", headers=(("Allow", allowed),))
    reference.authorise(call)
    done = routes[method](reference, call)
    if asyncio.iscoroutine(done):
        await done


def _kept(call: Call) -> dict[str, Any]:
    """The responses that are kept, by id: each with its document, what was put in, and the turns before."""
    kept: dict[str, Any] = call.memory.setdefault("responses", {})
    return kept


def _found(call: Call) -> Any:
    name = call.path.split("/")[2]
    if name not in _kept(call):
        raise Refusal(404, f"Response with id '{name}' not found.")
    return _kept(call)[name]


def _read(reference: Any, call: Call) -> None:
    """Read the body of a request to a model, and check it."""
    reference.parse(call)
    reference.at("body", call)
    body = call.body
    for name in ("model", "input"):
        if body.get(name) is None:
            raise missing(name)
    if not isinstance(body["model"], str):
        raise Refusal(400, "Invalid type for 'model': expected a string.", param="model", code="invalid_type")
    if body["model"] not in call.settings.models:
        raise unknown_model(body["model"])
    before = _before(call)
    call.notes["before"] = before
    call.notes["input"] = items.expanded(body["input"], lambda name: _item(call, name))
    check_request(body, call.notes["input"], before, call.settings)


def _before(call: Call) -> list[dict[str, Any]]:
    """The items of the turns before this one."""
    name = call.body.get("previous_response_id")
    if name is None:
        return []
    if not isinstance(name, str) or name not in _kept(call):
        message = f"Previous response with id '{name}' not found."
        raise Refusal(400, message, param="previous_response_id", code="previous_response_not_found")
    kept = _kept(call)[name]
    return [*kept["before"], *kept["input"], *kept["document"]["output"]]


def _item(call: Call, name: str) -> dict[str, Any]:
    """An item of a response that is kept, by its id."""
    for kept in _kept(call).values():
        for item in (*kept["input"], *kept["document"]["output"]):
            if item.get("id") == name:
                return dict(item)
    raise Refusal(404, f"Item with id '{name}' not found.", param="input")


async def _create(reference: Any, call: Call) -> None:
    _read(reference, call)
    listen(call)
    reference.at("answers", call)
    document = made.response(call)
    kept = {"document": document, "input": items.named(call.notes["input"]), "before": call.notes["before"]}
    if document["store"]:
        _keep(call, kept)
    if not call.streamed:
        if call.settings.pace:
            await asyncio.sleep(call.settings.pace * sum(one.spent for one in call.answers))
        # What is kept is not what a fault makes of the answer.
        reference.send(call, json.loads(json.dumps(document)))
        return
    call.chunks = events(call, document)
    reference.at("chunks", call)
    call.events = [
        b"event: %s\ndata: %s\n\n"
        % (
            str(chunk.get("type")).encode(),
            json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"),
        )
        for chunk in call.chunks
    ]
    reference.at("events", call)
    call.response = HttpResponse(200, [("Content-Type", "text/event-stream; charset=utf-8")], reference.paced(call))
    call.response.set("Cache-Control", "no-cache")


def _keep(call: Call, kept: dict[str, Any]) -> None:
    every = _kept(call)
    every[kept["document"]["id"]] = kept
    while len(every) > KEPT:
        del every[next(iter(every))]


def _count(reference: Any, call: Call) -> None:
    _read(reference, call)
    listen(call, speak=False)
    reference.send(call, {"object": "response.input_tokens", "input_tokens": call.prompt_tokens})


def _get(reference: Any, call: Call) -> None:
    kept = _found(call)
    if call.request.query.get("stream", ["false"])[0] == "true":
        raise Refusal(400, "Only responses that were created in the background can be streamed later.", param="stream")
    reference.send(call, json.loads(json.dumps(kept["document"])))


def _delete(reference: Any, call: Call) -> None:
    name = _found(call)["document"]["id"]
    del _kept(call)[name]
    reference.send(call, {"id": name, "object": "response", "deleted": True})


def _cancel(reference: Any, call: Call) -> None:
    _found(call)
    raise Refusal(400, "Cannot cancel a synchronous response.")


def _input_items(reference: Any, call: Call) -> None:
    query = {name: values[-1] for name, values in call.request.query.items()}
    put_in = list(_found(call)["input"])
    order, limit = query.get("order", "desc"), query.get("limit", "20")
    if order not in ("asc", "desc"):
        raise Refusal(400, f"Invalid value: '{order}'. Supported values are: 'asc', 'desc'.", param="order")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise Refusal(400, "Invalid 'limit': expected an integer from 1 to 100.", param="limit")
    if order == "desc":
        put_in.reverse()
    names = [item["id"] for item in put_in]
    after = query.get("after")
    if after is not None:
        if after not in names:
            raise Refusal(404, f"Item with id '{after}' not found.", param="after")
        put_in = put_in[names.index(after) + 1 :]
    page = put_in[: int(limit)]
    document = {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(put_in) > len(page),
    }
    reference.send(call, json.loads(json.dumps(document)))
