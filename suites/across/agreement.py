"""One endpoint, several protocols: what is heeded through one of them is not dropped through another.

No request is sent for these checks alone: they judge pairs of exchanges that the protocols' own checks have caused.
"""

from __future__ import annotations

from samewire import FULL, SHOULD, Exchange, check, seen

from ..chat import images as chat_images
from ..chat import reading as chat
from ..chat import requests as chat_requests
from ..chat import roles as chat_roles
from ..http.errors import UNKNOWN_MODEL as UNKNOWN_TO_CHAT
from ..messages import images as messages_images
from ..messages import reading as messages
from ..messages import requests as messages_requests
from ..messages import system as messages_system
from ..messages.errors import UNKNOWN_MODEL as UNKNOWN_TO_MESSAGES
from ..responses import images as responses_images
from ..responses import input as responses_input
from ..responses import reading as responses
from ..responses import requests as responses_requests
from ..responses.errors import UNKNOWN_MODEL as UNKNOWN_TO_RESPONSES
from .both import agree, agree_to_call, both, both_told


def counts_alike(one: int | None, other: int | None) -> None:
    """Say *broken* if the same question counts far more tokens through one protocol than through the other."""
    seen(one and other, "no tokens are counted")
    first, second = one or 0, other or 0
    assert abs(first - second) <= max(16, max(first, second) // 2), f"the same question counts {first} and {second}"


@check(
    "across.responses.image",
    SHOULD,
    of=both_told(chat_images.looked_at, responses_images.looked_at),
    spec="CHAT-MSG-014 CHAT-MSG-019 RSP-IN-003",
    depth=FULL,
    again=2,
)
def test_responses_see_what_chat_sees(exchange: Exchange) -> None:
    """A picture that Chat Completions sees or refuses SHOULD NOT be taken and dropped by Responses, or vice versa."""
    agree(exchange, "the picture", chat_images.PICTURE, text=False)


@check(
    "across.messages.image",
    SHOULD,
    of=both_told(chat_images.looked_at, messages_images.looked_at),
    spec="CHAT-MSG-014 CHAT-MSG-019 MSG-BLK-002",
    depth=FULL,
    again=2,
)
def test_messages_see_what_chat_sees(exchange: Exchange) -> None:
    """A picture that Chat Completions sees or refuses SHOULD NOT be taken and dropped by Messages, or vice versa."""
    agree(exchange, "the picture", chat_images.PICTURE, text=False)


@check(
    "across.responses.developer",
    SHOULD,
    of=both_told(chat_roles.told_by_the_developer, responses_input.told_by_the_developer),
    spec="CHAT-MSG-004 RSP-IN-001",
    depth=FULL,
    again=2,
)
def test_responses_obey_whom_chat_obeys(exchange: Exchange) -> None:
    """A developer message that Chat Completions heeds SHOULD NOT vanish in Responses, or vice versa."""
    agree(exchange, "a developer message")


@check(
    "across.messages.system",
    SHOULD,
    of=both_told(chat_roles.told_by_the_system, messages_system.told_by_the_system),
    spec="CHAT-MSG-001 MSG-REQ-007",
    depth=FULL,
    again=2,
)
def test_messages_obey_whom_chat_obeys(exchange: Exchange) -> None:
    """A system prompt that Chat Completions heeds SHOULD NOT vanish in Messages, or vice versa."""
    agree(exchange, "a system prompt")


@check(
    "across.responses.tool_choice",
    SHOULD,
    of=both(chat_requests.FORCED, responses_requests.CALLED),
    spec="CHAT-TOOL-004 RSP-ST-005",
    depth=FULL,
    again=2,
)
def test_responses_call_what_chat_calls(exchange: Exchange) -> None:
    """A call that Chat Completions can be made to do SHOULD NOT be left undone by Responses, or vice versa."""
    agree_to_call(exchange, responses.calls)


@check(
    "across.messages.tool_choice",
    SHOULD,
    of=both(chat_requests.FORCED, messages_requests.FORCED),
    spec="CHAT-TOOL-004 MSG-TOOL-001",
    depth=FULL,
    again=2,
)
def test_messages_call_what_chat_calls(exchange: Exchange) -> None:
    """A call that Chat Completions can be made to do SHOULD NOT be left undone by Messages, or vice versa."""
    agree_to_call(exchange, messages.calls)


@check(
    "across.responses.usage",
    SHOULD,
    of=both(chat_requests.HELLO, responses_requests.HELLO),
    spec="CHAT-ENV-025 RSP-ENV-020",
    depth=FULL,
)
def test_responses_count_what_chat_counts(exchange: Exchange) -> None:
    """The same question SHOULD count about the same tokens in Responses as in Chat Completions."""
    counts_alike(chat.prompt_tokens(exchange.before[0]), responses.input_tokens(exchange.accepted()))


@check(
    "across.messages.usage",
    SHOULD,
    of=both(chat_requests.HELLO, messages_requests.HELLO),
    spec="CHAT-ENV-025 MSG-ENV-006",
    depth=FULL,
)
def test_messages_count_what_chat_counts(exchange: Exchange) -> None:
    """The same question SHOULD count about the same tokens in Messages as in Chat Completions."""
    counts_alike(chat.prompt_tokens(exchange.before[0]), messages.taken(exchange.accepted()))


def refuses_both(exchange: Exchange) -> None:
    """Say *broken* if a model that nobody has is refused through one protocol and answers through the other."""
    every = (exchange.before[0].answered(), exchange.answered())
    taken = [one.request.protocol for one in every if one.ok]
    seen(len(taken) < 2, "it answers through both")
    assert not taken, f"an unknown model is refused, and answers through {taken[0]}"


@check(
    "across.responses.unknown_model",
    SHOULD,
    of=both(UNKNOWN_TO_CHAT, UNKNOWN_TO_RESPONSES),
    spec="ERR-CASE-005",
    depth=FULL,
)
def test_responses_miss_what_chat_misses(exchange: Exchange) -> None:
    """A model that Chat Completions doesn't know SHOULD NOT answer in Responses, or vice versa."""
    refuses_both(exchange)


@check(
    "across.messages.unknown_model",
    SHOULD,
    of=both(UNKNOWN_TO_CHAT, UNKNOWN_TO_MESSAGES),
    spec="ERR-CASE-005",
    depth=FULL,
)
def test_messages_miss_what_chat_misses(exchange: Exchange) -> None:
    """A model that Chat Completions doesn't know SHOULD NOT answer in Messages, or vice versa."""
    refuses_both(exchange)
