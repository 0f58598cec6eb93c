"""Embeddings: the list, the vectors, how they are written, and what they cost."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Sequence
from typing import Any

from samewire import FULL, MUST, SHOULD, Exchange, Steps, Stop, check, honoured, scenario, seen

from ..chat.packing import failing, packed
from ..chat.reading import refused
from .requests import ALL, GIVEN, ONE, PACKED, PREFLIGHT, SHORT, THREE, TURNED, TURNED_LONG

SHAPE = "embeddings/embeddings"


def vectors(exchange: Exchange) -> list[Any]:
    """The embeddings of an answer, in the order they came."""
    return [one["embedding"] for one in exchange.accepted().body_as(SHAPE)["data"]]


def near(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two vectors of the same length."""
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return dot / ((math.hypot(*one) * math.hypot(*other)) or 1.0)


def unpacked(text: str, count: int | None = None) -> list[float] | None:
    """So many numbers, or as many as there are, that base64 stands for; None if it doesn't stand for as many."""
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    wanted = len(packed) // 4 if count is None else count
    return list(struct.unpack(f"<{wanted}f", packed)) if len(packed) == 4 * wanted else None


@check(GIVEN, SHOULD, of=PREFLIGHT, spec="EMB-001")
def test_embeddings_are_given(exchange: Exchange) -> None:
    """`POST /embeddings` with `model` and `input` SHOULD be answered with embeddings, or refused."""
    if isinstance(exchange.found, Stop):
        raise exchange.found.signal


@check("embeddings.list.shape", MUST, of=ALL, spec="EMB-007")
def test_embeddings_come_as_a_list(exchange: Exchange) -> None:
    """Embeddings MUST come as `{"object": "list", "data": […], "model": …, "usage": …}`."""
    exchange.conforms(SHAPE, but=("/data/*",))
    assert exchange.body_as(SHAPE)["model"], "`model` is empty"


@check("embeddings.list.entry", MUST, of=ALL, spec="EMB-008 EMB-011")
def test_an_embedding_has_its_shape(exchange: Exchange) -> None:
    """Every embedding MUST have `object` \"embedding\", a whole number `index` and `embedding`."""
    exchange.conforms(SHAPE, "/data/*")


@check("embeddings.list.floats", MUST, of=ONE, spec="EMB-009 EMB-017", depth=FULL)
def test_floats_are_numbers(exchange: Exchange) -> None:
    """With `encoding_format: "float"`, an embedding MUST be an array of finite numbers."""
    first = vectors(exchange)[0]
    assert isinstance(first, list), f"the embedding is {type(first).__name__}"
    assert all(math.isfinite(number) for number in first), "a number is not finite"


@check("embeddings.list.order", SHOULD, of=ALL, spec="EMB-010 EMB-002")
def test_every_input_has_its_embedding(exchange: Exchange) -> None:
    """Several inputs SHOULD give as many embeddings, with the indexes 0, 1, 2 … in this order."""
    indexes = [one["index"] for one in exchange.accepted().body_as(SHAPE)["data"]]
    assert not exchange.asked(THREE) or len(indexes) == 3, f"three inputs give the indexes {indexes}"
    odd = [at for at, index in enumerate(indexes) if at != index]
    assert not odd, f"number {odd[0]} of {len(indexes)} embeddings has the index {indexes[odd[0]]}: {indexes[:12]}"


@scenario(THREE, TURNED_LONG, spare=(TURNED,))
def turned_around() -> Steps:
    """Three inputs, and the same in reverse, with two long ones; if that is refused, without these."""
    yield THREE
    every: Exchange = yield TURNED_LONG
    if not every.ok:
        yield TURNED


@check("embeddings.list.belongs", SHOULD, of=turned_around, spec="EMB-010 EMB-013", depth=FULL)
def test_an_embedding_belongs_to_its_input(exchange: Exchange) -> None:
    """The embedding at a place SHOULD be that of the input at that place: turned around, they turn around."""
    first, every = vectors(exchange.before[0]), vectors(exchange)
    indexes = [one["index"] for one in exchange.body_as(SHAPE)["data"]]
    seen(indexes == sorted(indexes), "the embeddings don't come in their order")
    seen(len(first) == 3, "not three vectors")
    asked = (exchange.sent or {})["input"]
    assert len(every) == len(asked), f"{len(asked)} inputs, two of them the same, give {len(every)} embeddings"
    second, other = every[:3], every[3]
    seen(
        len(first) == len(second) == 3 and all(isinstance(one, list) for one in (*first, *second)), "not three vectors"
    )
    seen(len({len(one) for one in (*first, *second)}) == 1, "vectors of several lengths")
    likeness = [near(one, other) for one, other in zip(first, reversed(second), strict=True)]
    others = [near(one, two) for at, one in enumerate(first) for place, two in enumerate(second) if at + place != 2]
    # The last of the three is the first of them turned around, and has letters that are escaped there.
    which = (
        "of the same texts"
        if min(likeness[:2]) <= 0.99
        else "of the same texts, the last once as it is and once escaped,"
    )
    astray = "; some stand at another's place" if max(others) > 0.99 else ""
    assert min(likeness) > 0.99, f"{which} the cosines are {[round(one, 3) for one in likeness]}{astray}"
    assert near(first[0], other) < 0.9999, "two texts that begin alike have the same embedding"


@check("embeddings.inputs.long", SHOULD, of=turned_around, spec="EMB-003 EMB-010", depth=FULL)
def test_a_long_text_is_read_to_its_end(exchange: Exchange) -> None:
    """A long text SHOULD be refused or read to its end: two that differ only there have different embeddings."""
    if exchange.ok and not exchange.asked(TURNED_LONG):
        failing(exchange.before[1])
    seen(exchange.asked(TURNED_LONG), "long texts are refused")
    every = vectors(exchange)
    seen(len(every) > 3, "not as many vectors as texts")
    one, other = every[-2:]
    seen(isinstance(one, list) and isinstance(other, list) and len(one) == len(other), "no comparable vectors")
    seen(every[0] != every[1], "texts have the same embedding, whatever they say")
    honoured(max(abs(a - b) for a, b in zip(one, other, strict=True)) > 1e-6, "the end of a long text was cut off")


@scenario(ONE, THREE)
def alone_and_among_others() -> Steps:
    """A text alone, and the same as the first of three."""
    yield ONE
    yield THREE


@check("embeddings.list.alike", SHOULD, of=alone_and_among_others, spec="EMB-010 EMB-013", depth=FULL)
def test_a_text_has_one_vector_alone_and_among_others(exchange: Exchange) -> None:
    """A text SHOULD have the same embedding alone and among others."""
    alone, (among, *others) = vectors(exchange.before[0])[0], vectors(exchange)
    numbers = all(isinstance(one, list) and one for one in (alone, among, *others))
    seen(numbers and len({len(one) for one in (among, *others)}) == 1, "no comparable vectors")
    assert len(among) == len(alone), f"the embedding has {len(alone)} numbers alone, and {len(among)} among others"
    seen(len(others) == 2, "not three vectors")
    seen(all(near(alone, one) < 0.99 for one in others), "it stands at another place, which has a cell of its own")
    likeness = near(alone, among)
    assert likeness > 0.999, f"the cosine of what should be the same is {likeness:.3f}"


@check("embeddings.list.lengths", SHOULD, of=ALL, spec="EMB-012 EMB-004", depth=FULL)
def test_all_vectors_have_one_length(exchange: Exchange) -> None:
    """All embeddings of an answer SHOULD have the same length, and be written in the same way."""
    every = vectors(exchange)
    texts = sum(isinstance(one, str) for one in every)
    assert texts in (0, len(every)), f"of {len(every)} embeddings, {texts} are base64, and the others arrays"
    lengths = sorted({len(one) for one in every})
    assert len(lengths) == 1, f"the lengths are {lengths[:6]}"


@check("embeddings.encoding.base64", MUST, of=PACKED, spec="EMB-005 EMB-004", required=True)
def test_base64_is_taken(exchange: Exchange) -> None:
    """`encoding_format: "base64"` MUST be taken: official clients send it unasked."""
    exchange.accepted()


@check("embeddings.encoding.given", SHOULD, of=PACKED, spec="EMB-004")
def test_base64_is_given(exchange: Exchange) -> None:
    """With `encoding_format: "base64"`, embeddings SHOULD be strings: official clients ask for it by default."""
    first = vectors(exchange)[0]
    honoured(isinstance(first, str), "base64 was accepted, and numbers came")


@scenario(ONE, PACKED)
def plain_and_packed() -> Steps:
    """The same text, as numbers and as base64."""
    yield ONE
    yield PACKED


@check("embeddings.encoding.float32", MUST, of=plain_and_packed, spec="EMB-006 EMB-013")
def test_base64_is_of_float32(exchange: Exchange) -> None:
    """A base64 embedding MUST be the same numbers as float32, little-endian, in padded standard base64."""
    numbers, text = vectors(exchange.before[0])[0], vectors(exchange)[0]
    seen(isinstance(text, str) and isinstance(numbers, list), "no base64 came, or no numbers to compare it with")
    seen(not any(isinstance(one, list) for one in numbers), "the numbers are nested, which has a cell of its own")
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise AssertionError(f"not base64: {problem}") from None
    assert len(packed) == 4 * len(numbers), f"{len(packed)} bytes stand for {len(numbers)} numbers"
    unpacked = struct.unpack(f"<{len(numbers)}f", packed)
    assert all(map(math.isfinite, unpacked)), "a number is not finite"
    off = max(abs(a - b) for a, b in zip(numbers, unpacked, strict=True))
    assert off < 1e-3, f"a number is off by {off:.4f}"
    # Machines that share their work differ in the last places, and never in all that come after the fourth.
    rounded = off > 1e-6 and all(round(one, 4) == one for one in numbers)
    assert not rounded, f"the numbers are rounded to four decimals or fewer, and off by {off:.6f} from base64"


@check(
    "embeddings.encoding.unknown",
    SHOULD,
    of=ONE.wrong(encoding_format="banana"),
    spec="EMB-004 ERR-CASE-012",
    depth=FULL,
)
def test_an_unknown_encoding_is_refused(exchange: Exchange) -> None:
    """An unknown `encoding_format` SHOULD be refused with 400."""
    refused(exchange)


@check("embeddings.dimensions.set", SHOULD, of=packed(SHORT, ONE.but(dimensions=8)), spec="EMB-012", depth=FULL)
def test_dimensions_set_the_length(exchange: Exchange) -> None:
    """`dimensions` SHOULD set the length of all vectors, however they are written; models that can't refuse it."""
    # Of base64 without its padding, 4 letters are 3 bytes, and 4 bytes are a number.
    lengths = {len(one) if isinstance(one, list) else len(one.rstrip("=")) * 3 // 16 for one in vectors(exchange)}
    seen(lengths != {0}, "the vectors are empty, which has a check of its own")
    # Twice as many are float64, which has a cell of its own.
    form = (exchange.sent or {}).get("encoding_format", "floats")
    honoured(lengths & {8, 16}, f"dimensions 8 was accepted, and the vectors, as {form}, have {sorted(lengths)}")


@check("embeddings.usage.counted", SHOULD, of=ALL, spec="EMB-014")
def test_embeddings_count_tokens(exchange: Exchange) -> None:
    """`usage` of embeddings SHOULD count the prompt, more than 0 tokens, which are the total."""
    usage = exchange.body_as(SHAPE)["usage"]
    assert usage["prompt_tokens"] > 0, "no tokens are counted"
    assert usage["total_tokens"] == usage["prompt_tokens"], (
        f"{usage['total_tokens']} tokens, {usage['prompt_tokens']} of the prompt"
    )


NOWHERE = ONE.wrong(dimensions=0)


@scenario(SHORT, NOWHERE)
def in_few_and_in_no_dimensions() -> Steps:
    """Vectors of few numbers, and one of none."""
    yield SHORT
    yield NOWHERE


@check("embeddings.mistakes.dimensions", SHOULD, of=in_few_and_in_no_dimensions, spec="EMB-012", depth=FULL)
def test_a_vector_has_a_dimension(exchange: Exchange) -> None:
    """`dimensions` of 0 SHOULD be refused with 400 where others are honoured."""
    few = exchange.before[0]
    # 8 numbers, or as many in base64.
    seen(few.ok and {len(one) for one in vectors(few)} <= {8, 44}, "short vectors are refused, or of another length")
    refused(exchange)
