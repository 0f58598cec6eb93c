"""The Python that sends a recorded request again: nothing but the standard library, the key from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samewire.bodies import body_of
from samewire.inert import visible
from samewire.report.curl import folded, pairs_of, variable_of

__all__ = ["snippet"]

_KEY = "{key}"
#: Characters of a snippet; a longer one is no use to paste.
LONGEST = 20_000


def snippet(wire: Mapping[str, Any], variable: str) -> str:
    """The program for a recorded request; empty if it would be too long.

    Args:
        wire: the record's ``wire`` of an exchange: method, url, headers, body.
        variable: the environment variable that holds the key.
    """
    body = body_of(wire.get("body"))
    name = variable_of(variable)
    # urllib takes answers as they come, and unpacks none.
    headers = [pair for pair in pairs_of(wire.get("headers")) if pair[0].lower() != "accept-encoding"]
    lines = ["import os, urllib.error, urllib.request", "", "request = urllib.request.Request("]
    lines += [f"    {_text(str(wire.get('url', '')), name)},", f"    method={str(wire.get('method', 'GET'))!a},"]
    if body is not None:
        lines.append(f"    data={_bytes(body)},")
    lines += ["    headers={", *(f"        {key!a}: {_text(value, name)}," for key, value in headers), "    },", ")"]
    lines += [
        "try:",
        "    answer = urllib.request.urlopen(request, timeout=60)",
        "except urllib.error.HTTPError as refusal:",
        "    answer = refusal",
        "print(answer.status, answer.headers)",
        "for line in answer:",
        '    print(line.decode("utf-8", "backslashreplace"), end="", flush=True)',
    ]
    made = visible("\n".join(lines))
    return made if len(made) <= LONGEST else ""


def _text(value: str, variable: str) -> str:
    """A string's literal; the key's place is taken by the variable's value."""
    parts = [repr(part) if part.isascii() else ascii(part) for part in value.split(_KEY)]
    return f' + os.environ["{variable}"] + '.join(parts).replace("'' + ", "").replace(" + ''", "")


def _bytes(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return repr(body)
    parts = " + ".join(f"{part!a} * {times}" if times > 1 else f"{part!a}" for part, times in folded(text))
    return f"({parts}).encode()" if "+" in parts else f"{text!a}.encode()"
