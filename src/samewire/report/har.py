"""har/: every exchange of an endpoint as an HTTP archive, for a browser's tools and whatever else reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from samewire.bodies import body_of
from samewire.report.badge import file_names
from samewire.report.curl import pairs_of, variable_of
from samewire.report.evidence import mapping, number, sequence
from samewire.report.provenance import measured_with
from samewire.run import Column, Run

__all__ = ["render"]

#: Beyond this second, there are no days.
LATEST = 4e9


def render(run: Run) -> dict[str, str]:
    """The archives, by the names of their files."""
    made: dict[str, str] = {}
    names = file_names(column.name for column in run.columns)
    for column in run.columns:
        lines = (line for (owner, _), line in run.exchanges.items() if owner == column.name)
        entries = [entry for line in lines for entry in _entries(line, column)]
        creator = {"name": "samewire", "version": measured_with(run)}
        log = {"version": "1.2", "creator": creator, "entries": sorted(entries, key=lambda one: one["startedDateTime"])}
        made[f"{names[column.name]}.har"] = json.dumps({"log": log}, ensure_ascii=True, separators=(",", ":")) + "\n"
    return made


def _entries(line: Mapping[str, Any], column: Column) -> Iterator[dict[str, Any]]:
    """One for each attempt."""
    variable = f"${variable_of(column.key_variable)}"
    wire = mapping(line.get("wire"))
    url = str(wire.get("url")).replace("{key}", variable)
    body = body_of(wire.get("body"))
    headers = [(name, value.replace("{key}", variable)) for name, value in pairs_of(wire.get("headers"))]
    request: dict[str, Any] = {
        "method": str(wire.get("method")),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(body or b""),
    }
    if body is not None:
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        request["postData"] = {"mimeType": kind, "params": [], "text": body.decode("utf-8", "replace")}
    for attempt in sequence(line.get("attempts")):
        yield _entry(mapping(attempt), request, str(line.get("id")))


def _entry(attempt: Mapping[str, Any], request: dict[str, Any], name: str) -> dict[str, Any]:
    began = datetime.fromtimestamp(min(number(attempt.get("started")), LATEST), UTC).isoformat(timespec="milliseconds")
    answered, ended = number(attempt.get("answered")) * 1000, number(attempt.get("ended")) * 1000
    status = int(number(attempt.get("status")))
    headers = pairs_of(attempt.get("headers"))
    entry = {
        "startedDateTime": began.replace("+00:00", "Z"),
        "time": round(ended, 3),
        "request": request,
        "response": {
            "status": status,
            "statusText": _phrase(status),
            "httpVersion": str(attempt.get("version") or "HTTP/1.1"),
            "cookies": [],
            "headers": _pairs(headers),
            "content": _content(body_of(attempt.get("body")) or b"", headers),
            "redirectURL": next((value for key, value in headers if key.lower() == "location"), ""),
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": round(answered, 3), "receive": round(max(0.0, ended - answered), 3)},
        "_exchange": name,
    }
    if failure := mapping(attempt.get("failure")):
        entry["_error"] = entry["comment"] = str(failure.get("message"))
    return entry


def _content(data: bytes, headers: list[tuple[str, str]]) -> dict[str, Any]:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    try:
        return {"size": len(data), "mimeType": kind, "text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"size": len(data), "mimeType": kind, "text": base64.b64encode(data).decode(), "encoding": "base64"}


def _pairs(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
