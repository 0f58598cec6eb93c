"""Other ways to cut calls and to fail for a moment, all of them conformant."""

from __future__ import annotations

from samewire.reference.call import Call
from samewire.reference.errors import Refusal
from samewire.reference.faults.messages.partly import LATEST, error_body, now_and_then, version
from samewire.reference.faults.messages.registry import messages as whole
from samewire.reference.variants.messages import variant


def _cut_calls(call: Call) -> list[dict[str, object]]:
    forced = (call.body.get("tool_choice") or {}).get("type") in ("any", "tool")
    return [one for one in whole(call) if forced and one["stop_reason"] == "max_tokens"]


@variant("cut_calls_dropped", "Of a call that is cut off, nothing is left.", "document")
def cut_calls_dropped(call: Call) -> None:
    """Show no half call."""
    for one in _cut_calls(call):
        one["content"] = []


@variant("cut_calls_told", "A call that is cut off is text.", "document")
def cut_calls_told(call: Call) -> None:
    """Show what there is."""
    for one in _cut_calls(call):
        one["content"] = [{"type": "text", "text": '{"name":'}]


@variant(
    "one_version",
    "The version 2026-10-21 is refused.",
    "body",
    "versions.latest",
    blocks=("versions.*", "count.latest"),
)
def one_version(call: Call) -> None:
    """Know one."""
    if version(call) == LATEST:
        raise Refusal(400, f"anthropic-version: {LATEST} is not a valid version")


@variant("busy", "Now and then a request is refused with 529.", "request")
def busy(call: Call) -> None:
    """Be overloaded for a moment."""
    now_and_then(call, 529, error_body("overloaded_error"))


@variant("pausing", "Now and then a request is refused with 429, and when to come again is said.", "request")
def pausing(call: Call) -> None:
    """Want a break."""
    now_and_then(call, 429, error_body("rate_limit_error"), ("Retry-After", "0.1"))


@variant("proxied", "Now and then a proxy can't reach the server, and says so in HTML.", "request")
def proxied(call: Call) -> None:
    """Be away for a moment."""
    now_and_then(call, 502, b"<html><h1>502 Bad Gateway</h1></html>", ("Content-Type", "text/html"))
