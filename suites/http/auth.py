"""Authentication: the key is taken as Bearer, and anything else is refused."""

from __future__ import annotations

import hashlib

from samewire import FULL, MUST, SHOULD, SMOKE, Every, Exchange, Steps, check, scenario, seen

from ..chat.careful import CAREFUL, SMALL
from ..chat.packing import packed
from ..chat.preflight import KEY, PREFLIGHT, reached
from ..chat.requests import HELLO, STREAM
from ..completions.requests import METERED as COMPLETED
from ..completions.requests import TEXT
from ..embeddings.requests import ONE as EMBEDDED
from .carried import repeated

#: For a stream: who answers those by another way may ask nobody there.
WITHOUT_KEY = STREAM.with_key("none").after(HELLO)
#: It begins as the right one does, which is all that some look at.
WRONG_KEY = HELLO.with_key("longer")


@check(KEY, MUST, of=PREFLIGHT, spec="HTTP-AUTH-001", required=True, depth=SMOKE)
def test_the_key_is_accepted(exchange: Exchange) -> None:
    """A request that carries the key as `Authorization: Bearer`, or as the provider says, MUST be let in."""
    reached(exchange, KEY)


@check("http.auth.missing_key", SHOULD, of=WITHOUT_KEY, spec="HTTP-AUTH-003 ERR-CASE-001", needs=("key",))
def test_a_request_without_a_key_is_refused(exchange: Exchange) -> None:
    """A request without a key, for a stream as well, SHOULD be refused with 401."""
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}"


@check("http.auth.wrong_key", SHOULD, of=WRONG_KEY, spec="HTTP-AUTH-003 ERR-CASE-002", needs=("key",), depth=SMOKE)
def test_a_wrong_key_is_refused(exchange: Exchange) -> None:
    """A request with a key that was never issued, the right one with a letter more, SHOULD be refused with 401."""
    # Nobody's key has no account whose balance could be used up.
    assert exchange.status != 402, "refused with 402"
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}"


#: No credentials: a key without a scheme, which nobody was given besides.
MALFORMED = HELLO.with_key("malformed")


@check("http.auth.malformed_key", SHOULD, of=MALFORMED, spec="HTTP-AUTH-003", needs=("key",), depth=FULL)
def test_credentials_without_a_scheme_are_refused(exchange: Exchange) -> None:
    """An `Authorization` header that is no credentials SHOULD be refused with 401."""
    status = exchange.rejected().status
    assert status in (400, 401), f"refused with {status}"


#: Every refusal, of which those of wrong keys are judged.
REFUSED = Every(witness=(WRONG_KEY, MALFORMED), statuses=range(400, 500))

#: Where keys are looked at the least.
WRONG_ELSEWHERE, WRONG_BEFORE = EMBEDDED.with_key("wrong"), COMPLETED.with_key("wrong").after(TEXT)


@scenario(WRONG_KEY, WRONG_ELSEWHERE)
def wrong_everywhere() -> Steps:
    """A wrong key for words, and one for embeddings."""
    yield WRONG_KEY
    yield WRONG_ELSEWHERE


@scenario(WRONG_KEY, WRONG_BEFORE)
def wrong_before() -> Steps:
    """A wrong key for words, and one for a stream of legacy completions."""
    yield WRONG_KEY
    yield WRONG_BEFORE


@check(
    "http.auth.embeddings",
    SHOULD,
    of=wrong_everywhere,
    spec="HTTP-AUTH-003 ERR-CASE-002",
    needs=("key",),
    depth=FULL,
)
def test_a_wrong_key_is_refused_for_embeddings(exchange: Exchange) -> None:
    """A request for embeddings with a key that was never issued SHOULD be refused as elsewhere."""
    refused_too(exchange)


@check("http.auth.completions", SHOULD, of=wrong_before, spec="HTTP-AUTH-003 ERR-CASE-002", needs=("key",), depth=FULL)
def test_a_wrong_key_is_refused_for_completions(exchange: Exchange) -> None:
    """A request for legacy completions with a key that was never issued SHOULD be refused as elsewhere."""
    refused_too(exchange)


def refused_too(exchange: Exchange) -> None:
    """Say *ignored* if a wrong key is taken here, and refused elsewhere."""
    seen(exchange.before[0].status == 401, "a wrong key is not refused with 401 elsewhere either")
    status = exchange.rejected().status
    assert status == 401, f"refused with {status}"


@check(
    "http.auth.scheme_case",
    SHOULD,
    of=packed(CAREFUL, SMALL),
    spec="HTTP-AUTH-002",
    needs=("key", "bearer"),
    depth=FULL,
)
def test_the_scheme_is_read_in_any_case(exchange: Exchange) -> None:
    """The scheme's name SHOULD be read in any case: `bearer` is `Bearer`."""
    exchange.accepted()


@check("http.auth.no_echo", SHOULD, of=Every(witness=(HELLO,), statuses=range(100, 600)), spec="HTTP-AUTH-006")
def test_the_key_never_comes_back(exchange: Exchange) -> None:
    """The key SHOULD never be part of an answer, whole."""
    seen(exchange.request.key != "longer", "it came back as a part of another one, which was refused")
    assert not exchange.leaked, f"the key came back in the {' and the '.join(exchange.leaked)}"


@check("http.auth.discreet_refusal", SHOULD, of=REFUSED, spec="HTTP-AUTH-006", needs=("key",))
def test_a_refused_key_is_not_disclosed(exchange: Exchange) -> None:
    """A refusal SHOULD NOT repeat the refused key whole, nor a digest of it."""
    seen(exchange.request.key in ("wrong", "longer", "malformed"), "it is not the key that is refused")
    assert exchange.request.key != "longer" or not exchange.leaked, "the refused key is repeated whole"
    sent = dict(exchange.wire.headers).get("Authorization", "").removeprefix("Bearer ")
    assert not sent or not repeated(exchange, sent), "the refused key is repeated whole"
    digest = hashlib.sha256(sent.encode()).hexdigest()
    assert not repeated(exchange, digest), "a SHA-256 digest of the refused key is disclosed"
