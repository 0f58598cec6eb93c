"""Optional parameters: what is documented is taken, alone or together, and null stands for absence.

One request carries all of them with values that change nothing. Only if it is refused does each go out alone, so that
exactly the cell of what is refused shows it.
"""

from __future__ import annotations

from typing import Any

from samewire import FULL, MAY, SHOULD, Blocked, Exchange, Ignored, Scenario, Steps, Unsupported, check, scenario

from .careful import CAREFUL, NULLABLE, NULLS
from .likelihood import COLD
from .packing import packed
from .reading import completion, parsed, words
from .requests import HELLO, METERED
from .sampling import LARGE_AND_HOT
from .tool_choice import NONE_ODDLY

#: Parameter → a value that changes nothing.
NEUTRAL: dict[str, Any] = {
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "logit_bias": {},
    "seed": 7,
    "user": "samewire",
    "safety_identifier": "samewire",
    "prompt_cache_key": "samewire",
    "service_tier": "auto",
    "store": False,
    "metadata": {},
    "response_format": {"type": "text"},
    "n": 1,
    "stream": False,
    "stop": ["samewire-never", "samewire-nor-this", "samewire-nor-that", "samewire-not-at-all"],
}
TOGETHER = HELLO.but(**NEUTRAL)
IN_TEXT = HELLO.but(response_format={"type": "text"})


def one_of_many(name: str) -> Scenario:
    """All neutral parameters together, and if these are refused, this one alone."""
    return packed(TOGETHER, HELLO.but(**{name: NEUTRAL[name]}))


@check("chat.parameters.top_p", SHOULD, of=one_of_many("top_p"), spec="CHAT-REQ-004")
def test_top_p_is_taken(exchange: Exchange) -> None:
    """`top_p`, a number from 0 to 1, SHOULD be taken."""
    exchange.accepted()


@check(
    "chat.parameters.top_p_zero",
    SHOULD,
    of=packed(COLD, HELLO.but(top_p=1).but(top_p=0)),
    spec="CHAT-REQ-004",
    depth=FULL,
)
def test_top_p_zero_is_taken(exchange: Exchange) -> None:
    """`top_p: 0`, the least there is, SHOULD be taken; models that don't sample refuse it."""
    exchange.accepted()


@check("chat.parameters.presence_penalty", SHOULD, of=one_of_many("presence_penalty"), spec="CHAT-REQ-011")
def test_presence_penalty_is_taken(exchange: Exchange) -> None:
    """`presence_penalty`, a number from -2 to 2, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.frequency_penalty", SHOULD, of=one_of_many("frequency_penalty"), spec="CHAT-REQ-011")
def test_frequency_penalty_is_taken(exchange: Exchange) -> None:
    """`frequency_penalty`, a number from -2 to 2, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.logit_bias", SHOULD, of=one_of_many("logit_bias"), spec="CHAT-REQ-012")
def test_logit_bias_is_taken(exchange: Exchange) -> None:
    """`logit_bias`, an object of token ids and biases, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.seed", SHOULD, of=one_of_many("seed"), spec="CHAT-REQ-015")
def test_seed_is_taken(exchange: Exchange) -> None:
    """`seed` SHOULD be taken; it promises nothing."""
    exchange.accepted()


@check("chat.parameters.user", MAY, of=one_of_many("user"), spec="CHAT-REQ-028")
def test_user_is_taken(exchange: Exchange) -> None:
    """`user` MAY be taken."""
    exchange.accepted()


@check("chat.parameters.safety_identifier", MAY, of=one_of_many("safety_identifier"), spec="CHAT-REQ-029", depth=FULL)
def test_safety_identifier_is_taken(exchange: Exchange) -> None:
    """`safety_identifier`, which stands for `user`, MAY be taken."""
    exchange.accepted()


@check("chat.parameters.prompt_cache_key", MAY, of=one_of_many("prompt_cache_key"), spec="CHAT-REQ-030", depth=FULL)
def test_prompt_cache_key_is_taken(exchange: Exchange) -> None:
    """`prompt_cache_key`, which stands for `user`, MAY be taken."""
    exchange.accepted()


@check("chat.parameters.service_tier", SHOULD, of=one_of_many("service_tier"), spec="CHAT-REQ-025", depth=FULL)
def test_service_tier_is_taken(exchange: Exchange) -> None:
    """`service_tier: "auto"`, the default, SHOULD be taken."""
    exchange.accepted()


@check(
    "chat.parameters.service_tier_default",
    SHOULD,
    of=packed(LARGE_AND_HOT, HELLO.but(service_tier="auto").but(service_tier="default")),
    spec="CHAT-REQ-025",
    depth=FULL,
)
def test_the_usual_tier_is_taken(exchange: Exchange) -> None:
    """`service_tier: "default"`, the usual one, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.service_tier_told", MAY, of=one_of_many("service_tier"), spec="CHAT-ENV-030", depth=FULL)
def test_the_tier_is_told(exchange: Exchange) -> None:
    """Asked for a `service_tier`, an answer MAY tell the one that was used."""
    if completion(exchange).get("service_tier") is None:
        raise Unsupported("no service_tier is told", reason="not offered")


@check("chat.parameters.store", MAY, of=one_of_many("store"), spec="CHAT-REQ-026", depth=FULL)
def test_store_is_taken(exchange: Exchange) -> None:
    """`store: false`, the default, MAY be taken."""
    exchange.accepted()


@check("chat.parameters.metadata", SHOULD, of=one_of_many("metadata"), spec="CHAT-REQ-027", depth=FULL)
def test_metadata_is_taken(exchange: Exchange) -> None:
    """`metadata`, an object of strings, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.n", SHOULD, of=one_of_many("n"), spec="CHAT-REQ-008", depth=FULL)
def test_one_choice_may_be_asked_for(exchange: Exchange) -> None:
    """`n: 1`, the default, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.stream", SHOULD, of=one_of_many("stream"), spec="CHAT-REQ-016", depth=FULL)
def test_no_stream_may_be_asked_for(exchange: Exchange) -> None:
    """`stream: false`, the default, SHOULD be taken."""
    exchange.accepted()


@check("chat.parameters.stop", SHOULD, of=one_of_many("stop"), spec="CHAT-REQ-009", depth=FULL)
def test_four_stops_are_taken(exchange: Exchange) -> None:
    """Up to four `stop` sequences SHOULD be taken."""
    exchange.accepted()


@scenario(HELLO, TOGETHER, spare=(IN_TEXT,))
def greeted_in_text() -> Steps:
    """A greeting, and one with all neutral parameters, the format `text` among them; if that is refused, it alone."""
    hello: Exchange = yield HELLO
    every: Exchange = yield TOGETHER
    if not every.ok:
        yield IN_TEXT
    return hello.ok and not isinstance(parsed(words(hello)), dict | list)


@check("chat.format.text", SHOULD, of=greeted_in_text, spec="CHAT-FMT-001 CHAT-REQ-018", again=2)
def test_text_is_taken(exchange: Exchange) -> None:
    """`response_format: {"type": "text"}`, the default, SHOULD be taken, and change nothing: no JSON comes of it."""
    said = words(exchange.accepted())
    if isinstance(parsed(said), dict | list) and exchange.found:
        raise Ignored(f"text was asked for, and JSON came, as it doesn't otherwise: {said[:60]!r}")


@scenario(CAREFUL, spare=(NULLS, *(HELLO.but(**{name: None}) for name in NULLABLE)))
def nulls() -> Steps:
    """All parameters null at once; if that is refused, one after the other until the culprit is found."""
    for every in (CAREFUL, NULLS):
        answer: Exchange = yield every
        if answer.ok:
            return "all"
    for name in NULLABLE:
        alone: Exchange = yield HELLO.but(**{name: None})
        if not alone.ok:
            return name
    return ""


@check("chat.parameters.null", SHOULD, of=nulls, spec="CHAT-REQ-036 CHAT-STR-033")
def test_null_is_absence(exchange: Exchange) -> None:
    """An optional parameter that is null SHOULD be taken as if it were absent."""
    if not exchange.found:
        raise Blocked("all nulls together were refused, and none alone")
    assert exchange.accepted().media_type != "text/event-stream", "`stream` was null, and a stream came"


OBSCURED = METERED.but(stream_options={"include_usage": True, "include_obfuscation": False})


@check(
    "chat.parameters.obfuscation",
    MAY,
    of=packed(NONE_ODDLY, OBSCURED),
    spec="CHAT-REQ-017",
    depth=FULL,
)
def test_obfuscation_may_be_declined(exchange: Exchange) -> None:
    """`stream_options.include_obfuscation`, which pads the pieces of a stream, MAY be taken."""
    exchange.accepted()
