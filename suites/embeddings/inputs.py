"""Embeddings: what may be embedded, how it may be given, and how much of it comes back."""

from __future__ import annotations

from samewire import FULL, MUST, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from ..chat.careful import CHARSET, small_elsewhere
from ..chat.packing import all_or_each, not_failing_together, packed
from ..chat.reading import refused
from ..chat.requests import NO_MODEL
from .requests import (
    AGAIN,
    BARE,
    ELEVEN,
    MANY,
    ONE,
    PACKED,
    SHORT,
    SIZED,
    TEXTS,
    THREE,
    THREE_PACKED,
    TOKENS,
    TURNED_LONG,
)
from .vectors import turned_around, vectors


@check("embeddings.mistakes.empty_input", SHOULD, of=ONE.wrong(input=[TEXTS[0], ""]), spec="EMB-003", depth=FULL)
def test_an_empty_input_is_refused(exchange: Exchange) -> None:
    """An `input` that is empty, or one of several that is, SHOULD be refused with 400."""
    refused(exchange)


@check(
    "embeddings.mistakes.no_input",
    MUST,
    of=ONE.wrong(input=[]),
    spec="EMB-001 EMB-003 ERR-CASE-008 ERR-CASE-023",
    depth=FULL,
)
def test_an_input_is_needed(exchange: Exchange) -> None:
    """A request whose `input` is an empty array MUST be refused."""
    refused(exchange)


@check("embeddings.mistakes.model", SHOULD, of=ONE.wrong(model=NO_MODEL), spec="ERR-CASE-005 EMB-001", depth=FULL)
def test_another_model_is_not_taken_for_this_one(exchange: Exchange) -> None:
    """A request for embeddings of a model that does not exist SHOULD be refused, with 404 as a rule."""
    refused(exchange)


#: Two inputs of tokens.
ARRAYS = ONE.but(input=[[1000, 1001, 1002], [1003, 1004]])


@check("embeddings.inputs.tokens", MUST, of=packed(SIZED, TOKENS), spec="EMB-002", depth=FULL)
def test_tokens_are_taken(exchange: Exchange) -> None:
    """`input` MUST be taken as an array of tokens too, which are one input."""
    count = len(vectors(exchange))
    honoured(count == 1, f"an array of three tokens was accepted, and {count} embeddings came")


@check("embeddings.inputs.token_arrays", MUST, of=ARRAYS, spec="EMB-002", depth=FULL)
def test_arrays_of_tokens_are_taken(exchange: Exchange) -> None:
    """`input` MUST be taken as an array of arrays of tokens too, each of which is an input."""
    count = len(vectors(exchange))
    honoured(count == 2, f"two arrays of tokens were accepted, and {count} embeddings came")


@scenario(SHORT, spare=(THREE_PACKED, MANY, ELEVEN))
def many_texts() -> Steps:
    """Many texts; where short vectors are refused, as whole ones; and where base64 is refused for several, fewer."""
    short: Exchange = yield SHORT
    if not short.ok:
        three: Exchange = yield THREE_PACKED
        yield MANY if three.ok else ELEVEN


@check("embeddings.inputs.many", MUST, of=many_texts, spec="EMB-002", depth=FULL)
def test_many_texts_are_taken(exchange: Exchange) -> None:
    """`input` MUST be taken as an array of many texts, too: up to 2048 are documented, and here are 128."""
    exchange.accepted()


@check("embeddings.inputs.charset", SHOULD, of=packed(AGAIN, ONE.having(CHARSET)), spec="HTTP-REQ-002", depth=FULL)
def test_a_charset_may_be_named_with_texts(exchange: Exchange) -> None:
    """A `Content-Type` of `application/json` with a charset SHOULD be taken here as elsewhere."""
    exchange.accepted()


@check(
    "embeddings.inputs.scheme_case",
    SHOULD,
    of=small_elsewhere(AGAIN, ONE.with_key("lowercase")),
    spec="HTTP-AUTH-002",
    needs=("key", "bearer"),
    depth=FULL,
)
def test_the_scheme_is_read_in_any_case_with_texts(exchange: Exchange) -> None:
    """The scheme's name SHOULD be read in any case here as elsewhere: `bearer` is `Bearer`."""
    seen(exchange.found, "it is not in chat either, which has a cell of its own")
    exchange.accepted()


@check(
    "embeddings.inputs.together",
    SHOULD,
    of=all_or_each(SHORT, THREE, PACKED, MANY, ONE.but(dimensions=8)),
    spec="EMB-012 EMB-004 ERR-CASE-023",
    depth=FULL,
)
def test_what_is_asked_of_vectors_goes_together(exchange: Exchange) -> None:
    """`dimensions` and base64, taken one by one, SHOULD be taken together or refused: not fail."""
    not_failing_together(exchange)


@check("embeddings.list.coding", SHOULD, of=turned_around, spec="HTTP-RES-008", depth=FULL)
def test_much_is_not_compressed_unasked_either(exchange: Exchange) -> None:
    """A long answer SHOULD be compressed only if that was offered, as a short one."""
    # Where it could not be read, a shorter one followed.
    coding = next(one for one in (*exchange.before, exchange) if one.asked(TURNED_LONG)).header("content-encoding")
    assert coding.lower() in ("", "identity"), f"compressed with {coding}, which was not offered"


@check("embeddings.inputs.letters", SHOULD, of=turned_around, spec="HTTP-REQ-003 EMB-010", depth=FULL)
def test_letters_beyond_ascii_are_read(exchange: Exchange) -> None:
    """Letters beyond ASCII SHOULD be read: a text has another embedding than what is left of it without them."""
    seen(exchange.asked(TURNED_LONG), "it is refused together with long texts, or they are")
    asked, every = TURNED_LONG.body["input"], vectors(exchange)
    seen(len(every) == len(asked), "not as many vectors as texts")
    whole, bare, other = (every[asked.index(text)] for text in (TEXTS[2], BARE, TEXTS[1]))
    seen(all(isinstance(one, list) and len(one) == len(whole) for one in (whole, bare, other)), "no comparable vectors")
    seen(whole != other, "texts have the same embedding, whatever they say")
    apart = max(abs(a - b) for a, b in zip(whole, bare, strict=True))
    honoured(apart > 1e-6, f"{TEXTS[2]!r} has the embedding of {BARE!r}")
