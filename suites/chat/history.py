"""Histories: in which orders messages may follow each other."""

from __future__ import annotations

import re

from samewire import (
    FULL,
    MUST,
    SHOULD,
    Exchange,
    Ignored,
    Steps,
    assistant,
    check,
    scenario,
    seen,
    system,
    text,
    tool_result,
    user,
)

from .effects import arrives, effect, in_company
from .packing import packed
from .reading import message, refused, words
from .requests import ASK_TWICE, HELLO, TOOLS
from .talk import UNRULY
from .tools import BOTH_PARTS, FIRST_PART, IN_WORDS, RESULT

HI, AGAIN = user("Say hello."), user("Say hello again.")
SAID = assistant("Hello!")


TWO_SYSTEMS = HELLO.but(messages=[system("Be brief."), system("Be kind."), HI])
LATE = HELLO.but(messages=[HI, SAID, system("Be brief."), AGAIN])
TWO_USERS = HELLO.but(messages=[HI, AGAIN])
TWO_ANSWERS = HELLO.but(messages=[HI, SAID, assistant("Hello once more!"), AGAIN])
ASSISTANT_FIRST = HELLO.but(messages=[SAID, AGAIN])
PARTS = HELLO.but(messages=[HI, assistant([text("Hello!")]), AGAIN])


@check("chat.history.two_systems", SHOULD, of=packed(UNRULY, TWO_SYSTEMS), spec="CHAT-MSG-001")
def test_two_system_messages_are_taken(exchange: Exchange) -> None:
    """Two system messages SHOULD be taken."""
    exchange.accepted()


@check("chat.history.late_system", SHOULD, of=packed(UNRULY, LATE), spec="CHAT-MSG-001")
def test_a_system_message_may_come_late(exchange: Exchange) -> None:
    """A system message SHOULD be taken anywhere, not at the beginning alone."""
    exchange.accepted()


@check("chat.history.two_users", SHOULD, of=packed(UNRULY, TWO_USERS), spec="CHAT-MSG-001")
def test_two_messages_of_the_user_are_taken(exchange: Exchange) -> None:
    """Two messages of the user SHOULD be taken one after the other."""
    exchange.accepted()


@check("chat.history.two_assistants", SHOULD, of=packed(UNRULY, TWO_ANSWERS), spec="CHAT-MSG-001")
def test_two_messages_of_the_assistant_are_taken(exchange: Exchange) -> None:
    """Two messages of the assistant SHOULD be taken one after the other."""
    exchange.accepted()


@check("chat.history.assistant_first", SHOULD, of=packed(UNRULY, ASSISTANT_FIRST), spec="CHAT-MSG-001")
def test_the_assistant_may_begin(exchange: Exchange) -> None:
    """A conversation SHOULD be taken that the assistant begins."""
    exchange.accepted()


@check("chat.history.assistant_parts", MUST, of=packed(UNRULY, PARTS), spec="CHAT-MSG-005 CHAT-MSG-017")
def test_the_assistants_content_may_have_parts(exchange: Exchange) -> None:
    """The content of an assistant message MUST be taken as an array of text parts too."""
    exchange.accepted()


def call(number: int, city: str) -> dict[str, object]:
    """A call of the weather tool."""
    function = {"name": "get_weather", "arguments": f'{{"city": "{city}"}}'}
    return {"id": f"call_0123456789abcdefABCDEF1{number}", "type": "function", "function": function}


PARIS, LONDON = call(1, "Paris"), call(2, "London")
CALLED = [ASK_TWICE, assistant(None, tool_calls=[PARIS, LONDON])]
OF_PARIS = tool_result("call_0123456789abcdefABCDEF11", "Sunny, and the word of the day is DAMSON3316.")
OF_LONDON = tool_result("call_0123456789abcdefABCDEF12", "Rain.")
IN_ORDER = TOOLS.but(messages=[*CALLED, OF_PARIS, OF_LONDON])
TURNED = TOOLS.but(messages=[*CALLED, OF_LONDON, OF_PARIS])
#: The second call's result first, and the first one's in parts.
IN_PARTS = TOOLS.but(
    messages=[
        *CALLED,
        OF_LONDON,
        {**OF_PARIS, "content": [text("This is the weather."), text(str(OF_PARIS["content"]))]},
    ]
)


#: Both results in the words of the user, to see whether the model tells them at all.
TOLD = HELLO.but(messages=[user('Repeat this exactly: "In Paris it is sunny, in London there is rain."')])


def tells_both(exchange: Exchange) -> bool:
    """Whether an answer tells what both results say."""
    return {"sunny", "rain"} <= set(re.findall(r"sunny|rain", words(exchange).lower()))


@scenario(IN_PARTS, spare=(TURNED, IN_ORDER, TOLD))
def two_told() -> Steps:
    """Two results, the second call's first; if these are refused, in their order; and whether the model tells both."""
    answer: Exchange = yield IN_PARTS
    for plainer in (TURNED, IN_ORDER):
        if not answer.ok or (plainer is TURNED and not tells_both(answer)):
            answer = yield plainer
    if answer.ok and not tells_both(answer):
        yield TOLD
    return answer


@check("chat.history.two_results", MUST, of=two_told, spec="CHAT-MSG-007 CHAT-TOOL-013", depth=FULL, again=2)
def test_two_results_are_taken(exchange: Exchange) -> None:
    """The results of two calls of one message MUST be taken, and both reach the model."""
    answer: Exchange = exchange.found
    answer.accepted()
    message(answer)
    if not tells_both(answer):
        seen(tells_both(exchange), "the model doesn't tell what it is told")
        raise Ignored(f"two results were accepted, and the answer doesn't tell both: {words(answer)[:80]!r}")


@check("chat.history.results_in_any_order", SHOULD, of=packed(IN_PARTS, TURNED), spec="CHAT-MSG-010", depth=FULL)
def test_results_are_taken_in_any_order(exchange: Exchange) -> None:
    """The results of several calls SHOULD be taken in any order."""
    exchange.accepted()


def tells_the_part(said: str) -> bool:
    """Whether an answer has what a second part of a result told."""
    return RESULT.lower() in said.lower() or "sunny" in said.lower()


@scenario(IN_PARTS, spare=(BOTH_PARTS, IN_WORDS, FIRST_PART))
def told_by_a_second_part() -> Steps:
    """The result of a tool in two parts, the second of which holds what the answer must tell."""
    return (yield from in_company(IN_PARTS, BOTH_PARTS, IN_WORDS, FIRST_PART, tells_the_part))


@check("chat.tools.result_parts", SHOULD, of=told_by_a_second_part, spec="CHAT-MSG-007 CHAT-MSG-013", depth=FULL)
def test_a_result_may_have_parts(exchange: Exchange) -> None:
    """The result of a tool call SHOULD be taken as an array of text parts, all of which reach the model."""
    arrives(exchange, "the second part of the tool's result")


@check(
    "chat.history.unanswered_call",
    SHOULD,
    of=TOOLS.wrong(messages=[*CALLED, OF_PARIS, AGAIN]),
    spec="CHAT-MSG-009",
    depth=FULL,
)
def test_every_call_wants_its_result(exchange: Exchange) -> None:
    """A call without a result before the next message SHOULD be refused with 400."""
    refused(exchange)


LISTEN = "Answer with the code word that this message holds."
SOUND = {
    "type": "input_audio",
    "input_audio": {"data": "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=", "format": "wav"},
}
PAPER = {
    "type": "file",
    "file": {"filename": "note.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK"},
}
HEARD = HELLO.but(messages=[user([text(LISTEN), SOUND])])
READ = HELLO.but(messages=[user([text(LISTEN), PAPER])])
BARE = HELLO.but(messages=[user([text(LISTEN)])])


@scenario(HEARD, spare=(BARE,))
def heard() -> Steps:
    """A message with a sound; what it holds shows in the count of tokens alone."""
    return (yield from effect(HEARD, BARE, BARE, lambda said: False))


@check("chat.history.audio", SHOULD, of=heard, spec="CHAT-MSG-015 CHAT-MSG-019", depth=FULL)
def test_a_sound_is_heard_or_refused(exchange: Exchange) -> None:
    """An audio part SHOULD be refused or reach the model, not be dropped."""
    arrives(exchange, "the sound", least=1)


@scenario(READ, spare=(BARE,))
def read() -> Steps:
    """A message with a file; what it holds shows in the count of tokens alone."""
    return (yield from effect(READ, BARE, BARE, lambda said: False))


@check("chat.history.file", SHOULD, of=read, spec="CHAT-MSG-016 CHAT-MSG-019", depth=FULL)
def test_a_file_is_read_or_refused(exchange: Exchange) -> None:
    """A file part SHOULD be refused or reach the model, not be dropped."""
    arrives(exchange, "the file", least=1)
