"""Histories: in which orders messages may follow each other."""

from __future__ import annotations

from samewire import (
    FULL,
    MUST,
    SHOULD,
    Exchange,
    Steps,
    assistant,
    check,
    scenario,
    seen,
    system,
    text,
    user,
)

from .effects import arrives, part_effect, takes_parts
from .packing import packed
from .requests import HELLO
from .talk import REFUSAL, UNRULY

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


WITH_PART = HELLO.but(messages=[user([text("Say hello.")])])
PARTLESS = "no parts are taken at all, which has a cell of its own"


@scenario(UNRULY, spare=(PARTS, WITH_PART), alone=PARTS)
def with_parts() -> Steps:
    """A history that goes by no rule; if it is refused, an answer in parts; if the server fails, a question so."""
    unruly: Exchange = yield UNRULY
    if not unruly.ok:
        parts: Exchange = yield PARTS
        if parts.status >= 500 and parts.status != 501:
            question: Exchange = yield WITH_PART
            if question.ok:
                yield PARTS


@check("chat.history.assistant_parts", MUST, of=with_parts, spec="CHAT-MSG-005 CHAT-MSG-017")
def test_the_assistants_content_may_have_parts(exchange: Exchange) -> None:
    """The content of an assistant message MUST be taken as an array of text parts too."""
    seen(not exchange.asked(WITH_PART), PARTLESS)
    exchange.accepted()


EMPTY = HELLO.but(messages=[HI, assistant(""), AGAIN])
REFUSED = PARTS.but(messages=[user("Sing."), assistant([REFUSAL]), HI])


@check("chat.history.empty_answer", SHOULD, of=packed(UNRULY, EMPTY), spec="CHAT-MSG-005", depth=FULL)
def test_the_assistant_may_have_said_nothing(exchange: Exchange) -> None:
    """An assistant message whose content is an empty string SHOULD be taken: models say nothing now and then."""
    exchange.accepted()


@check("chat.history.refusal", SHOULD, of=packed(UNRULY, REFUSED), spec="CHAT-MSG-005 CHAT-MSG-017", depth=FULL)
def test_the_assistant_may_have_refused(exchange: Exchange) -> None:
    """The content of an assistant message SHOULD be taken as a part of the type `refusal` too."""
    exchange.accepted()


EMPTY_PART = HELLO.but(messages=[user([text(""), text("Say hello.")])])


@scenario(UNRULY, spare=(WITH_PART, EMPTY_PART), alone=EMPTY_PART)
def with_an_empty_part() -> Steps:
    """A history that goes by no rule; if it is refused, a question with a part, and with one that is empty, too."""
    unruly: Exchange = yield UNRULY
    if not unruly.ok:
        with_part: Exchange = yield WITH_PART
        if with_part.ok:
            yield EMPTY_PART


@check("chat.history.empty_part", SHOULD, of=with_an_empty_part, spec="CHAT-MSG-013", depth=FULL)
def test_a_part_may_be_empty(exchange: Exchange) -> None:
    """A part of text SHOULD be taken when it is empty: clients send what was written, if nothing was."""
    seen(not exchange.asked(WITH_PART), PARTLESS)
    exchange.accepted()


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
    return (yield from part_effect(HEARD, BARE, BARE, lambda said: False))


@check("chat.history.audio", SHOULD, of=heard, spec="CHAT-MSG-015 CHAT-MSG-019", depth=FULL)
def test_a_sound_is_heard_or_refused(exchange: Exchange) -> None:
    """An audio part SHOULD be refused or reach the model, not be dropped."""
    takes_parts(exchange, BARE)
    arrives(exchange, "the sound", least=1, text=False)


@scenario(READ, spare=(BARE,))
def read() -> Steps:
    """A message with a file; what it holds shows in the count of tokens alone."""
    return (yield from part_effect(READ, BARE, BARE, lambda said: False))


@check("chat.history.file", SHOULD, of=read, spec="CHAT-MSG-016 CHAT-MSG-019", depth=FULL)
def test_a_file_is_read_or_refused(exchange: Exchange) -> None:
    """A file part SHOULD be refused or reach the model, not be dropped."""
    takes_parts(exchange, BARE)
    arrives(exchange, "the file", least=1, text=False)
