"""`n`: several choices, whole and streamed."""

from __future__ import annotations

from samewire import (
    FULL,
    SHOULD,
    Exchange,
    Steps,
    check,
    honoured,
    scenario,
    seen,
    system,
)

from .likelihood import TWO_BIASED
from .lost import said_in_all
from .packing import packed
from .parameters import IN_TEXT
from .reading import (
    STARVED,
    chunks,
    completion,
    completion_tokens,
    finished,
    fragments,
    pieces,
    prompt_tokens,
    streamed_words,
)
from .requests import CALLED, CALLED_STREAM, CUT, FEW, HELLO, METERED, STREAM

TWO = HELLO.but(n=2)


@check("chat.sampling.n", SHOULD, of=packed(TWO_BIASED, TWO), spec="CHAT-REQ-008 CHAT-ENV-006")
def test_n_gives_choices(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices, with the indexes 0 to n-1."""
    every = completion(exchange)["choices"]
    honoured(len(every) == 2, f"n 2 was accepted, and {len(every)} choice came")
    indexes = sorted(one["index"] for one in every)
    assert indexes == [0, 1], f"the indexes of two choices are {indexes}"


@scenario(HELLO, TWO_BIASED, spare=(TWO,))
def one_and_two() -> Steps:
    """One choice, and two for the same prompt."""
    yield HELLO
    two: Exchange = yield TWO_BIASED
    if not two.ok:
        yield TWO


@check("chat.usage.choices", SHOULD, of=one_and_two, spec="CHAT-ENV-025 CHAT-REQ-008", depth=FULL)
def test_every_choice_is_counted(exchange: Exchange) -> None:
    """`completion_tokens` SHOULD count the tokens of all choices."""
    every, spent = completion(exchange)["choices"], completion_tokens(exchange)
    sent = exchange.sent or {}
    limit = int(sent.get("max_completion_tokens") or sent.get("max_tokens") or 0)
    likely = [len((one.get("logprobs") or {}).get("content") or ()) for one in every]
    if len(every) == 2 and all(likely) and spent is not None:
        assert spent >= 0.75 * sum(likely), f"two choices of {likely} tokens, by their logprobs, count {spent}"
        return
    one, alone = said_in_all(exchange.before[0]), completion_tokens(exchange.before[0]) or 0
    # Who thinks before counts other tokens each time, although the words are the same.
    if (
        len(every) == 2
        and {one} == {two["message"].get("content") for two in every}
        and 0 < alone <= len(one)
        and spent is not None
    ):
        why = f"two choices count {spent} tokens, and one that says the same counts {alone}"
        assert spent >= 1.5 * alone, why
        return
    seen(len(every) == 2 and {one["finish_reason"] for one in every} == {"length"}, "not two choices, both cut off")
    seen(limit and spent is not None, "no usage is counted, or no limit was sent")
    assert (spent or 0) > limit * 1.5, f"two choices of {limit} tokens each count {spent} tokens"


@check("chat.usage.prompt_once", SHOULD, of=one_and_two, spec="CHAT-ENV-025 CHAT-REQ-008", depth=FULL)
def test_the_prompt_is_counted_once(exchange: Exchange) -> None:
    """`prompt_tokens` SHOULD count the prompt once, however many choices are made of it."""
    one, two = prompt_tokens(exchange.before[0]), prompt_tokens(exchange)
    seen(
        one and two is not None and len(completion(exchange)["choices"]) == 2, "no usage is counted, or no two choices"
    )
    assert two != 2 * (one or 0), f"the prompt counts {one} tokens for one choice, and {two} for two"


@scenario(CUT, TWO_BIASED, spare=(TWO,))
def cut_and_two() -> Steps:
    """An answer that is to be cut off, and two choices."""
    cut: Exchange = yield CUT
    two: Exchange = yield TWO_BIASED
    if not two.ok:
        yield TWO
    return cut.ok and (completion_tokens(cut) or FEW) <= FEW + 1


@check("chat.limits.every_choice", SHOULD, of=cut_and_two, spec="CHAT-REQ-005 CHAT-REQ-008", depth=FULL)
def test_a_limit_holds_for_every_choice(exchange: Exchange) -> None:
    """The token limit SHOULD limit each of several choices as it limits one."""
    seen(exchange.ok and exchange.found, "two choices are refused, or no limit is kept for one either")
    every, spent = completion(exchange)["choices"], completion_tokens(exchange)
    sent = exchange.sent or {}
    limit = int(sent.get("max_completion_tokens") or sent.get("max_tokens") or 0)
    seen(limit and spent is not None and len(every) == 2, "no usage is counted, no limit was sent, or no two choices")
    honoured((spent or 0) <= 2 * limit + 4, f"the limit {limit} was accepted, and two choices have {spent} tokens")


TWO_STREAM = STREAM.but(**TWO.body)
#: The same with a tool that must be called, a system message, usage, and the format that is the default.
TWO_LADEN = STREAM.but(
    n=2,
    **CALLED.but(messages=[system("Be kind."), *CALLED.body["messages"]]).body,
    stream_options={"include_usage": True},
    response_format={"type": "text"},
).after(STREAM)


@scenario(TWO_LADEN, METERED, spare=(TWO_STREAM,))
def two_in_a_stream() -> Steps:
    """Two choices in a stream, with a tool that must be called and usage; if they don't come, without these."""
    usual: Exchange = yield METERED
    laden: Exchange = yield TWO_LADEN
    two = laden.ok and {piece["index"] for piece in pieces(laden)} >= {0, 1}
    if not two:
        yield TWO_STREAM
    counted = [any(chunk.get("usage") for chunk in chunks(one)) if one.ok else None for one in (usual, laden)]
    return laden.ok, two, counted


@check("chat.sampling.n_stream", SHOULD, of=two_in_a_stream, spec="CHAT-STR-028 CHAT-REQ-008", depth=FULL)
def test_n_gives_choices_in_streams(exchange: Exchange) -> None:
    """`n` SHOULD be the number of choices in a stream, each with its role and its end, also with tools at hand."""
    finished(exchange)
    indexes = sorted({piece["index"] for piece in pieces(exchange)})
    honoured(len(indexes) > 1, f"n 2 was accepted, and the stream numbers its choices {indexes}")
    assert indexes == [0, 1], f"the indexes of two choices are {indexes}"
    taken, two, _ = exchange.found
    honoured(two or not taken, "n 2 was accepted, and with tools and a system message one choice came in the stream")
    silent = [index for index in indexes if not streamed_words(exchange, index) and not fragments(exchange, index)]
    seen(len(silent) < 2, "no choice says anything")
    assert not silent, f"choice {silent[0]} says nothing, and the other does"


@check(
    "chat.format.text_stream",
    SHOULD,
    of=packed(TWO_LADEN, STREAM.but(response_format={"type": "text"}).after(IN_TEXT)),
    spec="CHAT-FMT-001",
    depth=FULL,
)
def test_text_is_taken_in_streams(exchange: Exchange) -> None:
    """`response_format: {"type": "text"}`, the default, SHOULD be taken for a stream, too."""
    exchange.accepted()


@scenario(CALLED_STREAM, TWO_LADEN)
def called_once_and_twice() -> Steps:
    """A tool that must be called in a stream, by one choice and by two."""
    yield CALLED_STREAM
    yield TWO_LADEN


@check(
    "chat.tool_stream.every_choice",
    SHOULD,
    of=called_once_and_twice,
    spec="CHAT-TOOL-004 CHAT-STR-028",
    depth=FULL,
    again=2,
)
def test_every_choice_calls_a_tool(exchange: Exchange) -> None:
    """With `n` and `tool_choice: "required"`, every choice of a stream SHOULD call a tool, as a single one does."""
    one = exchange.before[0]
    seen(exchange.ok and one.ok and fragments(one), "it is refused, or no tool is called by one choice either")
    finished(exchange)
    made = [bool(fragments(exchange, index)) for index in sorted({piece["index"] for piece in pieces(exchange)})]
    seen(len(made) == 2, "not two choices came, which has a cell of its own")
    idle = [index for index, called in enumerate(made) if not called]
    said = "".join(streamed_words(exchange, index) for index in idle)
    ends = [piece.get("finish_reason") for piece in pieces(exchange) if piece["index"] in idle]
    seen(said.strip() or "length" not in ends, STARVED)
    why = f"a tool had to be called, and beside a system message {len(idle)} of two choices called none"
    honoured(not idle, f"{why} and said {said[:60]!r}")


@check("chat.stream_usage.beside", SHOULD, of=two_in_a_stream, spec="CHAT-STR-014", depth=FULL)
def test_usage_is_given_whatever_is_beside_it(exchange: Exchange) -> None:
    """With `include_usage`, a stream SHOULD count its tokens with tools at hand and with several choices, too."""
    taken, _, counted = exchange.found
    seen(taken, "it is refused, which has cells of its own")
    honoured(
        counted != [True, False],
        "include_usage was accepted, and in company (tools, two choices, a system message) no usage came",
    )
