"""Usage of what is kept in a cache: counted, and counted once."""

from __future__ import annotations

from samewire import FULL, MAY, SHOULD, Exchange, Steps, Unsupported, check, observed, scenario, seen

from ..chat.packing import packed
from .laden import KEPT, UNKEPT
from .parameters import TOGETHER
from .reading import message, taken
from .requests import COUNT, CUT, MESSAGES, STREAM
from .stream_usage import started, total

#: Fewer tokens than most caches begin at, and far more than a short question takes.
MANY = 1000


@check("messages.usage.cached", MAY, of=packed(TOGETHER, KEPT), spec="MSG-ENV-007 MSG-REQ-017", depth=FULL)
def test_cached_tokens_are_counted(exchange: Exchange) -> None:
    """`cache_control` MAY be taken; `usage` then counts the tokens that were written to a cache or read from one."""
    seen(exchange.ok, "it is refused, which has a check of its own")
    usage = message(exchange)["usage"]
    seen(usage["input_tokens"] >= 0, "no input tokens are counted")
    names = ("cache_creation_input_tokens", "cache_read_input_tokens")
    if any(usage.get(name) for name in names):
        return
    absent = [name for name in names if name not in usage]
    if absent:
        why = f"cache_control was taken, and there is no {' and no '.join(absent)}"
        raise Unsupported(why, reason="not offered")
    nulls = [name for name in names if usage[name] is None]
    if nulls:  # some say a number only where something was cached, and some caches begin at 4096 tokens
        observed(f"{' and '.join(nulls)} {'is' if len(nulls) == 1 else 'are'} null: nothing is seen to be cached")


@check("messages.usage.cache_ages", SHOULD, of=MESSAGES, spec="MSG-ENV-007", depth=FULL)
def test_written_tokens_add_up(exchange: Exchange) -> None:
    """What `cache_creation` counts by age SHOULD be what `cache_creation_input_tokens` counts together."""
    usage = message(exchange)["usage"]
    told = usage.get("cache_creation") or {}
    by_age = sum(told.get(f"ephemeral_{age}_input_tokens") or 0 for age in ("5m", "1h"))
    together = usage.get("cache_creation_input_tokens")
    # Gateways that count them together alone say 0 of each age.
    assert by_age in (0, together), f"{by_age} written tokens are told by age, and together {together}"


def parts_of(exchange: Exchange) -> tuple[int, int]:
    """The input tokens that are counted as they are, and those that are counted as cached."""
    usage = started(exchange) if exchange.streamed else message(exchange)["usage"]
    plain = int(usage.get("input_tokens") or 0)
    return plain, total(usage) - plain


@scenario(COUNT, CUT, STREAM, TOGETHER, spare=(KEPT, UNKEPT))
def asked_and_kept() -> Steps:
    """The same prompt, answered whole, cut off and as a stream; and a long one that is kept but for a short question.

    If hardly less of the long one is counted beside the cache than in it, the same without marks.
    """
    yield [COUNT, CUT, STREAM]
    laden: Exchange = yield TOGETHER
    if not laden.ok:
        laden = yield KEPT
    if laden.ok:
        plain, cached = parts_of(laden)
        if plain >= cached > MANY:
            yield UNKEPT


@check(
    "messages.usage.cached_apart",
    SHOULD,
    of=asked_and_kept,
    spec="MSG-ENV-008",
    depth=FULL,
    again=0,  # what was read from a cache once is so each time after
)
def test_cached_tokens_are_counted_once(exchange: Exchange) -> None:
    """Tokens that are counted as cached SHOULD NOT be counted in `input_tokens` as well: together they are all."""
    first, *others = (*exchange.before, exchange)
    every = [parts_of(one) for one in (first, *others[:2]) if one.ok]
    plain = {tokens for tokens, cached in every if not cached}
    twice = [(tokens, cached) for tokens, cached in every if cached > 4 and tokens in plain]
    assert not twice, (
        f"the same prompt counts {twice[0][0]} input_tokens, with {twice[0][1]} cached beside and with none"
    )
    if not exchange.asked(UNKEPT):
        return
    uncached, (tokens, cached) = taken(exchange) if exchange.ok else None, parts_of(exchange.before[-1])
    # A cache may hold the first part alone: then all of it is no more than without a cache.
    seen(uncached, "no input tokens are counted without a cache")
    why = f"a prompt of {uncached} tokens counts {tokens} input_tokens, and {cached} of them as cached once more"
    assert tokens + cached <= (uncached or 0) * 5 // 4, why
