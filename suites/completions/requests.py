"""The requests that checks of legacy completions share, and the preflight that finds whether there are any."""

from __future__ import annotations

from samewire import POST, Every, Exchange, Findings, Steps, Stop, Unsupported, preflight

from ..chat.preflight import PREFLIGHT as CHAT
from ..chat.requests import HELLO
from ..http.same import unserved

GIVEN = "completions.text.given"
FIRST = POST("completions", prompt="Count from 1 to 30: 1, 2, 3,", max_tokens=48)


@preflight("completions", FIRST, control=CHAT)
def PREFLIGHT() -> Steps:  # noqa: N802 - a constant to all who use it
    """Does the endpoint complete prompts."""
    # A greeting in between tells whether the server is well, and fails at this alone.
    answer: Exchange = yield FIRST.after(HELLO)
    if not answer.ok:
        raise Stop(GIVEN, unserved(answer, "completions"))
    if not isinstance(answer.raw_json, dict) or "choices" not in answer.raw_json:
        raise Stop(GIVEN, Unsupported(f"POST completions was answered {answer.status}, and not with a completion"))
    return Findings("max_tokens")


TEXT = FIRST.after(PREFLIGHT)
STREAM = TEXT.but(stream=True)
#: What the text will come to, and is to stop before: that of who counts on, and that of who says something else.
STOPS = ("9,", " the ")
METERED = TEXT.but(stream=True, stream_options={"include_usage": True}, stop=["samewire-never", *STOPS])

TEXTS = Every(witness=(TEXT,), path="completions", streamed=False, wrong=False)
STREAMS = Every(witness=(METERED,), path="completions", streamed=True, wrong=False)
