"""The developer in company: in parts, and with tools at hand."""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check, seen

from .lost import Told, lost_in, nothing_lost
from .roles import AS_DEVELOPER, LADEN_DEVELOPER, ORDERED, ORDERING, says_the_word

DEVELOPED = {"the developer message": Told(ORDERING, says_the_word, {AS_DEVELOPER: says_the_word})}


@check(
    "chat.roles.developer_beside_tools",
    SHOULD,
    of=lost_in(LADEN_DEVELOPER, DEVELOPED, ORDERED),
    spec="CHAT-MSG-003 CHAT-MSG-004 CHAT-MSG-013",
    depth=FULL,
    again=2,
)
def test_a_developer_message_arrives_beside_tools(exchange: Exchange) -> None:
    """A developer message that is taken in parts and with tools at hand SHOULD reach the model as it does alone."""
    seen(exchange.found.whole.ok, "it is refused, and the parts or the tools may be why")
    nothing_lost(exchange, DEVELOPED)
