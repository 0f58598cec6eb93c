"""`count_tokens`: what a request would take, before it is sent."""

from __future__ import annotations

from samewire import (
    FULL,
    MUST,
    POST,
    SHOULD,
    Every,
    Exchange,
    Request,
    Scenario,
    Steps,
    check,
    honoured,
    scenario,
    seen,
    text,
    user,
)

from ..chat.packing import packed
from .access import OFFICIAL
from .images import NOTE, OF_BLUE, READ
from .preflight import PREFLIGHT
from .reading import taken
from .requests import HELLO, LATEST, MANY
from .system import SENTENCES, SILENT
from .talk import SUNNY, TOGETHER

COUNTED = POST("messages/count_tokens", messages=HELLO.body["messages"]).after(PREFLIGHT)
#: What is not counted is taken nevertheless.
AUTO = {"type": "auto"}
#: A conversation: the first that is counted, since it shows what a short question does, and more.
ALL = POST(
    "messages/count_tokens",
    **{name: TOGETHER.body[name] for name in ("system", "messages", "tools")},
    tool_choice=AUTO,
).after(PREFLIGHT)
#: The same as ``MANY``: a question and seven tools.
LARGE = COUNTED.but(messages=MANY.body["messages"], tools=MANY.body["tools"], tool_choice=AUTO)
IN_BLOCKS = COUNTED.but(system=[text(one) for one in SENTENCES], messages=[user([text("Say hello.")])])
UNTOLD = COUNTED.but(system=[text(SILENT)], messages=IN_BLOCKS.body["messages"])
OFF = {"type": "disabled"}
BEARER = COUNTED.with_key("bearer")
#: A picture between words: the same that is sent, too.
PICTURED = COUNTED.but(messages=OF_BLUE.body["messages"])
DOCUMENTED = COUNTED.but(messages=READ.body["messages"])
#: A system prompt that counts far more than a short document does, with blocks of which none may be left out.
LENGTHY = [text(one) for one in (SENTENCES[0], SUNNY, SENTENCES[1])]
BOTH = [*PICTURED.body["messages"], user([{"type": "document", "source": NOTE}])]
#: Both with what a count may be told besides, and the key shown the other way.
BESIDES = BEARER.but(system=LENGTHY, messages=BOTH, thinking=OFF).after(PREFLIGHT)
#: The same in the latest version: asked for where that is taken when a message is sent.
LATE = BESIDES.having({"anthropic-version": LATEST}).after(PREFLIGHT)
#: Tokens that a system prompt of two sentences counts at least; the longer one with a document at least and at most.
LEAST, ALL_LEAST, ALL_MOST = 12, len(SUNNY) // 5, len(SUNNY)


def counted(exchange: Exchange) -> int:
    """The tokens that were counted."""
    return int(exchange.accepted().body_as("messages/count")["input_tokens"])


@check("messages.count.taken", SHOULD, of=packed(ALL, COUNTED), spec="MSG-CNT-001")
def test_tokens_are_counted(exchange: Exchange) -> None:
    """A request to `count_tokens`, without `max_tokens`, SHOULD be answered."""
    wanted = exchange.status in (400, 422) and "max_tokens" in exchange.said
    assert not wanted, f"a limit is wanted of what is only counted{exchange.said}"
    exchange.accepted()


def besides() -> Steps:
    """All that a count may be told at once, in the latest version where that is known."""
    official: Exchange = yield OFFICIAL
    late: Exchange | None = (yield LATE) if official.ok else None
    return late if late is not None and late.ok else (yield BESIDES)


def among(*alone: Request) -> Scenario:
    """All that a count may be told at once, and if it is refused, one thing of it: whether the first was taken."""

    def steps() -> Steps:
        every: Exchange = yield from besides()
        if not every.ok:
            yield [*alone]
        return every.ok

    return scenario(OFFICIAL, LATE, spare=(BESIDES, *alone), name=f".{alone[0].id}", alone=alone[0])(steps)


def taken_as_sent(exchange: Exchange) -> None:
    """Say *unsupported* if a count is refused where what is counted is taken when it is sent."""
    if not exchange.found:
        seen(exchange.ok, "it is refused when it is sent, too")
        exchange.before[-1].accepted()


COUNTS = Every(witness=(ALL,), path="messages/count_tokens", wrong=False)


@check("messages.count.shape", MUST, of=COUNTS, spec="MSG-CNT-002")
def test_a_count_has_its_shape(exchange: Exchange) -> None:
    """A count MUST be an object with `input_tokens`, a whole number."""
    exchange.accepted().conforms("messages/count")


@scenario(ALL, TOGETHER, spare=(COUNTED, HELLO))
def counted_and_sent() -> Steps:
    """A conversation counted, and sent; if that differs, a short question."""
    every, sent = yield [ALL, TOGETHER]
    if not agree(every, sent):
        yield COUNTED
        yield HELLO


def near(count: int, usage: int) -> bool:
    """Whether a count is a fair estimate."""
    return abs(count - usage) <= max(16, usage // 4)


@check("messages.count.agrees", SHOULD, of=counted_and_sent, spec="MSG-CNT-003")
def test_a_count_agrees_with_usage(exchange: Exchange) -> None:
    """A count SHOULD be near the `input_tokens` of the same request."""
    if exchange.asked(TOGETHER):
        return
    count, usage = counted(exchange.before[-1]), taken(exchange.accepted())
    seen(usage, "no input tokens are counted")
    assert count > 0, "a prompt with words counts 0 tokens"
    assert near(count, usage or 0), f"counted as {count} tokens, and as {usage} when sent"


def agree(count: Exchange, sent: Exchange) -> bool | None:
    """Whether a long request counts as it does when it is sent; None if that can't be told."""
    body, usage = count.raw_json, taken(sent) if sent.ok else None
    counted = body.get("input_tokens") if count.ok and isinstance(body, dict) else None
    return abs(counted - usage) <= usage // 5 if usage and isinstance(counted, int) else None


@scenario(ALL, TOGETHER, spare=(LARGE, MANY, COUNTED))
def tools_counted_and_sent() -> Steps:
    """A conversation with tools counted, and sent; if that differs, the tools alone, and the same without."""
    every, sent = yield [ALL, TOGETHER]
    if not agree(every, sent):
        yield [LARGE, MANY, COUNTED]


@check("messages.count.tools", SHOULD, of=tools_counted_and_sent, spec="MSG-CNT-001 MSG-CNT-003", depth=FULL)
def test_tools_count(exchange: Exchange) -> None:
    """Tools SHOULD be counted as they count when they are sent."""
    if len(exchange.before) == 1:
        return
    large, sent, small = exchange.before[2].accepted(), taken(exchange.before[3].accepted()), counted(exchange)
    honoured(counted(large) > small + 20, f"seven tools add {counted(large) - small} tokens to the count")
    assert not sent or near(counted(large), sent), f"counted as {counted(large)} tokens, and as {sent} when sent"


@check("messages.count.conversation", SHOULD, of=tools_counted_and_sent, spec="MSG-CNT-003 MSG-CNT-004", depth=FULL)
def test_a_conversation_counts(exchange: Exchange) -> None:
    """All turns of a conversation SHOULD be counted as they count when they are sent, results of tools, too."""
    every, sent = (*exchange.before, exchange)[:2]
    seen(sent.ok, "it is refused when it is sent, too, which has a check of its own")
    if not every.ok:
        seen(exchange.before[2].ok, "tools are refused by themselves, too")
        every.accepted()
    usage = taken(sent.accepted())
    seen(usage, "no input tokens are counted")
    if len(exchange.before) > 1:
        alone, of_alone = counted(exchange.before[2]), taken(exchange.before[3].accepted())
        seen(of_alone and near(alone, of_alone), "other requests are not counted as they are sent either")
    assert agree(every, sent), f"a long conversation is counted as {counted(every)} tokens, and as {usage} when sent"


def more(count: Exchange, sent: Exchange) -> int:
    """By how many tokens a count is above what another request was counted as when it was sent; 0 if none can tell."""
    body, usage = count.raw_json, taken(sent) if sent.ok else None
    counted = body.get("input_tokens") if count.ok and isinstance(body, dict) else None
    return counted - usage if usage and isinstance(counted, int) else 0


@scenario(OFFICIAL, LATE, OF_BLUE, spare=(BESIDES, IN_BLOCKS, UNTOLD))
def blocks_counted() -> Steps:
    """A picture, a document and a system prompt counted, and the picture sent alone; if that doesn't tell, words.

    Some count pictures otherwise than they take them, or not at all.
    """
    every: Exchange = yield from besides()
    sent: Exchange = yield OF_BLUE
    if ALL_LEAST <= more(every, sent) <= ALL_MOST:
        return True
    yield [IN_BLOCKS, UNTOLD]
    return False


@check("messages.count.blocks", SHOULD, of=blocks_counted, spec="MSG-CNT-004 MSG-CNT-001", depth=FULL)
def test_blocks_and_system_count(exchange: Exchange) -> None:
    """Content blocks SHOULD be taken by `count_tokens`, and a system prompt be counted."""
    if exchange.found:
        return
    added = counted(exchange.before[-1]) - counted(exchange)
    honoured(added >= LEAST, f"a system prompt of two sentences adds {added} tokens to the count")


@check("messages.count.bearer", SHOULD, of=among(BEARER), spec="MSG-HTTP-003", needs=("key",), depth=FULL)
def test_the_key_is_taken_as_bearer_there(exchange: Exchange) -> None:
    """To `count_tokens`, too, the key SHOULD be shown as `Authorization: Bearer`."""
    exchange.accepted()


TOLD, SENT = COUNTED.but(thinking=OFF), HELLO.but(thinking=OFF)


@check("messages.count.thinking", SHOULD, of=among(TOLD, SENT), spec="MSG-CNT-001", depth=FULL)
def test_thinking_may_be_told_to_a_count(exchange: Exchange) -> None:
    """`thinking` SHOULD be taken by `count_tokens` where it is taken when it is sent."""
    taken_as_sent(exchange)


COUNTED_LATE = COUNTED.having({"anthropic-version": LATEST})


@scenario(OFFICIAL, LATE, spare=(BESIDES, COUNTED_LATE))
def counted_late() -> Steps:
    """A count in the latest version, among other things; if these are refused in any, by itself."""
    every: Exchange = yield from besides()
    if not every.ok:
        yield COUNTED_LATE


@check("messages.count.latest", SHOULD, of=counted_late, spec="MSG-HTTP-004 MSG-CNT-001", depth=FULL)
def test_the_latest_version_is_known_there(exchange: Exchange) -> None:
    """To `count_tokens`, too, the version 2026-10-21 SHOULD be known where it is known otherwise."""
    official, late, besides, *_ = (*exchange.before, exchange, exchange)
    besides_it = (
        "the key shown as Bearer" if official.status in (401, 403) else "the version, or what stands beside it,"
    )
    seen(official.ok, f"{besides_it} is refused when it is sent, which has a check of its own")
    (late if besides.ok else exchange).accepted()
