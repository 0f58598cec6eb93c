"""Results of several calls: each belongs to the call whose id it names, wherever it stands."""

from __future__ import annotations

import re

from samewire import FULL, SHOULD, Exchange, Steps, assistant, check, honoured, scenario, seen, tool_result

from .reading import prompt_tokens, words
from .requests import ASK_TWICE, TOOLS
from .results import IN_ORDER, IN_PARTS, LONDON, OF_LONDON, OF_PARIS, PARIS, TURNED

#: As short as ids may be: some take nine letters, no more and no less.
SHORT = ("aB3dE5gH1", "aB3dE5gH2")
OF_LONDON_SHORT, OF_PARIS_SHORT = (
    tool_result(name, str(one["content"])) for name, one in zip(SHORT[::-1], (OF_LONDON, OF_PARIS), strict=True)
)
#: The results turned around, of calls with short ids.
SHORTLY = TOOLS.but(
    messages=[
        ASK_TWICE,
        assistant(None, tool_calls=[{**one, "id": name} for name, one in zip(SHORT, (PARIS, LONDON), strict=True)]),
        OF_LONDON_SHORT,
        OF_PARIS_SHORT,
    ]
)
#: Tokens that four longer ids add at least, where they are a part of the prompt.
LONGER = 8


def own(exchange: Exchange) -> bool | None:
    """Whether an answer tells of each place its own weather; None if it doesn't say which is whose."""
    found = re.findall(r"paris|london|sunny|rain", words(exchange).lower()) if exchange.ok else []
    pairs = [{*found[:2]}, {*found[2:]}]
    if len(found) != 4 or {*found} != {"paris", "london", "sunny", "rain"} or pairs[0] == {"paris", "london"}:
        return None
    return None if pairs[1] == {"paris", "london"} else {"paris", "sunny"} in pairs


@scenario(IN_PARTS, spare=(TURNED, IN_ORDER, SHORTLY))
def turned_results() -> Steps:
    """Results in another order than their calls; if each is told as the other's, in order as well, and with short ids.

    Returns:
        Whether each is told as its own, turned around and in order, and how much longer ids add to the prompt.
    """
    answer: Exchange = yield IN_PARTS
    if own(answer):
        return True, None, None
    turned: Exchange = yield TURNED
    if own(turned) is not False:
        return own(turned), None, None
    ordered, short = yield [IN_ORDER, SHORTLY]
    counted = [prompt_tokens(one) if one.ok else None for one in (turned, short)]
    return False, own(ordered), None if None in counted else (counted[0] or 0) - (counted[1] or 0)


@check("chat.history.results_by_id", SHOULD, of=turned_results, spec="CHAT-MSG-007 CHAT-MSG-010", depth=FULL, again=3)
def test_a_result_belongs_to_the_call_it_names(exchange: Exchange) -> None:
    """A result SHOULD belong to the call that its `tool_call_id` names, whatever the order of the results."""
    turned, ordered, longer = exchange.found
    seen(turned is not None, "the model doesn't say which result is whose")
    if turned:
        return
    seen(ordered, "the model confuses results in the order of their calls, too")
    # A model may overlook an id that it is told: then longer ones cost more.
    seen(longer is not None and longer < LONGER, "ids are told to the model, or no tokens are counted")
    why = "two results came in another order than their calls, and the model tells each as the other's"
    honoured(False, f"{why}; in order it doesn't, and longer ids add {longer} tokens: nobody reads them")
