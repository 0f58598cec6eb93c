"""samewire: is it the same on the wire? Conformance tests for endpoints that call themselves OpenAI-compatible.

These are the names that suites are written in; a check file imports nothing else.
"""

from samewire.attempt import CHUNK, dated
from samewire.exchange import OTHER_BLAME, Exchange
from samewire.findings import Findings, Stop
from samewire.message import assistant, developer, image, system, text, tool_result, user
from samewire.placeholders import FAR_TOO_LONG, NO_PICTURE, WORDS
from samewire.request import (
    CAP,
    DELETE,
    GET,
    IMAGE_URL,
    LIMIT,
    MODEL,
    OMIT,
    OPTIONS,
    POST,
    Request,
)
from samewire.requirement import CORE, FULL, MAY, MUST, SHOULD, SMOKE, check
from samewire.saying import counts, honoured, observed, seen, shown
from samewire.scenario import Every, Preflight, Scenario, Steps, preflight, scenario
from samewire.schema import conforms_to
from samewire.trust import trust
from samewire.verdict import Blocked, Broken, Ignored, Inconclusive, Unsupported

__version__ = "0.1.0"

__all__ = [
    "CAP",
    "CHUNK",
    "CORE",
    "DELETE",
    "FAR_TOO_LONG",
    "FULL",
    "GET",
    "IMAGE_URL",
    "LIMIT",
    "MAY",
    "MODEL",
    "MUST",
    "NO_PICTURE",
    "OMIT",
    "OPTIONS",
    "OTHER_BLAME",
    "POST",
    "SHOULD",
    "SMOKE",
    "WORDS",
    "Blocked",
    "Broken",
    "Every",
    "Exchange",
    "Findings",
    "Ignored",
    "Inconclusive",
    "Preflight",
    "Request",
    "Scenario",
    "Steps",
    "Stop",
    "Unsupported",
    "assistant",
    "check",
    "conforms_to",
    "counts",
    "dated",
    "developer",
    "honoured",
    "image",
    "observed",
    "preflight",
    "scenario",
    "seen",
    "shown",
    "system",
    "text",
    "tool_result",
    "trust",
    "user",
]
