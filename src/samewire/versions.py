"""What a server tells of its own version: in the headers of its answers, and by its system's fingerprint."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from samewire.inert import one_line, shortened
from samewire.run import Run

__all__ = ["versions"]

#: A header that tells the version of a program: not that of an API, which is asked for.
_HEADER = re.compile(r"x-(?!.*api)[a-z-]+-version|server", re.IGNORECASE)
_FINGERPRINT = re.compile(r'"system_fingerprint"\s*:\s*"([^"\\]{1,80})"')


def versions(run: Run) -> dict[str, str]:
    """The versions that servers tell of themselves, by endpoint; what changes within a run is none."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (endpoint, _), line in run.exchanges.items():
        for kind, value in _told(line):
            seen[endpoint][kind][value] += 1
    found = {}
    for endpoint, kinds in seen.items():
        steady = dict.fromkeys(one_line(value) for values in kinds.values() for value in values if len(values) == 1)
        if told := [value for value in steady if any(sign.isdigit() for sign in value)]:
            found[endpoint] = shortened(", ".join(told), 120)
    return found


def _told(line: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the last attempt of an exchange tells, each by what it stands in."""
    attempts = line.get("attempts")
    last = attempts[-1] if isinstance(attempts, (list, tuple)) and attempts else {}
    if not isinstance(last, Mapping):
        return
    headers = last.get("headers")
    for pair in headers if isinstance(headers, (list, tuple)) else ():
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and _HEADER.fullmatch(str(pair[0])):
            yield str(pair[0]).lower(), str(pair[1])
    body = last.get("body")
    if isinstance(body, str) and (found := _FINGERPRINT.search(body)):
        yield "fingerprint", found[1]
