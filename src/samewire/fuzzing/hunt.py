"""The hunt: requests are generated and sent, and what is wrong with an answer is shrunk to the smallest request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, configuration, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from samewire.exchange import Exchange
from samewire.fuzzing.grammar import Grammar
from samewire.fuzzing.oracle import MISTAKE, Contradiction, unclear
from samewire.fuzzing.seen import Case, Found, Hunted
from samewire.fuzzing.ways import Way
from samewire.lane import Got
from samewire.request import CAP_KEY, OMIT, POST, Request

__all__ = ["cases", "enough", "hunt"]

#: Asks for a request's answer.
Ask = Callable[[Request], Got]


class _Met(Exception):
    """A contradiction was met."""

    def __init__(self, case: Case, met: Contradiction, exchange: Exchange) -> None:
        super().__init__(met.words)
        self.case, self.met, self.exchange = case, met, exchange


@st.composite
def cases(draw: DrawFn, grammar: Grammar, control: Request, way: Way | None) -> tuple[bool, Case]:
    """Requests that are beyond what is documented in one way (or in none), and whether they were drawn by chance.

    hypothesis begins with the simplest request of all. What one sends should be found by chance, and shrink to that.
    """
    drawn = draw(st.integers(0, 2**16)) > 0
    body = draw(grammar.bodies)
    plain = POST(grammar.path, **body).after(control)
    if way is None:
        return drawn, Case(plain, answers=grammar.answers)
    body |= draw(way.change)
    return drawn, Case(POST(grammar.path, **body).wrong().after(control), way, plain, grammar.answers)


class _Hunt:
    def __init__(self, grammar: Grammar, ask: Ask, again: Ask) -> None:
        self.grammar = grammar
        self.ask = ask
        self.again = again
        self.seen = Hunted()
        self.met: dict[str, set[str]] = {}
        self.told: set[str] = set()
        self._wanted = ""
        self._known: dict[str, tuple[Contradiction, Exchange] | None] = {}

    def run(self, control: Request, way: Way | None, seed: int) -> None:
        """Generate one request; shrink it if its answer is wrong in a way that wasn't told yet."""
        self._wanted = ""
        counted: list[str] = []

        def one(example: tuple[bool, Case]) -> None:
            drawn, case = example
            if not drawn:
                return
            if not counted:
                counted.append(case.request.id)
                self.seen.examples += 1
                self.seen.ways[way.id if way is not None else ""] += 1
            self._look(case)

        try:
            hypothesis.seed(seed)(_SETTINGS(given(cases(self.grammar, control, way))(one)))()
        except _Met as met:
            deeper = self._deeper(met)
            if deeper is None or deeper.met.kind not in self.told:
                found = self._confirmed(deeper or met)
                self.told.add((deeper or met).met.kind)
                self.seen.found += [found] if found is not None else []

    def _deeper(self, met: _Met) -> _Met | None:
        """The request without its mistake, if that isn't what the server stumbles over."""
        if met.met.kind != MISTAKE or met.case.plain is None:
            return None
        case = Case(met.case.plain, answers=met.case.answers)
        found = self._looked(case)
        if found is None:
            return None
        for name in sorted(set(case.request.body) - {"model", "messages", "input", CAP_KEY}):
            less = replace(case, request=replace(case.request.but(**{name: OMIT}), control=case.request.control))
            still = self._looked(less)
            if still is not None and still[0].kind == found[0].kind:
                case, found = less, still
        return _Met(case, *found)

    def _look(self, case: Case) -> None:
        """Send a request and look at the answer; the same request gives the same each time."""
        request = case.request
        if request.id not in self._known:
            self._known[request.id] = self._looked(case)
        known = self._known[request.id]
        if known is None or known[0].kind in self.told:
            return
        self._wanted = self._wanted or known[0].kind
        if known[0].kind == self._wanted:  # another one, met while this one is shrunk, is left to another request
            raise _Met(case, *known)

    def _looked(self, case: Case) -> tuple[Contradiction, Exchange] | None:
        if self.seen.stopped:
            return None
        got = self.ask(case.request)
        if not isinstance(got, Exchange):
            self.seen.stopped = got.message
            return None
        self.seen.unclear += unclear(got)
        found = case.judged(got)
        if found is None:
            return None
        if found.chance:
            second = self.ask(case.request.again(1))
            same = case.judged(second) if isinstance(second, Exchange) else None
            if same is None or same.kind != found.kind:
                self.seen.passing += 1
                return None
        if found.kind == "no answer":
            self.seen.stopped = "a request was not answered in time: it is told as it is, and nothing more is sent"
        self.met.setdefault(found.kind, set()).add(case.way.id if case.way is not None else "")
        return found, got

    def others(self, found: Found) -> tuple[str, ...]:
        """The other ways of being wrong that were answered with the same."""
        own = found.case.way.id if found.case.way is not None else ""
        return tuple(sorted(self.met[found.contradiction.kind] - {own, ""}))

    def _confirmed(self, met: _Met) -> Found | None:
        """What was met, if it shows again when the request is sent anew with all patience."""
        if met.met.kind != "no answer":
            got = self.again(met.case.request.again(2))
            unsent = None if met.met.chance else met.met
            same = met.case.judged(got) if isinstance(got, Exchange) else unsent
            if same is None or same.kind != met.met.kind:
                self.seen.passing += 1
                return None
        return Found(met.case, met.met, met.exchange)


_SETTINGS = hypothesis.settings(
    max_examples=2,  # the simplest, which isn't sent, and one by chance
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=False,
    verbosity=Verbosity.quiet,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


def _ways(every: Mapping[str, Way], chance: Random) -> Iterator[Way | None]:
    """Every way in an order by chance, over and over; every third request is as documented."""
    while True:
        ways = sorted(every)
        chance.shuffle(ways)
        for at, name in enumerate(ways):
            if at % 2 == 0:
                yield None
            yield every[name]


def enough(grammar: Grammar) -> int:
    """How many requests are generated until each way was tried once."""
    return len(grammar.ways) + (len(grammar.ways) + 1) // 2


def hunt(grammar: Grammar, ask: Ask, again: Ask, control: Request, examples: int, seed: int) -> Hunted:
    """Generate requests and look for contradictions.

    Args:
        grammar: what the requests of the protocol are like.
        ask: sends a request, once if need be.
        again: sends a request with all patience: a 5xx is met by several attempts.
        control: a request that is known to be answered; every other differs from it.
        examples: how many requests are generated, shrinking aside.
        seed: the same seed gives the same requests.
    """
    here = _Hunt(grammar, ask, again)
    chance = Random(seed)
    ways = _ways(grammar.ways, chance)
    with tempfile.TemporaryDirectory(prefix="samewire-") as folder:
        # What hypothesis keeps of its own goes here, not into the folder one happens to stand in.
        configuration.set_hypothesis_home_dir(folder)
        try:
            while here.seen.examples < examples and not here.seen.stopped:
                here.run(control, next(ways), chance.getrandbits(64))
        finally:
            configuration.set_hypothesis_home_dir(None)
    here.seen.found = [replace(one, ways=here.others(one)) for one in here.seen.found]
    return here.seen
