"""Tools reach the model, all of them: proved by what they make a prompt count. And calls of theirs keep apart."""

from __future__ import annotations

from samewire import FULL, OMIT, SHOULD, Broken, Exchange, Steps, check, counts, scenario, seen

from .reading import calls, taken
from .requests import FORCED, FORCED_STREAM, HELLO, STREAM
from .tools import NO_INPUT, ODD, ODD_TOOL, SHAPED, heads


@scenario(FORCED, HELLO)
def offered() -> Steps:
    """A tool where none is needed, and the same without."""
    yield FORCED
    yield HELLO


@check("messages.tools.offered", SHOULD, of=offered, spec="MSG-REQ-012", depth=FULL)
def test_tools_reach_the_model(exchange: Exchange) -> None:
    """Tools that are taken SHOULD reach the model: the prompt grows with them."""
    with_tools, without = taken(exchange.before[0].accepted()), taken(exchange.accepted())
    seen(with_tools and without, "no input tokens are counted")
    grown = (with_tools or 0) - (without or 0)
    counts(grown > 8, f"a tool makes the prompt {grown} tokens longer", Broken, text=False)


#: Tokens by which two tools make a prompt longer than one does, at least as a rule. A token has seldom more letters.
SECOND = (len(str([ODD_TOOL, SHAPED])) - len(str(FORCED.body["tools"]))) // 6
#: No tool is named: who is told which one to call need not show the model another.
OPEN = ODD.but(tool_choice=OMIT)
EACH = OPEN.but(tools=[ODD_TOOL]), OPEN.but(tools=[SHAPED])


@scenario(HELLO, FORCED, ODD, spare=(OPEN, *EACH))
def offered_together() -> Steps:
    """No tool, one tool and two others; if these hardly count for more, both left open, and each of them by itself."""
    _, one, two = yield [HELLO, FORCED, ODD]
    if two.ok and (taken(two) or 0) < (taken(one) or 0) + SECOND:
        yield [OPEN, *EACH]


@check("messages.tools.all", SHOULD, of=offered_together, spec="MSG-REQ-012", depth=FULL)
def test_all_tools_reach_the_model(exchange: Exchange) -> None:
    """All tools that are taken SHOULD reach the model: two make the prompt longer than each of them by itself."""
    every = (*exchange.before, exchange)
    seen(every[2].ok, "they are refused, or something beside them")
    if len(every) == 3:
        return
    none, one, _, both, *alone = (taken(one) if one.ok else None for one in every)
    seen(both and all(alone), "no input tokens are counted")
    seen((one or 0) > (none or 0), "no tool counts at all, which has a check of its own")
    grown = min((both or 0) - (one or 0) for one in alone)
    counts(
        grown > 8, f"two tools were accepted, and make the prompt {grown} tokens longer than one of them", text=False
    )


@scenario(FORCED, STREAM, FORCED_STREAM, ODD, spare=(NO_INPUT,))
def called_twice() -> Steps:
    """Two forced calls of one tool, the second in a stream, and one of another: some name calls after their tools."""
    _, usual, other = yield [FORCED, STREAM, ODD]
    if not other.ok:
        yield NO_INPUT
    if usual.ok and usual.stream_error is None:
        yield FORCED_STREAM


@check("messages.tools.fresh_ids", SHOULD, of=called_twice, spec="MSG-ENV-010 MSG-BLK-007", depth=FULL)
def test_every_call_has_a_new_id(exchange: Exchange) -> None:
    """The calls of two messages SHOULD have ids of their own: they meet in one conversation."""
    first, *rest = (*exchange.before, exchange)
    whole = [one for one in rest if one.ok and not one.request.streamed]
    found = [{call["id"] for call in calls(one)} for one in (first, *whole)]
    found += [{str(head.get("id")) for head in heads(one)} for one in rest if one.request.streamed]
    every = [name for ids in found for name in ids]
    seen(sum(map(bool, found)) > 1, "no tool was called")
    twice = [name for name in every if every.count(name) > 1]
    assert not twice, f"two messages have calls of the id {min(twice)!r}"
