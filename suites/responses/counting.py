"""`input_tokens`: what a request would take, before it is sent."""

from __future__ import annotations

from samewire import FULL, MAY, POST, SHOULD, Exchange, Steps, check, scenario, seen

from ..chat.packing import packed
from .reading import input_tokens
from .requests import HELLO
from .together import TELLS

COUNT = "responses/input_tokens"
COUNTED = POST(COUNT, input=HELLO.body["input"]).after(HELLO)
#: The same as a long conversation with tools, instructions and outputs of calls.
ALL = POST(COUNT, **{name: TELLS.body[name] for name in ("instructions", "input", "tools", "tool_choice")}).after(HELLO)


@scenario(ALL, TELLS, spare=(COUNTED, HELLO))
def counted_and_sent() -> Steps:
    """A long conversation counted, and sent; if it can't be sent either, a short question."""
    _, sent = yield [ALL, TELLS]
    if not sent.ok:
        yield COUNTED
        yield HELLO


def counting(exchange: Exchange) -> Exchange:
    """The exchange that counts what was sent last."""
    found: Exchange = exchange.before[-1]
    return found


@check("responses.count.taken", MAY, of=counted_and_sent, spec="RSP-EP-006", depth=FULL)
def test_tokens_are_counted(exchange: Exchange) -> None:
    """A request to `input_tokens` MAY be answered, whatever it holds that may be sent."""
    counting(exchange).accepted()


@check("responses.count.shape", SHOULD, of=packed(ALL, COUNTED), spec="RSP-EP-006", depth=FULL)
def test_a_count_has_its_shape(exchange: Exchange) -> None:
    """A count SHOULD be an object `response.input_tokens` with `input_tokens`, a whole number."""
    seen(exchange.ok, "it is refused, which has a check of its own")
    exchange.conforms(COUNT)


@check("responses.count.agrees", SHOULD, of=counted_and_sent, spec="RSP-EP-006 RSP-ENV-020", depth=FULL)
def test_a_count_agrees_with_usage(exchange: Exchange) -> None:
    """A count SHOULD be near the `input_tokens` of the same request, with all that it holds."""
    seen(counting(exchange).ok, "it is refused, which has a check of its own")
    count, usage = int(counting(exchange).body_as(COUNT)["input_tokens"]), input_tokens(exchange)
    seen(usage, "no usage is counted")
    near = abs(count - (usage or 0)) <= max(16, (usage or 0) // 5)
    assert near, f"counted as {count} tokens, and as {usage} when sent"
