"""The developer in company: in parts, with tools at hand, and in streams."""

from __future__ import annotations

from difflib import get_close_matches

from samewire import FULL, MUST, SHOULD, Exchange, check, developer, seen, text, user

from .lost import Told, lost_in, nothing_lost, said_in_all
from .packing import packed
from .reading import fragments
from .requests import HELLO
from .roles import AS_DEVELOPER, LADEN_DEVELOPER, ORDERED, ORDERING, WORD, says_the_word

DEVELOPED = {"what the developer message orders": Told(ORDERING, says_the_word, {AS_DEVELOPER: says_the_word})}


@check(
    "chat.roles.developer_beside_tools",
    SHOULD,
    of=lost_in(LADEN_DEVELOPER, DEVELOPED, ORDERED),
    spec="CHAT-MSG-003 CHAT-MSG-004 CHAT-MSG-013",
    depth=FULL,
    again=2,
)
def test_a_developer_message_arrives_beside_tools(exchange: Exchange) -> None:
    """A developer message that is taken in parts, beside tools and in a stream SHOULD reach the model as alone."""
    seen(exchange.found.whole.ok, "it is refused, and the parts, the tools or the stream may be why")
    # Who would rather call a tool has been asked to say a word in vain.
    seen(not fragments(exchange.found.whole), "a tool was called")
    said = said_in_all(exchange.found.whole).lower()
    near = says_the_word(said) or not get_close_matches(WORD.lower(), said.split(), 1, 0.5)
    seen(near and len(said.strip()) >= len(WORD), "the stream has lost a few letters, or has hardly any words")
    nothing_lost(exchange, DEVELOPED)


PARTS_OF_DEVELOPER = HELLO.but(messages=[developer([text("Be brief.")]), user("How are you today?")]).after(
    AS_DEVELOPER
)


@check(
    "chat.roles.developer_parts", MUST, of=packed(LADEN_DEVELOPER, PARTS_OF_DEVELOPER), spec="CHAT-MSG-003", depth=FULL
)
def test_a_developer_message_may_have_parts(exchange: Exchange) -> None:
    """The content of a developer message, where that role is taken, MUST be taken as an array of text parts too."""
    exchange.accepted()
