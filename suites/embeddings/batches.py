"""Embeddings: that what holds for one text written plainly holds for many, for short vectors and for tokens."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

from samewire import FULL, MUST, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .requests import AGAIN, AGAIN_PLAIN, ONE, PACKED, SHORT, SIZED, THREE, THREE_PACKED
from .vectors import near, unpacked, vectors


@scenario(PACKED, SHORT, spare=(THREE_PACKED,))
def packed_alone_and_among_others() -> Steps:
    """A text as base64, and several; if these are refused, three of them, whole."""
    yield PACKED
    every: Exchange = yield SHORT
    if not every.ok:
        yield THREE_PACKED


@check("embeddings.encoding.batch", MUST, of=packed_alone_and_among_others, spec="EMB-005 EMB-002", depth=FULL)
def test_base64_is_taken_for_several_texts(exchange: Exchange) -> None:
    """`encoding_format: "base64"` MUST be taken for several texts as for one: official clients send it unasked."""
    seen(exchange.before[0].ok, "base64 is refused for one text, too, which has a cell of its own")
    exchange.accepted()


@scenario(ONE, PACKED, SHORT)
def plain_packed_and_short() -> Steps:
    """A text as numbers, as base64, and among many as short base64."""
    yield ONE
    yield PACKED
    yield SHORT


def bytes_of(text: Any) -> int:
    """How many bytes a base64 embedding has."""
    seen(isinstance(text, str), "no base64 came")
    try:
        return len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as problem:
        raise AssertionError(f"not base64: {problem}") from None


@check("embeddings.encoding.short", MUST, of=plain_packed_and_short, spec="EMB-006 EMB-012", depth=FULL)
def test_short_base64_is_of_float32_too(exchange: Exchange) -> None:
    """With `dimensions` as well, a base64 embedding MUST be of float32: four bytes for each of its numbers."""
    seen(exchange.ok, "short vectors are refused, which has a cell of its own")
    numbers, text = (vectors(one)[0] for one in exchange.before)
    seen(isinstance(numbers, list) and isinstance(text, str), "no base64 came")
    seen(unpacked(text, len(numbers)) is not None, "whole vectors are not of float32 either, which has its own cell")
    sizes = {bytes_of(one) for one in vectors(exchange)}
    seen(len(sizes) == 1, "vectors of several lengths have a cell of their own")
    # Eight numbers in one, two or eight bytes each; who makes more or fewer of them has a cell of its own.
    odd = sizes & {8, 16, 64}
    assert not odd, f"{min(odd)} bytes stand for 8 numbers"


@scenario(THREE, SHORT)
def plain_and_short() -> Steps:
    """Three texts as numbers, and these among many as short base64."""
    yield THREE
    yield SHORT


@check("embeddings.encoding.order", SHOULD, of=plain_and_short, spec="EMB-010 EMB-013", depth=FULL)
def test_short_vectors_stand_in_the_order_of_texts(exchange: Exchange) -> None:
    """Written in another way, embeddings SHOULD stand in the order of the inputs, too."""
    seen(exchange.ok, "short vectors are refused, which has a cell of its own")
    every = vectors(exchange)
    plain: list[list[float]] = [one[:8] if isinstance(one, list) else [] for one in vectors(exchange.before[0])]
    numbers = [one if isinstance(one, list) else unpacked(one, 8) or [] for one in every]
    short = numbers[:3]
    seen(len(plain) == len(short) == 3 and {len(one) for one in (*plain, *short)} == {8}, "no comparable vectors")
    likeness = [[near(one, other) for other in plain] for one in short]
    # Only who is seen to be another's is at a wrong place: short vectors need not be the beginning of long ones.
    strange = [row.index(max(row)) for at, row in enumerate(likeness) if max(row) > 0.9999 and row[at] < 0.99]
    assert not strange, f"a text has the embedding of number {strange[0]} of its neighbours"
    # Where these are no numbers either, or others, that has a cell of its own.
    alike = all(row[at] > 0.99 for at, row in enumerate(likeness))
    endless = [place for place, one in enumerate(numbers) if alike and not all(map(math.isfinite, one))]
    assert not endless, f"embedding {endless[0]} of {len(every)} has a number that is none: {numbers[endless[0]]}"


@scenario(SHORT, SIZED)
def short_of_texts_and_of_tokens() -> Steps:
    """Short vectors of texts, and one of tokens."""
    yield SHORT
    yield SIZED


@check("embeddings.dimensions.tokens", SHOULD, of=short_of_texts_and_of_tokens, spec="EMB-012 EMB-002", depth=FULL)
def test_dimensions_hold_for_tokens(exchange: Exchange) -> None:
    """`dimensions` SHOULD set the length of a vector of tokens as of one of text."""
    few = exchange.before[0]
    seen(few.ok and {len(one) for one in vectors(few)} <= {8, 44}, "short vectors are refused, or of another length")
    seen(exchange.ok, "tokens are refused, which has a cell of its own")
    lengths = {len(one) for one in vectors(exchange)}
    seen(not any(isinstance(one[0], list) for one in vectors(exchange) if one), "the numbers are nested")
    # Of base64, which was not asked for, 44 letters are 8 numbers.
    honoured(lengths <= {8, 44}, f"dimensions 8 was accepted, and the vector has {sorted(lengths)}")


@scenario(ONE, AGAIN, spare=(AGAIN_PLAIN,))
def twice() -> Steps:
    """The same text twice."""
    yield ONE
    again: Exchange = yield AGAIN
    if not again.ok:
        yield AGAIN_PLAIN


@check("embeddings.vectors.stable", SHOULD, of=twice, spec="EMB-013 EMB-015", depth=FULL)
def test_the_same_text_gives_the_same_vector(exchange: Exchange) -> None:
    """The same text SHOULD give the same vector each time, to a thousandth, whether an encoding is named or not."""
    assert "encoding_format" not in exchange.said, f"an encoding_format is demanded{exchange.said}"
    exchange.accepted()
    first, second = vectors(exchange.before[0])[0], vectors(exchange)[0]
    assert not isinstance(second, str), "base64 came, which was not asked for"
    seen(isinstance(first, list) and isinstance(second, list) and first and second, "no comparable vectors")
    lengths = len(first), len(second)
    assert lengths[0] == lengths[1], f"two vectors of the same text have {lengths[0]} and {lengths[1]} numbers"
    off = max(abs(a - b) for a, b in zip(first, second, strict=True))
    assert off < 1e-3, f"two vectors of the same text differ by {off:.4f}"
