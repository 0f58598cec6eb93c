"""docs/security.md, made of the list of behaviours."""

from __future__ import annotations

from collections.abc import Iterator

from samewire.attempt import DEPTH, VALUES
from samewire.retry import MAX_WAIT
from samewire.sending import SILENCES
from samewire.transport import EVIDENCE, MAX_BODY, MAX_LINES
from samewire.watching import PATIENCE

from .behaviours import GROUPS, TEXTS, Behaviour

INTRODUCTION = f"""# Security

Made by `python -m tests.hostile > docs/security.md`; a test fails while it is stale.

samewire sends a key to a server that nobody has vetted, and puts what comes back into files that people open. This is
what it keeps to, and what the tests hold it to (`tests/test_transport.py`, `tests/test_hostile.py`,
`tests/test_no_trace.py`, `tests/report/`):

- **Time and memory are bounded.** Every attempt ends within the provider's `timeout`. Of a body, unpacked,
  {MAX_BODY // 2**20} MiB and {MAX_LINES:,} lines are taken, and of one that is larger {EVIDENCE // 1024} KiB are kept.
  JSON is read up to {VALUES:,} values and {DEPTH} levels.
- **Nobody makes a run wait for long.** A `Retry-After` or a renewal more than {MAX_WAIT:g} s away is not waited for,
  and limits that are told and never renewed are not believed. A server that dies is waited for {PATIENCE:g} s; one
  that lets {SILENCES} requests in a row run out of time, or refuses even what it had answered before, is given up.
- **Nothing is sent at once that wasn't asked for**: a burst has to be opted for, and is of 32 requests at most.
- **Every cell has a verdict**, whatever comes: what can't be judged is *inconclusive*, and never an error of ours.
- **The key goes to the base URL's origin and nowhere else.** No redirect is followed, no cookie kept, no header that
  names another place obeyed. The key stands in no URL that is written, in no log, no record and no report: it is masked
  by value, in every form it may come back in, also in halves.
- **Nothing in a report is executed**: not in a browser, a terminal, a spreadsheet, a comment or a build's log.
- **The other endpoints of a run don't notice.**

Each server below was run against beside a healthy one, whose column stayed as it is.
"""

#: What is said of a failure of each kind.
SAID = {
    "timeout": "inconclusive: no complete answer in time",
    "too large": "broken: the body goes on beyond the bound",
    "protocol": "broken: it broke HTTP",
    "decoding": "broken: the body is not what its Content-Encoding says",
    "reset": "inconclusive: the connection broke off",
    "tls": "inconclusive: no secure connection",
}


def page() -> str:
    """The page."""
    return INTRODUCTION + "".join(f"\n{line}" for line in _lines()) + "\n"


def _lines() -> Iterator[str]:
    count = sum(len(group) for group in GROUPS.values())
    yield f"## {count} ways to misbehave"
    for name, group in GROUPS.items():
        yield from ("", f"### {name}", "", "| the server | what is said of it |", "| --- | --- |")
        yield from (f"| {what} | {_said(what, one)} |" for what, one in group.items())


def _said(name: str, one: Behaviour) -> str:
    if one.kind:
        return SAID[one.kind]
    if name in TEXTS:
        return "judged as any answer; shown as text"
    return "judged as any answer" if one.status == 200 else f"judged as any answer with status {one.status}"
