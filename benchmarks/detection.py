"""What the suites detect: every fault and every legal variant of the reference is measured, and told in a table.

    python benchmarks/detection.py [PATTERN…] > docs/detection.md
    python benchmarks/detection.py --lot 100 [--seed N] [PATTERN…]

The first takes some twelve minutes on two cores; with ``--lot``, that many twins are drawn, others each time unless a
seed is given: 100 take about a minute.

A fault is *detected* when a cell that it declares turns to the word that it declares; *missed* when none does. A false
alarm is a cell that turns red at a legal variant or at the faultless reference, or at a fault that doesn't declare it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from fnmatch import fnmatchcase

from samewire.reference.call import Fault
from samewire.reference.faults import FAULTS
from samewire.reference.variants import VARIANTS
from samewire.suite import requirements
from samewire.twins import Measured, measure
from samewire.verdict import Verdict

#: Protocols as they are counted: what is served beside chat counts with it.
PROTOCOLS = {
    "chat": "Chat Completions, HTTP, embeddings, completions",
    "responses": "Responses",
    "messages": "Messages",
}
#: Protocols whose checks count with another's.
COUNTED = {"chat": ("chat", "http", "embeddings", "completions")}


def accused(twin: Fault | None, seen: Measured) -> list[str]:
    """The cells that are red, and that nobody declared."""
    turns = twin.turns if twin is not None else {}
    return [name for name in seen.red if name not in turns]


def detected(fault: Fault, seen: Measured) -> bool:
    """Whether a declared cell shows the fault."""
    return any(name in seen.judgements and seen.judgements[name].verdict == word for name, word in fault.turns.items())


def row(cells: list[object]) -> str:
    """A row of a table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table(protocol: str, results: dict[str, tuple[Fault | None, Measured]]) -> list[str]:
    """The figures of one protocol."""
    faults = [(twin, seen) for twin, seen in results.values() if twin is not None and twin.id in FAULTS]
    variants = [(twin, seen) for twin, seen in results.values() if twin is None or twin.id in VARIANTS]
    red = [len(seen.red) for _, seen in faults]
    missed = [fault.id for fault, seen in faults if not detected(fault, seen)]
    alarms = [
        f"{twin.id if twin else 'reference'}: {name}" for twin, seen in results.values() for name in accused(twin, seen)
    ]
    told = [
        ("checks", sum(1 for one in requirements() if one.protocol in COUNTED.get(protocol, (protocol,)))),
        ("faults", len(faults)),
        ("detected", len(faults) - len(missed)),
        ("missed", ", ".join(missed) or "none"),
        ("legal variants, the reference itself included", len(variants)),
        ("false alarms", ", ".join(alarms) or "none"),
        ("red cells for each fault: median", statistics.median(red) if red else 0),
        ("faults with more than four red cells", sum(1 for count in red if count > 4)),
        ("requests for each twin: median", statistics.median(seen.requests for _, seen in results.values())),
        ("tokens spoken for each twin: median", statistics.median(seen.tokens for _, seen in results.values())),
    ]
    return [
        f"## {PROTOCOLS[protocol]}",
        "",
        "| | |",
        "| --- | --- |",
        *(row([name, value]) for name, value in told),
        "",
    ]


def main(patterns: list[str], lot: int | None, seed: int) -> None:
    """Measure the twins that the patterns name, or a lot of them, and print what was detected."""
    every = [*FAULTS.values(), *VARIANTS.values()]
    named = [one for one in every if any(fnmatchcase(one.id, each) for each in patterns)]
    if lot is not None:
        named = random.Random(seed).sample(named, min(lot, len(named)))
    measured = f"{len(named)} of {len(every)} faults and legal variants"
    drawn = f", drawn with seed {seed}" if lot is not None else ""
    begun = time.perf_counter()
    results = {twin.id if twin else "reference": (twin, seen) for twin, seen in measure([None, *named])}
    seconds = time.perf_counter() - begun
    print("# What is detected\n")
    print(f"Written by `python benchmarks/detection.py`: {measured} of the reference endpoint{drawn}")
    print("(`samewire serve --fault ID`), each measured at full depth, as a user's run would.\n")
    for protocol in PROTOCOLS:
        mine = {name: one for name, one in results.items() if one[0] is None or protocol in one[0].protocols}
        if any(twin is not None for twin, _ in mine.values()):
            print("\n".join(table(protocol, mine)))
    words = dict.fromkeys(Verdict, 0)
    for fault, _ in results.values():
        for word in fault.turns.values() if fault is not None and fault.id in FAULTS else ():
            words[Verdict(word)] += 1
    turned = ", ".join(f"{count} *{word}*" for word, count in words.items() if count)
    print(f"Together: {len(results)} twins in {seconds:.0f} s on this machine; the faults turn {turned}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patterns", nargs="*", default=["*"], help="the ids of faults and variants, with * and ?")
    parser.add_argument("--lot", type=int, help="how many of these are drawn")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="what they are drawn with")
    told = parser.parse_args()
    main(told.patterns or ["*"], told.lot, told.seed)
