"""The requests that checks of embeddings share, and the preflight that finds whether there are any."""

from __future__ import annotations

from samewire import POST, Every, Exchange, Findings, Steps, Stop, Unsupported, preflight

from ..chat.careful import PLAINLY
from ..chat.preflight import PREFLIGHT as CHAT
from ..chat.requests import HELLO
from ..http.same import unserved

GIVEN = "embeddings.vectors.given"
FIRST = POST("embeddings", input="The quick brown fox.", encoding_format="float")


@preflight("embeddings", FIRST, control=CHAT)
def PREFLIGHT() -> Steps:  # noqa: N802 - a constant to all who use it
    """Does the endpoint make embeddings with this model."""
    # A greeting in between tells whether the server is well, and fails at this alone.
    answer: Exchange = yield FIRST.after(HELLO)
    if not answer.ok:
        raise Stop(GIVEN, unserved(answer, "embeddings"))
    if not isinstance(answer.raw_json, dict) or "data" not in answer.raw_json:
        raise Stop(GIVEN, Unsupported(f"POST embeddings was answered {answer.status}, and not with embeddings"))
    return Findings()


ONE = FIRST.after(PREFLIGHT)
#: The last one in letters of several scripts.
TEXTS = ["The quick brown fox.", "An entirely different sentence.", "Números: один, δύο, три, 四 🎉."]
THREE = ONE.but(input=TEXTS)
#: The same in reverse, then one that begins as the first does, and the first once more.
TURNED = ONE.but(input=[*reversed(TEXTS), "The quick end of all good things.", TEXTS[0]])
#: Beyond what short-sighted servers cut off in silence, and different only there.
LONG_TEXTS = [f"{'river stone ' * 280}{end * 60}" for end in ("apple tree ", "iron wheel ")]
#: What is much, servers like to compress.
TURNED_LONG = TURNED.but(input=[*TURNED.body["input"], *LONG_TEXTS]).having(PLAINLY).after(ONE)
PACKED = ONE.but(encoding_format="base64")

ALL = Every(witness=(ONE, THREE), path="embeddings", wrong=False)
