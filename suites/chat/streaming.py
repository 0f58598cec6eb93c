"""Chunks of a stream: what a streaming client relies on, judged over every stream of the run."""

from __future__ import annotations

from itertools import pairwise

from samewire import FULL, MUST, SHOULD, SMOKE, Broken, Exchange, Steps, check, observed, scenario, seen

from ..http.same import has_words, keeps_blanks
from .marks import unmarked
from .reading import chunks, completion, deltas, pieces, streamed_words, words
from .requests import COUNT, METERED, STREAM, STREAMS

SHAPE = "chat/chunk"
#: Parts of a chunk that have checks of their own elsewhere.
ELSEWHERE = ("/choices/*/delta/tool_calls", "/choices/*/logprobs", "/usage", "/choices/*/delta/function_call")


def indexes(exchange: Exchange) -> list[int]:
    """The indexes of a stream's choices, in the order they appear."""
    return list(dict.fromkeys(piece["index"] for piece in pieces(exchange)))


@check("chat.stream.id", MUST, of=STREAMS, spec="CHAT-STR-001", depth=SMOKE)
def test_a_chunk_has_an_id(exchange: Exchange) -> None:
    """Every chunk MUST have an `id`, a string that is not empty."""
    exchange.conforms(SHAPE, "/id")
    empty = [chunk for chunk in chunks(exchange) if chunk["choices"] and chunk["id"] == ""]
    assert not empty, "a chunk's id is empty"


@check("chat.stream.object", MUST, of=STREAMS, spec="CHAT-STR-001", depth=SMOKE)
def test_a_chunk_says_what_it_is(exchange: Exchange) -> None:
    """Every chunk's `object` MUST be `chat.completion.chunk`."""
    exchange.conforms(SHAPE, "/object")


@check("chat.stream.created", MUST, of=STREAMS, spec="CHAT-STR-001")
def test_a_chunk_is_dated(exchange: Exchange) -> None:
    """Every chunk's `created` MUST be a whole number, the Unix time in seconds."""
    exchange.conforms(SHAPE, "/created")


@check("chat.stream.model", MUST, of=STREAMS, spec="CHAT-STR-001")
def test_a_chunk_names_its_model(exchange: Exchange) -> None:
    """Every chunk MUST name its `model`, a string that is not empty."""
    exchange.conforms(SHAPE, "/model")
    empty = [chunk for chunk in chunks(exchange) if chunk["choices"] and chunk["model"] == ""]
    assert not empty, "a chunk's model is empty"


@check("chat.stream.choices", MUST, of=STREAMS, spec="CHAT-STR-001 CHAT-STR-003 CHAT-STR-004", depth=SMOKE)
def test_a_chunk_has_choices(exchange: Exchange) -> None:
    """Every chunk MUST have an array `choices`, and every choice in it an `index` and an object `delta`."""
    places = (
        "id",
        "object",
        "created",
        "model",
        "choices/*/finish_reason",
        "choices/*/delta/role",
        "choices/*/delta/content",
        "system_fingerprint",
        "service_tier",
    )
    exchange.conforms(SHAPE, but=(*(f"/{place}" for place in places), *ELSEWHERE))


@check("chat.stream.rest", SHOULD, of=STREAMS, spec="CHAT-ENV-030 CHAT-ENV-031", depth=FULL)
def test_what_else_a_chunk_has_has_its_type(exchange: Exchange) -> None:
    """A chunk's `system_fingerprint` and `service_tier` SHOULD be strings, null or absent."""
    exchange.conforms(SHAPE, "/system_fingerprint", "/service_tier")


@check("chat.stream.content", MUST, of=STREAMS, spec="CHAT-STR-009", depth=SMOKE)
def test_a_delta_is_text(exchange: Exchange) -> None:
    """`delta.content` MUST be a string or null, never an array of parts."""
    exchange.conforms(SHAPE, "/choices/*/delta/content")


@check("chat.stream.one_id", SHOULD, of=STREAMS, spec="CHAT-STR-002")
def test_a_stream_has_one_id(exchange: Exchange) -> None:
    """All chunks of a stream SHOULD have the same `id` and the same `created`."""
    own = [chunk for chunk in chunks(exchange) if chunk["choices"] or chunk.get("usage")]
    for name in ("id", "created"):
        values = list(dict.fromkeys(chunk[name] for chunk in own))
        assert len(values) <= 1, f"`{name}` is {values[0]!r} first and {values[1]!r} later"


@check("chat.stream.not_empty", MUST, of=STREAMS, spec="CHAT-STR-035", depth=SMOKE)
def test_a_stream_has_chunks(exchange: Exchange) -> None:
    """A stream MUST hold at least one chunk with a choice before it ends."""
    if not any(chunk.get("choices") for chunk in exchange.stream_of(SHAPE)):
        raise Broken("no chunk with a choice came", causes={"empty stream"})


@check("chat.stream.role", MUST, of=STREAMS, spec="CHAT-STR-007 CHAT-STR-008", depth=SMOKE)
def test_the_role_comes_once(exchange: Exchange) -> None:
    """Each choice MUST name its role, `assistant`, in its first delta and in no later one: clients join what comes."""
    exchange.conforms(SHAPE, "/choices/*/delta/role")
    for index in indexes(exchange):
        roles = [delta.get("role") for delta in deltas(exchange, index)]
        named = [place for place, role in enumerate(roles) if role]
        assert named, f"choice {index} never names its role"
        assert len(named) == 1, f"choice {index} names its role in {len(named)} deltas"
        before = [
            delta for delta in deltas(exchange, index)[: named[0]] if delta.get("content") or delta.get("tool_calls")
        ]
        assert not before, f"choice {index} names its role only in delta {named[0]}"


@check("chat.stream.role_first", SHOULD, of=STREAMS, spec="CHAT-STR-008 CHAT-STR-007", depth=FULL)
def test_the_role_comes_first(exchange: Exchange) -> None:
    """The very first delta of each choice SHOULD name its role: who starts a message with it finds none else."""
    for index in indexes(exchange):
        roles = [bool(delta.get("role")) for delta in deltas(exchange, index)]
        seen(roles.count(True) == 1, "it is never named, or several times, which has a cell of its own")
        early = deltas(exchange, index)[: roles.index(True)]
        seen(not any(one.get("content") or one.get("tool_calls") for one in early), "it comes after words, likewise")
        assert not early, f"choice {index} names its role only in delta {roles.index(True)}, after empty ones"


@check("chat.stream.finish_reason", MUST, of=STREAMS, spec="CHAT-STR-010 CHAT-STR-005", depth=SMOKE)
def test_finish_reasons_are_known(exchange: Exchange) -> None:
    """A `finish_reason` MUST be null until the end, then one of the documented words."""
    exchange.conforms(SHAPE, "/choices/*/finish_reason")


@check("chat.stream.finish_null", SHOULD, of=STREAMS, spec="CHAT-STR-005", depth=FULL)
def test_chunks_say_that_they_go_on(exchange: Exchange) -> None:
    """Every choice of every chunk SHOULD have a `finish_reason`, which is null until the end."""
    every = list(pieces(exchange))
    without = sum("finish_reason" not in piece for piece in every)
    assert not without, f"{without} of {len(every)} choices in chunks have no `finish_reason`, not even null"


@check("chat.stream.finish", MUST, of=STREAMS, spec="CHAT-STR-010", depth=SMOKE)
def test_a_choice_finishes_once(exchange: Exchange) -> None:
    """Exactly one chunk of each choice MUST have a `finish_reason`."""
    for index in indexes(exchange):
        reasons = [piece.get("finish_reason") for piece in pieces(exchange) if piece["index"] == index]
        given = [reason for reason in reasons if reason is not None]
        if not given:
            raise Broken(f"choice {index} never finishes: no chunk has a finish_reason", causes={"unfinished stream"})
        assert len(given) == 1, f"choice {index} finishes {len(given)} times: {', '.join(map(str, given[:4]))}"


@check("chat.stream.finish_last", SHOULD, of=STREAMS, spec="CHAT-STR-011")
def test_nothing_follows_the_finish(exchange: Exchange) -> None:
    """No content SHOULD follow a choice's `finish_reason`."""
    finished: set[int] = set()
    for piece in pieces(exchange):
        delta = piece["delta"]
        late = piece["index"] in finished and (delta.get("content") or delta.get("tool_calls"))
        assert not late, f"choice {piece['index']} goes on after its finish_reason"
        if piece.get("finish_reason") is not None:
            finished.add(piece["index"])


@check("chat.stream.fragments", MUST, of=STREAMS, spec="CHAT-STR-009")
def test_deltas_are_fragments(exchange: Exchange) -> None:
    """Deltas MUST be what is new, not all that was said so far: clients join them."""
    every = [[text for delta in deltas(exchange, one) if (text := delta.get("content"))] for one in indexes(exchange)]
    told = [texts for texts in every if len(texts) >= 4]
    seen(told, "too few deltas to tell")
    for texts in told:
        growing = all(later.startswith(earlier) for earlier, later in pairwise(texts))
        assert not growing or len(set(texts)) == 1, "every delta repeats all that was said before"


@check("chat.stream.no_marks", SHOULD, of=STREAMS, spec="CHAT-STR-009 CHAT-ENV-012", depth=FULL)
def test_no_marks_leak_into_streams(exchange: Exchange) -> None:
    """A streamed answer SHOULD NOT begin or end with a mark of the template, such as the one that ends a turn."""
    unmarked(exchange, streamed_words(exchange), thoughts=False)


@check("chat.stream.incremental", SHOULD, of=STREAM, spec="CHAT-STR-037 SSE-021")
def test_an_answer_comes_in_pieces(exchange: Exchange) -> None:
    """A long answer SHOULD come in several deltas, not whole."""
    texts = [text for delta in deltas(exchange) if (text := delta.get("content"))]
    # Some send nearly a hundred letters at a time, which is no long answer.
    seen(len("".join(texts)) >= 100, "the answer is too short to tell")
    # Some gather a line before they send it; who sends nearly all at once does not stream.
    longest, whole = max(map(len, texts), default=0), len("".join(texts))
    assert len(texts) > 3 or longest <= whole * 0.9, f"{longest} of {whole} characters came in one delta"


@check("chat.stream.no_usage", SHOULD, of=STREAM, spec="CHAT-STR-017")
def test_usage_comes_only_when_asked_for(exchange: Exchange) -> None:
    """Without `include_usage`, no chunk SHOULD carry `usage`."""
    counted = [chunk for chunk in chunks(exchange) if chunk.get("usage") is not None]
    assert not counted, f"{len(counted)} chunks carry usage, which was not asked for"


@scenario(COUNT, STREAM)
def said_and_streamed() -> Steps:
    """The same question, answered whole and as a stream."""
    yield COUNT
    yield STREAM


@check("chat.stream.words", MUST, of=said_and_streamed, spec="CHAT-STR-009 CHAT-EQ-002", again=2)
def test_a_stream_says_something(exchange: Exchange) -> None:
    """A stream MUST carry the answer: where the whole answer has words, the stream has words too."""
    has_words(words(exchange.before[0]), streamed_words(exchange))


@check("chat.stream.whitespace", MUST, of=said_and_streamed, spec="CHAT-STR-009")
def test_a_stream_keeps_its_blanks(exchange: Exchange) -> None:
    """A stream MUST keep blanks and line ends: put together, the deltas are the text."""
    keeps_blanks(words(exchange.before[0]), streamed_words(exchange))


@check("chat.stream.same_finish", SHOULD, of=said_and_streamed, spec="CHAT-EQ-002", depth=FULL)
def test_a_stream_finishes_alike(exchange: Exchange) -> None:
    """The same question SHOULD finish for the same reason whether it is streamed or not."""
    whole = completion(exchange.before[0])["choices"][0]["finish_reason"]
    reasons = [piece.get("finish_reason") for piece in pieces(exchange) if piece.get("finish_reason") is not None]
    seen(reasons and whole in ("stop", "length"), "one of them has no plain finish_reason")
    if len(streamed_words(exchange)) != len(words(exchange.before[0])):
        observed("the two answers differ in length")
    assert reasons[-1] == whole, f"finishes with {reasons[-1]!r}, and with {whole!r} when it is not streamed"


@scenario(COUNT, METERED)
def said_and_metered() -> Steps:
    """The same question, answered whole and as a stream with usage."""
    yield COUNT
    yield METERED
