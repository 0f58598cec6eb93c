"""Many tools at hand where none is needed: they are taken, reach the model, and change nothing else."""

from __future__ import annotations

from samewire import (
    FULL,
    LIMIT,
    MUST,
    SHOULD,
    Broken,
    Exchange,
    Ignored,
    Steps,
    check,
    counts,
    observed,
    scenario,
    seen,
)

from .packing import packed
from .parameters import IN_TEXT
from .reading import calls, deltas, finished, fragments, prompt_tokens, streamed_words, words
from .requests import CITY, COUNT, FORCED, HELLO, STREAM, TOOLS, WEATHER, function
from .sampling import stop_word, stopping_at
from .strict import STRICT
from .talk import EVERYWHERE_METERED, EVERYWHERE_STREAM
from .together import all_told_in_a_stream, told_in_a_stream

OPTIONAL = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
#: What clients write that leave it open.
OPEN_TOOL = {"type": "function", "function": {"name": "peng", "parameters": CITY, "strict": None}}
BARE_TOOL = function("ping", "Checks that someone is there.")
EMPTY_TOOL = function("pong", "Checks that someone is there.", {"type": "object", "properties": {}})
OPTIONAL_TOOL = function("get_forecast", "Tells the weather of days to come.", OPTIONAL)
FIND = [function(f"find_{what}", "Looks something up.", CITY) for what in ("rivers", "lakes", "roads", "bridges")]
#: Tools of every kind, where none is needed, and a word to stop at that the answer will come to.
MANY = TOOLS.but(
    messages=COUNT.body["messages"],
    tools=[
        *(WEATHER, BARE_TOOL, EMPTY_TOOL, OPTIONAL_TOOL, OPEN_TOOL),
        *FIND,
    ],
    stop=["samewire-never", "18,", "samewire-nor-this"],
    parallel_tool_calls=True,
    response_format={"type": "text"},
    **LIMIT(160),
)
#: Fewer of them, of the plainest kind, for who refuses one or the other.
PLAIN = TOOLS.but(messages=COUNT.body["messages"], tools=[WEATHER, *FIND], **LIMIT(160))


@check("chat.strict.no_parameters", MUST, of=packed(MANY, TOOLS.but(tools=[BARE_TOOL])), spec="CHAT-TOOL-001")
def test_a_tool_needs_no_parameters(exchange: Exchange) -> None:
    """A function tool without `parameters` MUST be taken: it has no arguments."""
    exchange.accepted()


@check("chat.strict.empty_parameters", MUST, of=packed(MANY, TOOLS.but(tools=[EMPTY_TOOL])), spec="CHAT-TOOL-001")
def test_parameters_may_be_empty(exchange: Exchange) -> None:
    """A function tool whose `parameters` have no properties MUST be taken."""
    exchange.accepted()


@check("chat.strict.optional_parameters", MUST, of=packed(MANY, TOOLS.but(tools=[OPTIONAL_TOOL])), spec="CHAT-TOOL-001")
def test_parameters_may_all_be_optional(exchange: Exchange) -> None:
    """A function tool whose `parameters` have no `required` MUST be taken."""
    exchange.accepted()


@check(
    "chat.strict.null",
    SHOULD,
    of=packed(MANY, TOOLS.but(tools=[OPEN_TOOL]).after(STRICT)),
    spec="CHAT-TOOL-001",
    depth=FULL,
)
def test_a_tools_strict_may_be_null(exchange: Exchange) -> None:
    """A function tool whose `strict` is null SHOULD be taken as one that is not strict."""
    exchange.accepted()


@check(
    "chat.format.text_beside_tools",
    SHOULD,
    of=packed(MANY, TOOLS.but(response_format={"type": "text"}).after(IN_TEXT)),
    spec="CHAT-FMT-001",
    depth=FULL,
)
def test_text_goes_with_tools(exchange: Exchange) -> None:
    """`response_format: {"type": "text"}` SHOULD be taken with tools: it is the default."""
    exchange.accepted()


@check(
    "chat.parameters.parallel_tool_calls",
    SHOULD,
    of=packed(MANY, TOOLS.but(parallel_tool_calls=True)),
    spec="CHAT-REQ-021",
    depth=FULL,
)
def test_several_calls_may_be_allowed(exchange: Exchange) -> None:
    """`parallel_tool_calls: true`, the default, SHOULD be taken with tools."""
    exchange.accepted()


@scenario(HELLO, FORCED, MANY, COUNT, spare=(PLAIN,))
def offered() -> Steps:
    """Nine tools, where none is needed, and the same without; a tool that must be called, and the same without."""
    hello: Exchange = yield HELLO
    forced: Exchange = yield FORCED
    many: Exchange = yield MANY
    if not many.ok:
        yield PLAIN
    yield COUNT
    called = forced.ok and calls(forced)
    counted = (prompt_tokens(hello), prompt_tokens(forced)) if called else (None, None)
    return called and counted[0] == counted[1]


@check("chat.tools.offered", SHOULD, of=offered, spec="CHAT-REQ-019", depth=FULL)
def test_tools_reach_the_model(exchange: Exchange) -> None:
    """Tools that are taken SHOULD reach the model: the prompt grows with them."""
    with_tools, without = prompt_tokens(exchange.before[-1]), prompt_tokens(exchange)
    seen(with_tools is not None and without is not None, "no usage is counted")
    assert with_tools is not None
    assert without is not None
    grown = with_tools - without
    seen(grown > 20 or not exchange.found, "tools are called, and not counted")
    counts(grown > 20, f"nine tools make the prompt {grown} tokens longer", Broken, text=False)


@check(
    "chat.tool_stream.plain_words", MUST, of=all_told_in_a_stream, spec="CHAT-EQ-002 CHAT-STR-009", depth=FULL, again=2
)
def test_plain_words_are_streamed_beside_tools(exchange: Exchange) -> None:
    """With tools at hand, plain words MUST come through a stream as they do otherwise."""
    seen(exchange.ok and exchange.before[0].ok, "it is refused, which has a cell of its own")
    finished(exchange)
    whole, streamed = words(exchange.before[0]), streamed_words(exchange)
    seen(len(whole.strip()) >= 10 and not calls(exchange.before[0]), "no plain words were said")
    if fragments(exchange):
        observed("the stream calls a tool, and the whole answer none")
    assert len(streamed.strip()) >= 5, f"the whole answer says {whole[:60]!r}, the stream {streamed!r}"


@scenario(STREAM, EVERYWHERE_METERED, spare=(EVERYWHERE_STREAM,))
def streamed_without_and_with_tools() -> Steps:
    """A plain stream, and one with tools at hand."""
    yield STREAM
    yield from told_in_a_stream()


@check(
    "chat.stream.incremental_beside_tools",
    SHOULD,
    of=streamed_without_and_with_tools,
    spec="CHAT-STR-037",
    depth=FULL,
)
def test_words_come_in_pieces_beside_tools(exchange: Exchange) -> None:
    """With tools at hand, words SHOULD come in pieces as they do without, and not whole."""
    plain = exchange.before[0]
    seen(plain.ok and exchange.ok and not fragments(exchange), "one of them is refused, or a tool was called")
    usual, texts = ([text for one in deltas(stream) if (text := one.get("content"))] for stream in (plain, exchange))
    whole = "".join(texts)
    # Some gather words or lines: what they would send in three pieces at least is to come in two.
    seen(usual and len(whole) > 3 * max(map(len, usual)), "the answer is too short to tell")
    assert len(texts) > 1, f"{len(whole)} characters came in one delta, and without tools {len(max(usual, key=len))}"


@scenario(COUNT, MANY)  # the answer that stops is counted where it is judged
def stopped_beside_tools() -> Steps:
    """An answer that is to stop at a word, and the same with tools at hand."""
    whole: Exchange = yield COUNT
    word = stop_word(words(whole))
    seen(word, "the answer is too short to stop in")
    alone: Exchange = yield stopping_at(word)
    seen(alone.ok and word not in words(alone), "no answer stops without tools either")
    yield MANY


@check("chat.sampling.stop_beside_tools", SHOULD, of=stopped_beside_tools, spec="CHAT-REQ-010", depth=FULL, again=2)
def test_an_answer_stops_beside_tools(exchange: Exchange) -> None:
    """`stop` SHOULD end an answer with tools at hand as it does otherwise."""
    seen(exchange.ok, "it is refused, which has a cell of its own")
    said = words(exchange)
    seen(not calls(exchange), "a tool was called")
    if "18," in said:
        raise Ignored(f"stop was accepted, and with tools at hand the answer runs on: {said[-60:]!r}")
