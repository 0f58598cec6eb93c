"""Embeddings: that each of many texts has its own, and is counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any

from samewire import FULL, SHOULD, Exchange, Steps, check, honoured, scenario, seen

from .inputs import many_texts
from .requests import ALL, ELEVEN, MANY, SHORT, THREE, THREE_PACKED, TURNED_LONG
from .vectors import SHAPE, near, unpacked, vectors


def numbers(embedding: Any) -> Sequence[float]:
    """The numbers of an embedding, as they are or as base64; none if it is neither."""
    if isinstance(embedding, list):
        return embedding if all(isinstance(one, int | float) for one in embedding) else ()
    return unpacked(embedding) or ()


@scenario(THREE, TURNED_LONG, SHORT, spare=(THREE_PACKED, MANY, ELEVEN))
def few_and_many() -> Steps:
    """Three texts, some more, and many, of which these are the first and the last."""
    few: list[Exchange] = yield [THREE, TURNED_LONG]
    yield from many_texts.steps()
    return few


def as_many(exchange: Exchange) -> bool:
    """Whether as many embeddings came as inputs were sent."""
    return len(vectors(exchange)) == len(given(exchange))


@check("embeddings.list.whole", SHOULD, of=few_and_many, spec="EMB-010 EMB-002", depth=FULL)
def test_each_of_many_texts_has_an_embedding(exchange: Exchange) -> None:
    """Many texts SHOULD give as many embeddings as three do: one for each."""
    seen(exchange.ok, "many texts are refused, which has a cell of its own")
    few = [one for one in exchange.found if one.ok]
    seen(few and all(map(as_many, few)), "fewer texts don't give as many either, which has a cell of its own")
    asked, came = len(given(exchange)), len(vectors(exchange))
    honoured(came == asked, f"{asked} texts were accepted, and {came} embeddings came")


def alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two vectors are the same."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 1e-6


@check("embeddings.list.own", SHOULD, of=few_and_many, spec="EMB-010 EMB-013", depth=FULL)
def test_each_of_many_texts_has_its_own(exchange: Exchange) -> None:
    """Each of many texts SHOULD have its own embedding: the same where a text comes twice, another where it doesn't."""
    seen(exchange.ok, "many texts are refused, which has a cell of its own")
    texts: list[str] = (exchange.sent or {})["input"]
    three, every = ([numbers(one) for one in vectors(of)] for of in (exchange.found[0], exchange))
    seen(len(every) == len(texts) and len({len(one) for one in every}) == 1 and every[0], "no comparable vectors")
    seen(len(three) == 3 and len({len(one) for one in three}) == 1 and three[0], "no comparable vectors of three texts")
    seen(not any(alike(three[0], one) for one in three[1:]), "texts have the same embedding, whatever they say")
    seen(all(map(math.isfinite, chain.from_iterable(every))), "a number is none, which has a cell of its own")
    for later, text in enumerate(texts):
        first = texts.index(text)
        likeness = near(every[first], every[later])
        again = first == later or likeness > 0.99
        assert again, f"text {first} comes again as number {later}, and their cosine is {likeness:.3f}"
    # Vectors that are mostly zeros may well be alike in a few dimensions.
    seen(all(every[0]), "the vectors hold zeros")
    firsts = {text: place for place, text in reversed([*enumerate(texts)])}
    same = [(place, text) for text, place in firsts.items() if place and alike(every[0], every[place])]
    assert not same, f"text {same[0][0]} has the embedding of the first: {same[0][1]!r:.40} for {texts[0]!r:.40}"


def given(exchange: Exchange) -> list[str | list[int]]:
    """The inputs of a request, one or several: texts, or tokens."""
    told = (exchange.sent or {}).get("input")
    if isinstance(told, str) or (isinstance(told, list) and told and isinstance(told[0], int)):
        return [told]
    return list(told or ())


@check("embeddings.usage.bounds", SHOULD, of=ALL, spec="EMB-014", depth=FULL)
def test_counts_of_texts_are_possible(exchange: Exchange) -> None:
    """`usage` SHOULD count a token for each text at least, and no more than a text has bytes."""
    inputs, counted = given(exchange), exchange.body_as(SHAPE)["usage"]["prompt_tokens"]
    seen(counted > 0 and as_many(exchange), "no tokens are counted, or not every input is embedded")
    texts = [one for one in inputs if isinstance(one, str)]
    # What is sent as tokens may be cut into fewer once more.
    least = sum(1 if isinstance(one, str) else (len(one) + 1) // 2 for one in inputs)
    what = "the input" if len(inputs) == 1 else f"{len(inputs)} inputs"
    assert counted >= least, f"{what} can't have fewer than {least} tokens, and {counted} are counted"
    # Some put a few tokens of their own around each.
    most = sum(len(one.encode()) for one in texts) + 16 * len(texts)
    assert counted <= most or not texts, f"{what} can't have more than {most} tokens, and {counted} are counted"
