"""Company: what reaches the model alone reaches it beside all else, and in streams; its own words are taken back."""

from __future__ import annotations

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Blocked,
    Broken,
    Exchange,
    Steps,
    check,
    counts,
    observed,
    scenario,
    seen,
    shown,
    user,
)

from ..chat.returned import taken_back
from .effects import SENTENCE
from .following import final, finished, streamed_words
from .input import ALONE as TOLD_ALONE
from .input import IN_PARTS_SAID, INSTRUCTED, INSTRUCTED_STREAM, LATE, TWICE
from .reading import calls, input_tokens, items, of_type, response, said_by, sound, words
from .requests import CALLED, HELLO, TOOLS
from .together import (
    IN_ONE,
    KEPT,
    TELLS,
    TELLS_STREAM,
    TOLD,
    UNTOLD,
    UNTOLD_IN_ONE,
    hears,
    lists,
    lost,
    uncounted,
)
from .tools import BOTH_PARTS, LISTED, NOTHING_CAME, ROUND_TRIP, once_more, returned

#: Code words that may be missing by the counts at most, of which some are rounded, before one is.
MOST = 0.8
#: Who tells a word → the request in which nobody else does.
ALONE = {**TOLD_ALONE, "output": ROUND_TRIP, "output_parts": BOTH_PARTS}


#: What the conversation holds beside their words.
BESIDE = (NOTHING_CAME, LISTED, TWICE, LATE, IN_PARTS_SAID)


@scenario(TELLS, spare=(*ALONE.values(), *BESIDE, KEPT, IN_ONE, UNTOLD, UNTOLD_IN_ONE))
def told_together() -> Steps:
    """Everybody tells a word; whose is missing tells it alone, or where the model lists none the tokens are counted."""
    every: Exchange = yield TELLS
    if every.ok and not all(hears(words(every), who) for who in TOLD):
        in_one: Exchange = yield IN_ONE
        if not lists(in_one):
            untold, untold_in_one = yield [UNTOLD, UNTOLD_IN_ONE]
            return uncounted(every, untold, in_one, untold_in_one)
    if not every.ok:
        for one in BESIDE:
            alone: Exchange = yield one
            if not alone.ok:
                return None
    missing: list[str] | None = yield from lost(every, ALONE)
    if missing and len(missing) > len(TOLD) // 2:
        # A server drops this or that; who listed all of a single message, and next to nothing of many, has not looked.
        in_one, untold, untold_in_one = yield [IN_ONE, UNTOLD, UNTOLD_IN_ONE]
        return uncounted(every, untold, in_one, untold_in_one)
    return missing


@check(
    "responses.input.together",
    SHOULD,
    of=told_together,
    spec="RSP-IN-001 RSP-IN-002 RSP-IN-005 RSP-REQ-003",
    depth=FULL,
    again=2,
)
def test_nobody_is_lost_in_company(exchange: Exchange) -> None:
    """What reaches the model alone SHOULD reach it beside all else that a conversation holds."""
    found = exchange.found
    if isinstance(found, float):
        why = f"{len(TOLD)} code words were told, and about {found:.0f} of them are not counted"
        counts(found < MOST, why, text=False)  # that of the instructions stands beside the input
        return
    if found is None:
        raise Blocked("what is missing or refused is so alone too", cause=f"request:{exchange.request.id}")
    every = (*exchange.before, exchange)[0].accepted()
    if not found and not all(hears(words(every), who) for who in TOLD):
        observed("the model does not list all code words of one message, or keeps to itself what a system says")
    what = ", ".join(ABOUT.get(who, who) for who in found)
    why = "accepted and dropped in a longer conversation, or beside the instructions and tools there, though not alone"
    shown(not found, f"{why}: {what}", found)


#: Who tells a word → what that is, for people.
ABOUT = {
    "developer": "the developer's message, or its second part",
    "history": "the first turn",
    "assistant": "what the assistant said",
    "parts": "the first part of a message",
    "letters": "the second part of a message, whose letters are not English",
    "items": "what the assistant said before it called a tool",
    "output": "the first output of a tool",
    "output_parts": "the last part of a later output of a tool",
    "system": "a late message of the system",
}


@scenario(TELLS, TELLS_STREAM, spare=(INSTRUCTED, INSTRUCTED_STREAM))
def told_and_streamed() -> Steps:
    """Everybody tells a word, whole and as a stream; if that is refused, the instructions alone."""
    whole: Exchange = yield TELLS
    if whole.ok:
        yield TELLS_STREAM
    else:
        yield INSTRUCTED
        yield INSTRUCTED_STREAM


@check("responses.input.stream", SHOULD, of=told_and_streamed, spec="RSP-REQ-003 RSP-REQ-006", depth=FULL, again=2)
def test_what_arrives_arrives_in_streams(exchange: Exchange) -> None:
    """What reaches the model in a request that is not streamed SHOULD reach it in streams too."""
    whole = [who for who in TOLD if hears(words(exchange.before[-1]), who)]
    finished(exchange)
    if not whole:  # a model that lists nothing; the counts may tell that something is dropped
        before, after = input_tokens(exchange.before[-1]), input_tokens(exchange)
        seen(before and after, "nothing is heard when not streamed either")
        counts((after or 0) > (before or 0) - SENTENCE, f"{before} tokens are put in, and when streamed {after}")
        return
    said = streamed_words(exchange)
    seen(said, "the stream says nothing")
    ends = said_by(final(exchange)["output"])
    missing = [who for who in whole if not hears(said, who) and not hears(ends, who)]
    dropped = ", ".join(ABOUT.get(who, who) for who in missing)
    # A model that lists some of them lists others the next time.
    few = len(whole) < len(TOLD) - 2 and any(hears(said, who) for who in whole)
    seen(not dropped or not few, "too few are listed to tell")
    shown(not dropped, f"accepted, and dropped in streams: {dropped}", missing)


AGAIN = user("Say hello again.")


@scenario(HELLO, CALLED, more=1, tokens=128)
def echoed() -> Steps:
    """The words and the call of the endpoint, sent back as they came; each alone if that is refused."""
    first, called = yield [HELLO, CALLED]
    said = [user("Say hello."), *sound(items(first))]
    made = called.ok and calls(called)
    every: Exchange = yield returned(called, said) if made else HELLO.but(input=[*said, AGAIN], **LIMIT(32))
    if made and not every.ok:
        yield HELLO.but(input=[*said, AGAIN], **LIMIT(32))
        yield returned(called, [])


def whole(exchange: Exchange) -> bool:
    """Whether a response was completed, says something, and can be sent back: what isn't kept must be sealed."""
    one = response(exchange)
    texts = [part["text"] for item in of_type(one["output"], "message") for part in item["content"] if "text" in part]
    bare = [item for item in of_type(one["output"], "reasoning") if not item.get("encrypted_content")]
    kept = one.get("store") is not False or not bare
    return one.get("status") == "completed" and all(map(str.strip, texts)) and kept


@check("responses.input.own_output", MUST, of=echoed, spec="RSP-IN-004 RSP-ITEM-014")
def test_its_own_output_is_taken_back(exchange: Exchange) -> None:
    """The items of a response MUST be taken back as they came, in the input of the next request."""
    alone = exchange.before[-1] if len(exchange.before) > 3 else exchange
    taken_back(alone, exchange.before[0], whole, "responses/response", "/output")
    words(alone)


@check("responses.tools.own_call", MUST, of=echoed, spec="RSP-IN-004 RSP-IN-005 RSP-ST-003")
def test_its_own_call_is_taken_back(exchange: Exchange) -> None:
    """A call that the endpoint made MUST be taken back as it came, followed by its output."""
    seen(calls(exchange.before[1]), "no tool was called")
    taken_back(exchange, exchange.before[1], whole, "responses/response", "/output")
    response(exchange)


#: What a call was forced from, with the same tools at hand and none to be called.
UNFORCED = TOOLS.but(input=CALLED.body["input"])
#: Responses to outputs that all call again until it is for ever: many a model looks a thing up twice.
OFTEN = 4


@scenario(HELLO, CALLED, spare=(UNFORCED,))  # what follows is counted above
def answered() -> Steps:
    """A call of the endpoint and its output; if a call answers that, what a call was forced from, and more outputs."""
    first, called = yield [HELLO, CALLED]
    seen(called.ok and calls(called), "no tool was called")
    after: Exchange = yield returned(called, [user("Say hello."), *sound(items(first))])
    if not (after.ok and calls(after)):
        return 0
    unforced: Exchange = yield UNFORCED
    often = 1
    while often < OFTEN and unforced.ok and not calls(unforced):
        after = yield once_more(after)
        if not (after.ok and calls(after)):
            break
        often += 1
    return often


@check("responses.tools.ends", SHOULD, of=answered, spec="RSP-ST-003", depth=FULL, again=2)
def test_an_output_is_answered(exchange: Exchange) -> None:
    """Given a call and its output, a model that calls nothing unless it must SHOULD answer, and not call for ever."""
    if not exchange.found:
        if not exchange.ok:
            raise Blocked("a call of its own is not taken back", cause="check:responses.tools.own_call")
        return
    if exchange.asked(UNFORCED):
        exchange.accepted()
        observed("the model calls a tool where none is needed, too")
    # Nothing forces an answer: only who calls whatever a tool says has no use for outputs.
    if exchange.found < OFTEN:
        observed(f"a tool is called once more after its output, and after {exchange.found + 1} of them no more")
    named = calls(exchange)[0].get("name")
    why = f"{OFTEN} outputs of calls were taken, of which the last say that it is all"
    raise Broken(f"{why}, and each time {named!r:.60} is called once more")
