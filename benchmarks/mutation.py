"""How many of all simple changes of an answer the suites see: a measure that knows no list of faults.

    python benchmarks/mutation.py chat|responses|messages [SAMPLE]

A *mutant* of the reference changes one place of all its answers in one way: a member is left out, null, of another
type or value, an event of a stream is dropped, doubled or misplaced. It is *seen* when a cell turns red. Not every
mutant is wrong (what is optional may be left out, what the model says may be anything), so that those who survive are
listed by place, to be judged by whoever reads it. SAMPLE mutants are drawn by lot, the same each time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any, NamedTuple

from samewire.demo import Served, endpoint_at
from samewire.reference import Reference
from samewire.reference.call import Call, Fault
from samewire.running import Live
from samewire.settings import Settings
from samewire.suite import requirements

#: Protocol → the paths whose answers are changed, and the protocols that are asked for.
SURFACES = {
    "chat": (("/chat/completions", "/models", "/embeddings", "/completions"), ("chat", "embeddings", "completions")),
    "responses": (("/responses",), ("responses",)),
    "messages": (("/messages",), ("messages",)),
}
#: Mutants that are measured at once.
BATCH = 16
#: What stands for a member that is left out.
GONE = object()
#: Members whose own members are the developer's or the model's.
OPAQUE = {"input_schema", "parameters", "schema", "metadata", "arguments", "input", "top_logprobs"}


class Place(NamedTuple):
    """Where something is changed: in whole answers or in the events of streams, at which path, in which of them."""

    kind: str
    path: str
    scope: str
    pointer: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path} {self.kind} {self.scope} {'/'.join(self.pointer)}".strip()


class Mutant(NamedTuple):
    """One change at one place."""

    place: Place
    change: str


#: Type → change → what becomes of a value of that type.
CHANGES: dict[type, dict[str, Callable[[Any], Any]]] = {
    str: {
        "number": lambda _: 7,
        "empty": lambda _: "",
        "other": lambda _: "samewire-other",
        "listed": lambda value: [value],
    },
    int: {
        "text": str,
        "zero": lambda _: 0,
        "negative": lambda _: -1,
        "large": lambda value: value * 1000 + 1000,
        "half": lambda value: value + 0.5,
    },
    list: {"emptied": lambda _: [], "shortened": lambda value: value[:-1], "repeated": lambda value: value + value[:1]},
    dict: {"emptied": lambda _: {}, "listed": lambda value: [value], "text": lambda _: "samewire"},
    bool: {"flipped": lambda value: not value, "text": lambda value: str(value).lower()},
}
ANY: dict[str, Callable[[Any], Any]] = {"left out": lambda _: GONE, "null": lambda _: None}


def sequence(change: str, events: list[bytes], places: list[int]) -> list[bytes]:
    """A stream in which the events at these places are dropped, doubled or misplaced."""
    first, last = places[0], places[-1]
    moved = events[:first] + events[first + 1 :]
    return {
        "dropped": lambda: [one for place, one in enumerate(events) if place not in places],
        "last dropped": lambda: events[:last] + events[last + 1 :],
        "doubled": lambda: [one for place, event in enumerate(events) for one in [event] * (1 + (place in places))],
        "late": lambda: [*moved, events[first]],
        "early": lambda: [events[first], *moved],
    }[change]()


SEQUENCES = ("dropped", "last dropped", "doubled", "late", "early")


def step(value: Any) -> str:
    """How an item of an array is named: by what it is."""
    kind = (value.get("type") or value.get("object")) if isinstance(value, dict) else None
    return f"*:{kind}" if isinstance(kind, str) else "*"


def pointers(value: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type]]:
    """Every place in a document, and of which type it is there."""
    if before:
        yield before, int if isinstance(value, float) else type(value)
    if before and before[-1] in OPAQUE:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            yield from pointers(member, (*before, name))
    for item in value if isinstance(value, list) else ():
        yield from pointers(item, (*before, step(item)))


def changed(value: Any, pointer: Sequence[str], change: str) -> Any:
    """A document in which every value that the pointer names is changed."""
    if not pointer:
        kind = int if isinstance(value, float) else type(value)
        how = ANY.get(change) or CHANGES.get(kind, {}).get(change)
        return how(value) if how else value
    name, *rest = pointer
    if isinstance(value, dict) and name in value:
        inner = changed(value[name], rest, change)
        return {key: inner if key == name else one for key, one in value.items() if key != name or inner is not GONE}
    if isinstance(value, list) and name.startswith("*"):
        items = [changed(one, rest, change) if step(one) == name else one for one in value]
        return [one for one in items if one is not GONE]
    return value


def read(event: bytes) -> Any:
    """What an event of a stream holds; None if that is no document."""
    data = b"".join(line[5:] for line in event.split(b"\n") if line.startswith(b"data:"))
    return json.loads(data) if data.strip().startswith(b"{") else None


def written(event: bytes, document: Any) -> bytes:
    """An event that holds another document."""
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"\n".join(b"data: " + text if line.startswith(b"data:") else line for line in event.split(b"\n"))


def named(event: Any) -> str:
    """What kind of event a document is: its type, or for chunks what they carry."""
    if "type" in event:
        return str(event["type"])
    choice = (event.get("choices") or [{}])[0]
    carried = "finish_reason" if choice.get("finish_reason") else next(iter(choice.get("delta") or {}), "text")
    return f"chunk with {carried}" if event.get("choices") else "chunk with usage"


def scope_of(call: Call, path: str) -> str | None:
    """Whether an answer to this path is an error or not, and to what below it; None if it is an answer to another."""
    if call.path != path and not call.path.startswith(f"{path}/"):
        return None
    last = call.path.rsplit("/", 1)[-1]
    beside = f" {last}" if last in ("input_items", "input_tokens", "count_tokens") else ""
    return ("error" if call.response.status >= 400 else "answer") + beside


def body(call: Call) -> Any:
    """The document that is answered; None where it is none."""
    whole = call.response.body
    return json.loads(whole) if isinstance(whole, bytes) and whole.startswith((b"{", b"[")) else None


def survey(protocol: str) -> dict[Place, set[type]]:
    """All places of all answers that a full run of the protocol gets."""
    places: dict[Place, set[type]] = defaultdict(set)

    def look(call: Call, path: str) -> None:
        scope = scope_of(call, path)
        for pointer, kind in pointers(body(call)) if scope else ():
            places[Place("whole", path, str(scope), pointer)].add(kind)

    def follow(call: Call, path: str) -> None:
        for event in filter(None, map(read, call.events)) if scope_of(call, path) else ():
            places[Place("stream", path, named(event))].add(bytes)
            for pointer, kind in pointers(event):
                places[Place("stream", path, named(event), pointer)].add(kind)

    faults = [
        Fault("survey", "", stage, lambda call, path=path, does=does: does(call, path), {}, where=path)
        for path in SURFACES[protocol][0]
        for stage, does in (("response", look), ("events", follow))
    ]
    red(protocol, [Reference(faults)])
    return places


def mutants(places: dict[Place, set[type]]) -> Iterator[Mutant]:
    """Every change at every place."""
    for place, kinds in sorted(places.items(), key=str):
        names = [name for kind in sorted(kinds, key=str) for name in CHANGES.get(kind, {})]
        for name in dict.fromkeys([*ANY, *names]) if place.pointer else SEQUENCES:
            yield Mutant(place, name)


def twin(mutant: Mutant) -> Reference:
    """The reference with one change."""
    place, change = mutant

    def whole(call: Call) -> None:
        document = body(call)
        if scope_of(call, place.path) == place.scope and document is not None:
            text = json.dumps(changed(document, place.pointer, change), ensure_ascii=False)
            call.response.body = text.encode("utf-8", "surrogatepass")

    def streamed(call: Call) -> None:
        if scope_of(call, place.path) is None:
            return
        documents = list(map(read, call.events))
        hit = [number for number, one in enumerate(documents) if one and named(one) == place.scope]
        if hit and not place.pointer:
            call.events = sequence(change, call.events, hit)
        for number in hit if place.pointer else ():
            call.events[number] = written(call.events[number], changed(documents[number], place.pointer, change))

    stage, does = ("response", whole) if place.kind == "whole" else ("events", streamed)
    return Reference([Fault("mutant", "", stage, does, {}, where=place.path)])


def red(protocol: str, references: Sequence[Reference]) -> list[list[str]]:
    """The cells that are red at each of these references."""
    with Served({str(number): one for number, one in enumerate(references)}) as served:
        endpoints = []
        for name, port in served.ports.items():
            one = endpoint_at(port, name, costly=False)
            endpoints.append(replace(one, provider=replace(one.provider, protocols=SURFACES[protocol][1])))
        live = Live(Settings(tuple(endpoints)))
        every = list(requirements())
        measurement = live.open(every)
        found = [[one.id for one in every if measurement.judgement(one, where).verdict.red] for where in endpoints]
        live.close()
    return found


def batch(work: tuple[str, list[Mutant]]) -> list[list[str]]:
    """The cells that are red at each of some mutants."""
    return red(work[0], [twin(mutant) for mutant in work[1]])


def main(protocol: str, sample: int) -> None:
    """Measure a protocol's mutants, and print how many were seen, and who survived."""
    begun = time.perf_counter()
    every = list(mutants(survey(protocol)))
    drawn = random.Random(1).sample(every, min(sample, len(every)))
    work = [(protocol, drawn[start : start + BATCH]) for start in range(0, len(drawn), BATCH)]
    with ProcessPoolExecutor(os.cpu_count() or 1, multiprocessing.get_context("spawn")) as pool:
        found = [cells for cells in pool.map(batch, work) for cells in cells]
    asked, seen = Counter(one.place.kind for one in drawn), Counter[str]()
    survivors: dict[str, list[str]] = defaultdict(list)
    for mutant, cells in zip(drawn, found, strict=True):
        seen[mutant.place.kind] += bool(cells)
        if not cells:
            survivors[str(mutant.place)].append(mutant.change)
    print(f"## {protocol}\n\n{len(drawn)} of {len(every)} mutants, {time.perf_counter() - begun:.0f} s.\n")
    print("| of | mutants | seen | ratio |\n| --- | ---: | ---: | ---: |")
    for kind, count in asked.items():
        print(f"| {kind} | {count} | {seen[kind]} | {seen[kind] / count:.2f} |")
    print("\nSurvivors:\n")
    for place, changes in sorted(survivors.items()):
        print(f"- `{place}`: {', '.join(sorted(changes))}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
