"""Usage: tokens are counted, under the names of this protocol, and the counts are right."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, SMOKE, Every, Exchange, Steps, check, observed, scenario, seen, trust

from ..http.spent import counts_its_letters, counts_its_prompt
from .reading import calls, holds, input_tokens, output_tokens, response, words
from .requests import COUNT, CUT, FEW, HELLO, RESPONSES
from .state import QUESTION, TOLD, followed, followed_by, uncounted
from .together import TELLS

DETAILS = ("/usage/input_tokens_details", "/usage/output_tokens_details")
#: Every response, whole or streamed.
MADE = Every(witness=(HELLO,), path="responses", method="POST", wrong=False)
LONG = HELLO.but(input="Say hello. " + "These words change nothing at all, they only make the question longer. " * 12)


@check("responses.usage.present", SHOULD, of=RESPONSES, spec="RSP-ENV-022", depth=SMOKE)
def test_usage_is_counted(exchange: Exchange) -> None:
    """A response SHOULD count its tokens in `usage`."""
    assert response(exchange).get("usage") is not None, "there is no usage"


@check("responses.usage.shape", MUST, of=RESPONSES, spec="RSP-ENV-020 RSP-ENV-023", depth=SMOKE)
def test_usage_counts_in_whole_numbers(exchange: Exchange) -> None:
    """`usage` MUST have `input_tokens`, `output_tokens` and `total_tokens`, whole numbers of at least 0."""
    holds(exchange, "/usage", but=DETAILS)
    seen(response(exchange).get("usage") is not None, "no usage is counted")


@check("responses.usage.details", SHOULD, of=RESPONSES, spec="RSP-ENV-020 RSP-ENV-021")
def test_usage_has_details(exchange: Exchange) -> None:
    """`usage` SHOULD tell `cached_tokens` and `reasoning_tokens` in its details, whole numbers of at least 0."""
    holds(exchange, *DETAILS)
    seen(response(exchange).get("usage") is not None, "no usage is counted")


@check("responses.usage.total", SHOULD, of=RESPONSES, spec="RSP-ENV-023", depth=SMOKE)
def test_usage_adds_up(exchange: Exchange) -> None:
    """`total_tokens` SHOULD be the sum of `input_tokens` and `output_tokens`."""
    usage = response(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    total, parts = usage["total_tokens"], usage["input_tokens"] + usage["output_tokens"]
    assert total == parts, f"total_tokens is {total}, the parts make {parts}"


@check("responses.usage.parts", SHOULD, of=RESPONSES, spec="RSP-ENV-020", depth=FULL)
def test_details_are_part_of_what_they_detail(exchange: Exchange) -> None:
    """Cached tokens SHOULD be part of the input's tokens, and reasoning tokens part of the output's."""
    usage = response(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    cached = usage["input_tokens_details"]["cached_tokens"]
    reasoned = usage["output_tokens_details"]["reasoning_tokens"]
    assert cached <= usage["input_tokens"], f"{cached} tokens of {usage['input_tokens']} are cached"
    assert reasoned <= usage["output_tokens"], f"{reasoned} reasoning tokens of {usage['output_tokens']} in all"


@check("responses.usage.counts", SHOULD, of=MADE, spec="RSP-ENV-022 RSP-ENV-020")
def test_usage_counts_something(exchange: Exchange) -> None:
    """A question with words, and an answer with words or calls, SHOULD count more than 0 tokens each."""
    usage = response(exchange).get("usage")
    seen(usage is not None, "no usage is counted")
    counts_all = usage["input_tokens"] > 0 and usage["output_tokens"] > 0
    seen(counts_all or not exchange.streamed, "it counts nothing in a stream, which has a cell of its own")
    counts_its_prompt(exchange, usage["input_tokens"])
    made = [f"{one['name']}{one['arguments']}" for one in calls(exchange)]
    counts_its_letters(usage["output_tokens"], len(words(exchange)) + sum(map(len, made)))


@scenario(HELLO, TELLS, spare=(LONG,))
def short_and_long() -> Steps:
    """A short question, and a long conversation, or where that is refused a long question."""
    yield HELLO
    long: Exchange = yield TELLS
    if not long.ok:
        yield LONG


@check("responses.usage.grows", SHOULD, of=short_and_long, spec="RSP-ENV-020 RSP-ENV-023", depth=FULL)
def test_a_longer_question_counts_more(exchange: Exchange) -> None:
    """A longer question SHOULD count more `input_tokens` than a short one."""
    longer, shorter = input_tokens(exchange), input_tokens(exchange.before[0])
    seen(longer is not None and shorter is not None, "no usage is counted")
    assert longer is not None
    assert shorter is not None
    assert longer >= shorter + 60, f"150 words count {longer} tokens, and two {shorter}"


@trust(short_and_long, counts=True)
def counts_grow(exchange: Exchange) -> None:
    """Pass if tokens are counted that grow with the input."""
    longer, shorter = input_tokens(exchange), input_tokens(exchange.before[0])
    seen((longer or 0) > (shorter or 0), "a longer question counts no more tokens than a short one")


@scenario(COUNT, CUT)
def whole_and_cut() -> Steps:
    """A long answer, and the same cut off."""
    yield COUNT
    yield CUT


@check("responses.usage.output_grows", SHOULD, of=whole_and_cut, spec="RSP-ENV-020 RSP-ST-006")
def test_a_longer_answer_counts_more(exchange: Exchange) -> None:
    """A longer answer SHOULD count more `output_tokens` than one that is cut off, and that no more than its limit."""
    whole, cut = output_tokens(exchange.before[0]), output_tokens(exchange)
    seen(whole is not None and cut is not None, "no usage is counted")
    long_enough = len(words(exchange.before[0])) >= 80 and response(exchange).get("status") == "incomplete"
    seen(long_enough, "the answer was not cut off, or is a short one")
    assert whole is not None
    assert cut is not None
    if cut > 2 * FEW:
        observed(f"{cut} tokens are counted, where {FEW} were the limit: the limit is not kept")
    assert whole > cut, f"the whole answer counts {whole} tokens, {FEW} at most of it {cut}"


#: Tokens that a template may put around messages.
AROUND = 32


@check("responses.usage.turns_once", SHOULD, of=followed, spec="RSP-ENV-020 RSP-ST-001 OR-014", depth=FULL)
def test_turns_before_count_once(exchange: Exchange) -> None:
    """The turns that `previous_response_id` names SHOULD be counted once in `input_tokens`: not twice, nor left out."""
    first, second = followed_by(exchange)
    put_in, said, after = input_tokens(first), output_tokens(first), input_tokens(second)
    seen(put_in and said and after, "no usage is counted")
    # The model tells a word of theirs: they are read.
    left_out = uncounted(first, second) == "responses.usage.turns_once"
    why = f"{put_in} tokens went in before, and {after} with the question after it, whose answer tells a word of then"
    assert not left_out, f"input_tokens leaves out what previous_response_id loads: {why}"
    # A letter is a token at most; who counts more counts something else, too, which may come twice.
    seen((put_in or 0) <= len(str(TOLD.body)) + AROUND, "the input counts more tokens than it has letters")
    new = len(QUESTION) + AROUND
    most = (put_in or 0) + (said or 0) + new
    why = f"{put_in} tokens went in before and {said} came out, the question has {new} at most, and {after} went in"
    assert (after or 0) <= most, why
