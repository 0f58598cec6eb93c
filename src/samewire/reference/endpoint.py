"""The reference endpoint: routes, keys, errors and headers, with a place for faults at every stage."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any

from samewire.reference import chat, completions, embeddings, messages, responses
from samewire.reference.call import Call, Configuration, Fault
from samewire.reference.errors import Refusal, missing, unknown_model, unknown_url
from samewire.reference.server import HttpRequest, HttpResponse, Listener, listen

__all__ = ["Reference"]

CREATED = 1_700_000_000
CHAT, RESPONSES, MESSAGES = "/chat/completions", "/responses", "/messages"
#: Protocols with several paths, each with a module of its own: where they begin.
SURFACES = {RESPONSES: responses, MESSAGES: messages}
#: Stages that a fault has at its own path alone.
INNER = ("body", "answers", "chunks", "events")
LIMITS = (
    ("x-ratelimit-limit-requests", "10000"),
    ("x-ratelimit-limit-tokens", "2000000"),
    ("x-ratelimit-remaining-requests", "9999"),
    ("x-ratelimit-remaining-tokens", "1999900"),
    ("x-ratelimit-reset-requests", "6ms"),
    ("x-ratelimit-reset-tokens", "1s"),
)


class Reference:
    """A conformant endpoint, or a faulty twin of it.

    Args:
        faults: the deviations it shows; legal variants are told the same way.
        settings: how it is set up.
    """

    def __init__(self, faults: Sequence[Fault] = (), settings: Configuration | None = None) -> None:
        self.settings = settings or Configuration()
        self.faults = faults
        for fault in faults:
            self.settings = replace(self.settings, **fault.configure)
        self.calls = 0
        #: What faults remember from one call to the next.
        self.memory: dict[str, Any] = {}

    async def serve(self, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None) -> Listener:
        """Listen on a port (0 lets the system choose one), with a context over TLS."""
        self.listener = await listen(self.handle, host, port, context)
        return self.listener

    async def _die(self, seconds: float | None) -> None:
        """Drop all that is open and listen no more, or (after so many seconds) anew."""
        sockets = self.listener.server.sockets
        if not sockets:  # it is closed already
            return
        place = sockets[0].getsockname()[:2]
        await self.listener.close()
        if seconds is not None:
            # Meanwhile the port is kept: the system would give it to whoever connects to somebody else.
            with socket.socket() as kept:
                kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                kept.bind(place)
                await asyncio.sleep(seconds)
            anew = await listen(self.handle, *place)
            self.listener.server, self.listener.open = anew.server, anew.open

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        call = Call(request, self.settings, number=self.calls, memory=self.memory)
        self.calls += 1
        self.memory["inside"] = self.memory.get("inside", 0) + 1
        try:
            return await self._answer(call)
        finally:
            self.memory["inside"] -= 1

    async def _answer(self, call: Call) -> HttpResponse:
        try:
            self.at("request", call)
            await self._route(call)
        except Refusal as refusal:
            call.error = refusal
            self._fail(call)
        if "dies" in call.notes:
            self.memory["dying"] = asyncio.create_task(self._die(call.notes["dies"]))
        if "hang" in call.notes:
            await asyncio.sleep(call.notes["hang"])
        self._finish(call)
        response: HttpResponse = call.notes.get("instead", call.response)
        return response

    def at(self, stage: str, call: Call) -> None:
        """Let the faults of a stage step in."""
        for fault in self.faults:
            anywhere = fault.where == CHAT and stage not in INNER
            if fault.stage == stage and (anywhere or _below(call.path, fault.where)):
                fault.apply(call)

    def _fail(self, call: Call) -> None:
        assert call.error is not None
        shaped = messages.error if _below(call.path, MESSAGES) else lambda refusal: refusal.document
        call.document = shaped(call.error)
        call.response = HttpResponse(call.error.status, list(call.error.headers))
        try:
            self.at("error", call)
        except Refusal as other:
            call.error, call.document = other, shaped(other)
            call.response = HttpResponse(other.status, list(other.headers))
        self.json(call)

    def _finish(self, call: Call) -> None:
        response = call.response
        response.set("x-request-id", f"req_{secrets.token_hex(16)}")
        response.set("openai-version", "2020-10-01")
        response.set("openai-processing-ms", "3")
        if self.settings.limits and call.request.method == "POST" and response.status == 200:
            response.headers += LIMITS
        if response.status == 401:
            response.set("WWW-Authenticate", "Bearer")
        origin = call.request.headers.get("origin")
        if origin:
            response.set("Access-Control-Allow-Origin", "*")
            response.set("Access-Control-Expose-Headers", "x-request-id")
        self.at("response", call)

    def json(self, call: Call) -> None:
        """Write the document as the response's body."""
        text = json.dumps(call.document, ensure_ascii=False, separators=(",", ":"))
        call.response.body = text.encode("utf-8", "surrogatepass")
        call.response.set("Content-Type", "application/json")

    async def _route(self, call: Call) -> None:
        request = call.request
        path = request.path.removeprefix(self.settings.base) if request.path.startswith(self.settings.base) else ""
        for place, surface in SURFACES.items():
            if _below(path, place):
                await surface.answer(self, call)
                return
        routes: dict[str, tuple[str, Callable[[Call], Any]]] = {
            "/models": ("GET", self._models),
            "/chat/completions": ("POST", self._chat),
            "/completions": ("POST", self._completion),
            "/embeddings": ("POST", self._embeddings),
        }
        if path.startswith("/models/"):
            routes[path] = ("GET", self._model)
        if path not in routes:
            raise unknown_url(request.method, request.path)
        method, answer = routes[path]
        if request.method == "OPTIONS":
            call.response = HttpResponse(204)
            call.response.set("Access-Control-Allow-Methods", f"{method}, OPTIONS")
            call.response.set("Access-Control-Allow-Headers", "authorization, content-type, x-stainless-lang")
            return
        if request.method != method:
            message = f"Not allowed to {request.method} on {request.path}."
            raise Refusal(405, message, code="method_not_supported", headers=(("Allow", method),))
        self.authorise(call)
        done = answer(call)
        if asyncio.iscoroutine(done):
            await done

    def authorise(self, call: Call) -> None:
        """Refuse whoever doesn't show the key as Bearer."""
        if self.settings.key is None or call.notes.get("authorised"):
            return
        scheme, _, key = call.request.headers.get("authorization", "").partition(" ")
        if not scheme:
            message = "You didn't provide an API key. Provide it in an Authorization header: Bearer YOUR_KEY."
            raise Refusal(401, message)
        if scheme.lower() != "bearer" or key.strip() != self.settings.key:
            shown = f"{key[:3]}***{key[-4:]}" if len(key) > 12 else "***"
            raise Refusal(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")

    def send(self, call: Call, document: Any) -> None:
        """Answer with a JSON document."""
        call.document = document
        self.at("document", call)
        self.json(call)

    def _models(self, call: Call) -> None:
        self.send(call, {"object": "list", "data": [self._described(name) for name in self.settings.models]})

    def _model(self, call: Call) -> None:
        name = call.request.path.removeprefix(f"{self.settings.base}/models/")
        if name not in self.settings.models:
            raise unknown_model(name)
        self.send(call, self._described(name))

    def _described(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": CREATED, "owned_by": "reference"}

    def parse(self, call: Call) -> None:
        """Read the body as a JSON object."""
        kind = call.request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in ("application/json", ""):
            raise Refusal(415, f"Unsupported media type '{kind}': application/json is expected.")
        try:
            call.body = json.loads(call.request.body)
        except (ValueError, RecursionError):
            message = "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload."
            raise Refusal(400, message) from None
        if not isinstance(call.body, dict):
            raise Refusal(400, "The body of your request is not a JSON object.")

    def _read(self, call: Call) -> None:
        """Read the body of a request to a model."""
        self.parse(call)
        self.at("body", call)
        if "model" not in call.body:
            raise missing("model")
        if not isinstance(call.body["model"], str):
            raise Refusal(400, "Invalid type for 'model': expected a string.", param="model", code="invalid_type")
        if call.chat and "messages" not in call.body:
            raise missing("messages")
        if call.body["model"] not in self.settings.models:
            raise unknown_model(call.body["model"])

    def _embeddings(self, call: Call) -> None:
        self._read(call)
        self.send(call, embeddings.document(call))

    async def _completion(self, call: Call) -> None:
        self._read(call)
        completions.answer(call)
        await self.spoken(call, completions.document, completions.chunks)

    async def _chat(self, call: Call) -> None:
        self._read(call)
        chat.answer(call)
        await self.spoken(call, chat.document, chat.chunks)

    async def spoken(self, call: Call, document: Callable[[Call], Any], chunks: Callable[[Call], Any]) -> None:
        """Send what the model said, whole or as a stream."""
        self.at("answers", call)
        if not call.streamed:
            if self.settings.pace:
                await asyncio.sleep(self.settings.pace * sum(one.spent for one in call.answers))
            self.send(call, document(call))
            return
        call.chunks = chunks(call)
        self.at("chunks", call)
        call.events = [
            b"data: %s\n\n"
            % json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
            for chunk in call.chunks
        ]
        call.events.append(b"data: [DONE]\n\n")
        self.at("events", call)
        call.response = HttpResponse(200, [("Content-Type", "text/event-stream; charset=utf-8")], self.paced(call))
        call.response.set("Cache-Control", "no-cache")

    async def paced(self, call: Call) -> AsyncIterator[bytes]:
        """The stream's events, at the pace of the model."""
        self.memory["unread"] = self.memory.get("unread", 0) + 1
        for event in call.events:
            yield event
            await asyncio.sleep(self.settings.pace)
        await asyncio.sleep(call.notes.get("linger", 0))
        # Where a client hangs up, this is not reached.
        self.memory["unread"] -= 1


def _below(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
