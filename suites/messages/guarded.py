"""What is only counted is looked at as what is sent: the key, and the model."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, Steps, check, scenario, seen

from .access import WRONG, WRONG_STREAM
from .counting import ALL, COUNTED
from .reading import refused
from .requests import STREAM

NULL, NULL_ALONE = ALL.wrong(model=None), COUNTED.wrong(model=None)
#: Some count before they look at keys.
WRONG_COUNT, WRONG_ALONE = ALL.with_key("wrong"), COUNTED.with_key("wrong")


@scenario(ALL, NULL, spare=(COUNTED, NULL_ALONE))
def counted_for_none() -> Steps:
    """A count for no model: of a conversation, or where that isn't counted, of a short question."""
    every: Exchange = yield ALL
    yield NULL if every.ok else NULL_ALONE


@check(
    "messages.count.no_model",
    SHOULD,
    of=counted_for_none,
    spec="MSG-CNT-001 MSG-REQ-001",
    depth=FULL,
    needs=("model",),
)
def test_a_count_needs_a_model(exchange: Exchange) -> None:
    """A request to `count_tokens` whose `model` is null SHOULD be refused: models count otherwise."""
    refused(exchange)


@scenario(STREAM, WRONG_STREAM, ALL, WRONG_COUNT, spare=(WRONG, COUNTED, WRONG_ALONE))
def wrong_both_ways() -> Steps:
    """A wrong key where a message is to be sent, and where it is to be counted."""
    usual: Exchange = yield STREAM
    sent: Exchange = yield WRONG_STREAM if usual.ok and usual.stream_error is None else WRONG
    every: Exchange = yield ALL
    yield WRONG_COUNT if every.ok else WRONG_ALONE
    return sent.ok and sent.stream_error is None


@check("messages.count.wrong_key", SHOULD, of=wrong_both_ways, spec="MSG-HTTP-007", needs=("key",), depth=FULL)
def test_a_wrong_key_counts_nothing(exchange: Exchange) -> None:
    """To `count_tokens`, too, a request with a key that was never issued SHOULD be refused."""
    seen(not exchange.found, "a wrong key is taken where a message is sent, too, which has a check of its own")
    exchange.rejected()
