"""Faults of HTTP under Responses and Messages: redirects, lengths, letters, codings, odd JSON."""

from __future__ import annotations

import gzip

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.registry import fault

#: Where a protocol begins, and what its header with the id of a request is called.
PLACES = {"responses": "/responses", "messages": "/messages"}


def redirected(call: Call) -> None:
    """Send it elsewhere."""
    if call.streamed and call.response.status == 200:
        call.response.status, call.response.body = 307, b""
        call.response.set("Location", f"/v2{call.path}")


def two_lengths(call: Call) -> None:
    """Copy the headers of the answer that was to be sent."""
    if call.streamed and call.response.status == 200:
        call.response.set("Content-Length", "4096")


def latin1(call: Call) -> None:
    """Declare what frameworks once declared by themselves."""
    if call.response.status == 200 and not call.streamed:
        call.response.set("Content-Type", "application/json;charset=ISO-8859-1")


def compressed(call: Call) -> None:
    """Compress what nobody wanted compressed."""
    body = call.response.body
    if call.request.headers.get("accept-encoding") == "identity" and isinstance(body, bytes):
        call.response.body = gzip.compress(body)
        call.response.set("Content-Encoding", "gzip")


for _name, _where in PLACES.items():
    _cell = f"{_name}.transport"
    fault(
        f"{_name}.redirected",
        "Streams are redirected.",
        "response",
        {f"{_cell}.redirect": "broken"},
        blocks=(f"{_name}.*",),
        where=_where,
    )(redirected)
    fault(
        f"{_name}.two_lengths",
        "Streams in chunks tell a Content-Length too.",
        "response",
        {f"{_cell}.framing": "broken"},
        where=_where,
    )(two_lengths)
    fault(
        f"{_name}.latin1",
        "Answers are declared as Latin-1.",
        "response",
        {f"{_cell}.charset": "broken"},
        where=_where,
    )(latin1)
    fault(
        f"{_name}.gzip_unasked",
        "Answers are compressed unasked.",
        "response",
        {f"{_cell}.coding": "broken"},
        where=_where,
    )(compressed)


@fault(
    "messages.blanks",
    "A body that begins with blanks is refused.",
    "body",
    {"messages.transport.odd_json": "unsupported"},
    blocks=("messages.count.latest", "messages.versions.told_apart"),
    where="/messages",
)
def blanks(call: Call) -> None:
    """Look at the first byte."""
    if call.request.body[:1].isspace():
        raise Refusal(400, "A JSON object is expected.")


@fault(
    "messages.refused_streams_unnamed",
    "Refused streams have no request-id.",
    "response",
    {"messages.access.unique_request_id": "broken"},
    where="/messages",
)
def refused_streams_unnamed(call: Call) -> None:
    """Name them where they are answered."""
    if call.streamed and call.response.status >= 400:
        call.response.drop("request-id")


@fault(
    "messages.key_in_a_header",
    "A refused key comes back in a header.",
    "response",
    {"messages.access.no_echo": "broken"},
    where="/messages",
)
def key_in_a_header(call: Call) -> None:
    """Say whose fault it is."""
    if call.response.status == 401:
        call.response.set("x-rejected", call.request.headers.get("x-api-key", ""))


@fault(
    "messages.streams_accepted",
    "Streams come with 202.",
    "response",
    {"messages.message.status": "broken"},
    where="/messages",
)
def streams_accepted(call: Call) -> None:
    """Accept what is only begun."""
    if call.streamed and call.response.status == 200:
        call.response.status = 202


@fault("auth.header", "A refused key comes back in a header.", "response", {"http.auth.discreet_refusal": "broken"})
def header(call: Call) -> None:
    """Say whose fault it is."""
    if call.response.status == 401:
        call.response.set("x-rejected", call.request.headers.get("authorization", "").removeprefix("Bearer "))


@fault(
    "error.unknown_url_500",
    "An unknown URL makes the server fail.",
    "error",
    {"http.error.unknown_url": "broken", "messages.error.unknown_url": "broken"},
    also=("messages",),
)
def unknown_url_500(call: Call) -> None:
    """Not find the page that says that nothing was found."""
    if call.error is not None and call.error.code == "unknown_url" and "no-such-path" in call.request.path:
        call.response.status = 500


@fault(
    "error.not_gzip",
    "Refusals are declared as gzip, and are not.",
    "response",
    {"http.error.clients_fault": "broken"},
    blocks=("*",),
)
def not_gzip(call: Call) -> None:
    """Copy the headers of what was to be sent."""
    if call.response.status >= 400:
        call.response.set("Content-Encoding", "gzip")
