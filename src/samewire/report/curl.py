"""The command that sends a recorded request again: it runs as pasted into bash or zsh, once the key's variable is set.

The body is the very bytes that were sent. It stands in a quoted here-document, where the shell touches nothing; bytes
that a terminal would act on, or that are no text, go through base64.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from samewire.bodies import MOST, body_of
from samewire.inert import visible

__all__ = ["FALLBACK", "curl", "folded", "pairs_of", "variable_of"]

#: The variable of an endpoint whose key has no variable of its own.
FALLBACK = "API_KEY"

_KEY = "{key}"
_BREAK = " \\\n  "
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Text that means the same to a shell with or without quotes.
_BARE = re.compile(r"[A-Za-z0-9_./:@%+=,-]+")
#: Text that means the same within double quotes, in an interactive shell too, where ``!`` recalls history.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=,?&;() -]*")
#: What a header's name may be. Of one that begins with ``@`` curl would read a file.
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
#: Up to eight characters over and over.
_REPEATED = re.compile(r"([^\n]{1,8}?)\1{999,}")
#: curl adds these on its own; an empty one takes them away again.
_ADDED = ("Accept", "User-Agent")


def variable_of(name: str) -> str:
    """The name as that of an environment variable; ``API_KEY`` if it can't be one."""
    return name if _VARIABLE.fullmatch(name) else FALLBACK


def pairs_of(headers: object) -> list[tuple[str, str]]:
    """Names and values of headers as a record holds them; whatever is no pair is passed over."""
    pairs = headers if isinstance(headers, (list, tuple)) else ()
    return [(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, (list, tuple)) and len(pair) == 2]


def curl(wire: Mapping[str, Any], variable: str) -> str:
    """The command for a recorded request; empty if it would be too long.

    Args:
        wire: the record's ``wire`` of an exchange: method, url, headers, body.
        variable: the environment variable that holds the key; the command reads it and nothing else.
    """
    method, url = str(wire.get("method", "GET")), str(wire.get("url", ""))
    body = body_of(wire.get("body"))
    name = variable_of(variable)
    headers = [pair for pair in pairs_of(wire.get("headers")) if _TOKEN.fullmatch(pair[0])]
    first = ["curl", *_options(method, url, headers, body), *_address(url, name)]
    lines = [" ".join(first), *(f"-H {_word(line, name)}" for line in _header_lines(headers, body))]
    if body is None:
        return _BREAK.join(lines)
    before, after = _document(body)
    command = before + _BREAK.join([*lines, "--data-binary @-"]) + after
    return command if len(command) <= MOST else ""


def _address(url: str, variable: str) -> Iterator[str]:
    if not url.startswith("http"):
        yield "--url"  # so that it can't be taken for an option
    yield _word(url, variable)


def _options(method: str, url: str, headers: list[tuple[str, str]], body: bytes | None) -> Iterator[str]:
    yield "-sS"
    yield "-I" if method == "HEAD" else "-i"
    if body is not None and re.search(rb'"stream"\s*:\s*true', body):
        yield "-N"
    if any(name.lower() == "accept-encoding" for name, _ in headers):
        yield "--compressed"
    if re.search(r"[][{}]", url):
        yield "--globoff"
    if re.search(r"/\.\.?(/|$|\?)", url):
        yield "--path-as-is"
    if method not in ("HEAD", "POST" if body is not None else "GET"):
        yield f"-X {_word(method, FALLBACK)}"


def _header_lines(headers: list[tuple[str, str]], body: bytes | None) -> Iterator[str]:
    told = {name.lower() for name, _ in headers}
    for name, value in headers:
        yield f"{name}: {value}" if value.strip() else f"{name};"
    for name in (*_ADDED, *(("Content-Type",) if body is not None else ())):
        if name.lower() not in told:
            yield f"{name}:"


def _word(text: str, variable: str) -> str:
    """The text as one word of the shell's; ``{key}`` becomes the variable's value."""
    if _KEY not in text:
        return text if _BARE.fullmatch(text) else _quoted(text)
    if _PLAIN.fullmatch(text.replace(_KEY, "")):
        name = f"${variable}" if not re.search(r"\{key\}\w", text) else f"${{{variable}}}"
        return f'"{text.replace(_KEY, name)}"'
    return f'"${variable}"'.join(_quoted(part) if part else "" for part in text.split(_KEY))


def _quoted(text: str) -> str:
    if _harmless(text):
        return "'" + text.replace("'", "'\\''") + "'"
    data = text.encode("utf-8", "surrogatepass")
    return "$'" + "".join(chr(b) if 32 <= b < 127 and b not in b"'\\" else f"\\x{b:02x}" for b in data) + "'"


def _document(body: bytes) -> tuple[str, str]:
    """What comes before and after the command so that it reads exactly these bytes."""
    text = _text(body)
    if text is None:
        coded = base64.encodebytes(body).decode("ascii") or "\n"
        return "base64 -d <<'BASE64' | ", f"\n{coded}BASE64"
    if len(folds := folded(text)) > 1:
        return f"{{ {' '.join(f'{_said(*one)};' for one in folds)} }} | ", ""
    end = "JSON"
    while end in text.split("\n"):
        end += "_"
    if text.endswith("\n"):
        return "", f" <<'{end}'\n{text}{end}"
    # A here-document ends with a line feed, which these bytes don't: the pipe takes it away again.
    strip = f"head -c {len(body)}" if "\n" in text else "tr -d '\\n'"
    return f"{strip} <<'{end}' | ", f"\n{text}\n{end}"


def folded(text: str) -> list[tuple[str, int]]:
    """A text as pieces, each with how often it stands there: of a large one, what is repeated is taken together."""
    folds: list[tuple[str, int]] = []
    at = 0
    for found in _REPEATED.finditer(text) if len(text) > MOST else ():
        folds += [(text[at : found.start()], 1), (found[1], len(found[0]) // len(found[1]))]
        at = found.end()
    return [one for one in (*folds, (text[at:], 1)) if one[0]]


def _said(text: str, times: int) -> str:
    if times == 1:
        return f"printf %s {_quoted(text)}"
    return f"yes {_quoted(text)} | tr -d '\\n' | head -c {len(text.encode()) * times}"


def _text(body: bytes) -> str | None:
    """The body as text that can be pasted, or None."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text and _harmless(text) else None


def _harmless(text: str) -> bool:
    """Whether a terminal takes the text as it is when it is pasted; a tab would complete names."""
    return "\t" not in text and visible(text) == text
