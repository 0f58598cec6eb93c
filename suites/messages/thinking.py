"""Extended thinking: thoughts come in blocks of their own, signed, before the words, and are taken back."""

from __future__ import annotations

import re
from typing import Any

from samewire import FULL, MAY, OMIT, SHOULD, Exchange, Steps, assistant, check, honoured, scenario, seen, user

from .parameters import TOGETHER as NEUTRAL
from .reading import (
    assembled,
    blocks,
    calls,
    deltas,
    ended,
    message,
    returned,
    streamed_calls,
    streamed_words,
    thinks,
    words,
)
from .requests import MESSAGES, STREAMS, TOOLS, result, streamed

ENABLED = {"type": "enabled", "budget_tokens": 1024}
THOUGHTS = ("thinking", "redacted_thinking")


def room(tokens: int) -> dict[str, Any]:
    """A limit that is sent as it stands, since the budget must fit below it."""
    return {"$limit": OMIT, "max_tokens": tokens}


#: A question that asks for a tool, to be thought over.
THINK = TOOLS.but(thinking=ENABLED, **room(2048))
THINK_STREAM = streamed(THINK)
OFF = THINK.but(thinking={"type": "disabled"})


@check("messages.thinking.taken", MAY, of=THINK, spec="MSG-REQ-015", depth=FULL)
def test_thinking_is_taken(exchange: Exchange) -> None:
    """`thinking` MAY be taken; models that don't think refuse it."""
    exchange.accepted()


@check("messages.thinking.shown", MAY, of=THINK, spec="MSG-REQ-015 MSG-ENV-011", depth=FULL, again=2)
def test_thoughts_are_shown(exchange: Exchange) -> None:
    """`thinking` MAY be taken; the message then holds a block of `thinking` or `redacted_thinking`."""
    honoured(thinks(exchange), "thinking was accepted, and the message holds no thought")


@check("messages.thinking.first", SHOULD, of=MESSAGES, spec="MSG-ENV-011 MSG-BLK-010")
def test_thoughts_come_first(exchange: Exchange) -> None:
    """A message that holds thoughts SHOULD begin with one."""
    kinds = [block["type"] for block in blocks(exchange)]
    seen(set(kinds) & set(THOUGHTS), "no thoughts came")
    assert kinds[0] in THOUGHTS, f"the blocks are {', '.join(kinds)}"


@check("messages.thinking.counted", SHOULD, of=MESSAGES, spec="MSG-ENV-008 MSG-ENV-013", depth=FULL)
def test_thoughts_count(exchange: Exchange) -> None:
    """The `output_tokens` SHOULD hold the thoughts, too: at least half a token for each word that is shown."""
    thoughts = " ".join(block["thinking"] for block in blocks(exchange, "thinking"))
    seen(len(re.findall(r"\w+", thoughts)) >= 12, "no thoughts came, or few words of them")
    spent = message(exchange)["usage"]["output_tokens"]
    seen(spent, "nothing is counted, which has a check of its own")
    # Some tokens hold two words, never all of them; thoughts that are summed up when shown count for more.
    said = len(re.findall(r"\w+", f"{thoughts} {words(exchange)} {[dict(call['input']) for call in calls(exchange)]}"))
    assert spent >= said // 2, f"{said} words, thoughts among them, are counted as {spent} tokens"


@check("messages.thinking.counted_stream", SHOULD, of=STREAMS, spec="MSG-STR-015 MSG-ENV-008", depth=FULL)
def test_streamed_thoughts_count(exchange: Exchange) -> None:
    """The last `output_tokens` of a stream SHOULD hold the thoughts, too: at least half a token for each word shown."""
    thoughts = "".join(delta["thinking"] for delta in deltas(exchange, "thinking_delta"))
    seen(len(re.findall(r"\w+", thoughts)) >= 12, "no thoughts came, or few words of them")
    spent = ended(exchange)["usage"]["output_tokens"]
    seen(spent, "nothing is counted, which has a check of its own")
    inputs = [said for _, said in streamed_calls(exchange)]
    said = len(re.findall(r"\w+", f"{thoughts} {streamed_words(exchange)} {inputs}"))
    assert spent >= said // 2, f"{said} words, thoughts among them, are counted as {spent} tokens"


@scenario(THINK, THINK_STREAM)
def thought_and_streamed() -> Steps:
    """The same question thought over, whole and streamed."""
    yield THINK
    yield THINK_STREAM


@check("messages.thinking.stream", MAY, of=thought_and_streamed, spec="MSG-STR-011 MSG-STR-024", depth=FULL, again=2)
def test_thoughts_are_streamed(exchange: Exchange) -> None:
    """`thinking` MAY be taken; a stream then holds thoughts where the whole message does."""
    seen(thinks(exchange.before[0]), "no thoughts came")
    heads = {head["type"] for head, _ in assembled(exchange)}
    told = heads & set(THOUGHTS) or any(True for _ in deltas(exchange, "thinking_delta"))
    honoured(told, "the whole message holds thoughts, and the stream none")


@check("messages.thinking.signed_stream", SHOULD, of=STREAMS, spec="MSG-STR-011")
def test_a_streamed_thought_is_signed_last(exchange: Exchange) -> None:
    """A streamed thought SHOULD be signed by one `signature_delta`, the last of its deltas."""
    ended(exchange)
    thoughts = [
        [part for part in parts if part["type"] in ("thinking_delta", "signature_delta")]
        for head, parts in assembled(exchange)
        if head["type"] == "thinking"
    ]
    seen(thoughts, "no thoughts came")
    for thought in thoughts:
        kinds = [part["type"] for part in thought]
        assert "signature_delta" in kinds, "a thought is not signed"
        signed = kinds.count("signature_delta")
        assert signed == 1, f"a thought is signed {signed} times: clients keep the last signature alone"
        assert kinds.index("signature_delta") == len(kinds) - 1, "deltas of a thought follow its signature"


@check(
    "messages.thinking.signed_alike",
    SHOULD,
    of=thought_and_streamed,
    spec="MSG-STR-011 MSG-STR-024",
    depth=FULL,
)
def test_a_streamed_thought_is_signed_as_a_whole_one(exchange: Exchange) -> None:
    """A streamed thought SHOULD have a signature that is not empty where the whole message's thought has one."""
    whole = [block["signature"] for block in blocks(exchange.before[0], "thinking")]
    seen(any(whole), "no thoughts came, or they are not signed")
    signed = [delta["signature"] for delta in deltas(exchange, "signature_delta")]
    seen(signed, "the stream has no signature, which has a check of its own")
    assert any(signed), "the thought of the whole message is signed, and the signature in the stream is empty"


@scenario(THINK, NEUTRAL, spare=(OFF,))
def thought_and_not() -> Steps:
    """A question with thinking, and one with thinking turned off, among other parameters unless they are refused."""
    yield THINK
    neutral: Exchange = yield NEUTRAL
    if not neutral.ok:
        yield OFF


@check("messages.thinking.off", MAY, of=thought_and_not, spec="MSG-REQ-015", depth=FULL, again=2)
def test_thinking_may_be_turned_off(exchange: Exchange) -> None:
    """A `thinking` of the type `disabled` MAY be taken; the message then holds no thoughts."""
    exchange.accepted()
    seen(thinks(exchange.before[0]), "no thoughts came")
    honoured(not thinks(exchange), "thinking was disabled, and the message holds thoughts")


@scenario(THINK, more=1, tokens=2048)
def thought_and_answered() -> Steps:
    """A thought and a call of the endpoint's own, sent back as they came, with the results; or a thought and words.

    In a stream: there, words after thoughts begin a block of their own.
    """
    first: Exchange = yield THINK
    seen(thinks(first) and len(blocks(first)) > 1, "no thoughts came, or nothing after them")
    own = returned(first)
    results = [result(call["id"], "It is sunny.") for call in calls(first)]
    yield streamed(THINK.but(messages=[*THINK.body["messages"], assistant(own), user(results or "And tomorrow?")]))


@check("messages.thinking.taken_back", SHOULD, of=thought_and_answered, spec="MSG-BLK-010 MSG-TOOL-005", depth=FULL)
def test_its_own_thoughts_are_taken_back(exchange: Exchange) -> None:
    """Thoughts that the endpoint sent SHOULD be taken back as they came, before the call or words they led to."""
    ended(exchange)
