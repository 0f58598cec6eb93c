"""The requests that checks of embeddings share, and the preflight that finds whether there are any."""

from __future__ import annotations

from samewire import OMIT, POST, Blocked, Every, Exchange, Findings, Steps, Stop, Unsupported, preflight

from ..chat.careful import CHARSET, PLAINLY
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
        if answer.json_problem and answer.media_type == "application/json":
            raise Stop(GIVEN, Blocked(f"the body is not JSON: {answer.json_problem}", cause="json"))
        raise Stop(GIVEN, Unsupported(f"POST embeddings was answered {answer.status}, and not with embeddings"))
    return Findings()


ONE = FIRST.after(PREFLIGHT)
#: The last one in letters of several scripts.
TEXTS = ["The quick brown fox.", "An entirely different sentence.", "Números: один, δύο, три, 四 🎉."]
THREE = ONE.but(input=TEXTS)
#: Of which some models make nothing.
SCRAPS = ["A", "?", "42", ":-)"]
BLANK = " "
#: The same in reverse, then one that begins as the first does, and the first once more.
TURNED = ONE.but(input=[*reversed(TEXTS), "The quick end of all good things.", TEXTS[0], *SCRAPS])
#: Beyond what most servers cut off in silence, 512 tokens or 4,096, and different only there.
LONG_TEXTS = [f"{'river stone ' * 2200}{end * 400}" for end in ("apple tree ", "iron wheel ")]
#: The last of the texts as it is where letters beyond ASCII are dropped.
BARE = TEXTS[2].encode("ascii", "ignore").decode()
#: What is much, servers like to compress; and these are more than ten.
#: Their letters that are not ASCII are escaped, and without that they are the same texts.
TURNED_LONG = (
    TURNED.but(input=[*TURNED.body["input"], BARE, BLANK, *LONG_TEXTS]).having(PLAINLY).written_oddly().after(ONE)
)
PACKED = ONE.but(encoding_format="base64")
#: More texts than a hundred, as many servers take at most, the first three once more at the end.
MASS = [*TEXTS, *(f"Text number {number}." for number in range(1, 123)), *TEXTS]
#: Short vectors of all of them, as base64: a short answer to much.
SHORT = THREE.but(input=MASS, dimensions=8, encoding_format="base64").after(ONE)
#: Three texts as base64, for who makes no short vectors or takes not as many.
THREE_PACKED = THREE.but(encoding_format="base64").after(ONE)
#: As many, whole, for who makes no short ones; and a few more than ten, for who writes no base64 either.
MANY = PACKED.but(input=MASS).after(ONE)
ELEVEN = ONE.but(input=[f"Text number {number}." for number in range(1, 12)])
#: Tokens, whatever they stand for, of which a short vector of plain numbers is made.
TOKENS = ONE.but(input=[1000, 1001, 1002])
SIZED = TOKENS.but(dimensions=8).after(ONE)
#: The first text once more: who asks is named, and so is the charset, no encoding is, and the scheme is `bearer`.
AGAIN_PLAIN = ONE.but(user="samewire", encoding_format=OMIT)
AGAIN = AGAIN_PLAIN.having(CHARSET).with_key("lowercase").after(ONE)

ALL = Every(witness=(ONE, THREE), path="embeddings", wrong=False)
