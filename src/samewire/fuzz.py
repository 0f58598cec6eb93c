"""The command that fuzzes an endpoint: what it may cost, what it found, and how to see it again."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import click

from samewire.attempt import Attempt
from samewire.catalogue import entries, url_of
from samewire.ending import fail
from samewire.findings import Findings, Stop
from samewire.inert import shortened, visible
from samewire.message import user
from samewire.options import endpoint, endpoints_from
from samewire.policy import Exit
from samewire.request import CAP, POST, Request
from samewire.retry import limited, wait_before_next
from samewire.running import Live
from samewire.scenario import Preflight
from samewire.sending import Budget
from samewire.settings import Endpoint, Settings, SettingsError
from samewire.suite import requirements
from samewire.verdict import Judgement, Signal, Verdict

__all__ = ["Hunting", "fuzz"]

#: Requests that shrinking may take, for each that is generated.
SHRINKING = 10
#: Characters of an answer that are shown.
SHOWN = 1200
#: Tokens that a choice may have at most.
MOST_TOKENS = 16
#: Protocol → its path, and the smallest request there.
SMALLEST: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": ("chat/completions", {"messages": [user("Say hello.")]}),
    "responses": ("responses", {"input": "Say hello."}),
    "messages": ("messages", {"messages": [user("Say hello.")]}),
}
MISSING = "samewire fuzz needs hypothesis: pip install 'samewire[fuzz]'"


class CannotFuzz(Exception):
    """Nothing can be generated, or what it would cost can't be bounded."""


def _once(attempts: Sequence[Attempt]) -> float | None:
    """As long as requests are hunted for, only a limit is waited for: what fails by chance is met again."""
    return wait_before_next(attempts) if limited(attempts[-1]) else None


class Hunting:
    """A live endpoint that generated requests are sent to.

    Args:
        where: the endpoint.
        most: how many requests may be sent.
        protocol: the protocol they are of.

    Raises:
        CannotFuzz: its preflight doesn't go through, or it takes no token limit.
    """

    def __init__(self, where: Endpoint, most: int, protocol: str = "chat") -> None:
        self.where = where
        self.protocol = protocol
        self.budget = Budget(most)
        self.live = Live(Settings((where,)), budget=self.budget)
        self.live.open([])
        self.sender = self.live.senders[where.name]
        found = (one.of for one in requirements() if isinstance(one.of, Preflight) and one.of.protocol == protocol)
        path, smallest = SMALLEST[protocol]
        self.control = POST(path, **smallest, **CAP(MOST_TOKENS)).after(next(found))
        try:
            self._reached()
        except CannotFuzz:
            self.close()
            raise

    def _reached(self) -> None:
        got = self._get(self.control)
        findings = self.live.lanes[self.where.name].findings.get(self.protocol)
        if isinstance(findings, Stop):
            raise CannotFuzz(findings.signal.message)
        if isinstance(got, Signal):
            raise CannotFuzz(got.message)
        if not got.ok:
            raise CannotFuzz(f"the smallest request is answered {got.status}{got.said}")
        if isinstance(findings, Findings) and findings.limit is None:
            raise CannotFuzz("the endpoint takes no token limit, so that what its model speaks can't be bounded")

    def _get(self, request: Request) -> Any:
        assert self.live.exchanges is not None
        return self.live.exchanges.get(self.where, request)

    def ask(self, request: Request) -> Any:
        """Send a request once, unless a limit is met."""
        self.sender.wait = _once
        return self._get(request)

    def again(self, request: Request) -> Any:
        """Send a request with all patience, its control in between."""
        self.sender.wait = wait_before_next
        return self._get(request)

    def evidence(self, exchange: str) -> str:
        """The command that repeats an exchange, and what came back."""
        return self.live.evidence(self.where, Judgement(Verdict.BROKEN, exchanges=(exchange,)))

    def text(self, words: str) -> str:
        """Words without any secret, fit for a terminal."""
        return visible(self.live.recorder.redactor.text(words))

    def close(self) -> None:
        """Close all connections."""
        self.live.close()


@click.command()
@click.argument("names", nargs=-1, metavar="[ENDPOINT]...")
@endpoint
@click.option(
    "--protocol", type=click.Choice([*SMALLEST]), default="chat", show_default=True, help="What the endpoint speaks."
)
@click.option(
    "--max-examples",
    type=click.IntRange(1),
    help="Requests to generate.  [default: as many as try each way to be wrong once]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed generates the same requests.")
def fuzz(names: tuple[str, ...], protocol: str, max_examples: int | None, seed: int, **options: Any) -> None:
    """Send generated requests of one protocol, within and beyond what is documented, and tell what is answered wrong.

    What is beyond the documented types and bounds must be refused with a 4xx and an error object; what is within must
    be answered as documented or refused cleanly; nothing may be answered with a 5xx or not at all.

    Exit status: 0 nothing found, 1 something found, 2 usage or configuration, 3 the endpoint can't be fuzzed.
    """
    try:
        fuzzing = importlib.import_module("samewire.fuzzing")
    except ModuleNotFoundError as problem:
        if not (problem.name or "").startswith("hypothesis"):
            raise
        fail(Exit.USAGE, MISSING)
    try:
        chosen = [one for one in endpoints_from(names, options) if not one.provider.missing]
    except SettingsError as problem:
        fail(Exit.USAGE, *problem.problems)
    if len(chosen) != 1:
        one_of = ", ".join(one.name for one in chosen[:8])
        fail(
            Exit.USAGE, f"name one endpoint to fuzz{f', of {one_of}' if one_of else ''}, or give --base-url and --model"
        )
    grammar = fuzzing.GRAMMARS[protocol]
    examples = max_examples or fuzzing.enough(grammar)
    most = examples * (1 + SHRINKING)
    click.echo(
        f"{chosen[0].name}: {examples} generated requests (seed {seed}), {most} at most with shrinking, "
        f"of at most {MOST_TOKENS} tokens per choice"
    )
    try:
        hunting = Hunting(chosen[0], most, protocol)
    except CannotFuzz as problem:
        fail(Exit.COULD_NOT_JUDGE, str(problem))
    try:
        seen = fuzzing.hunt(grammar, hunting.ask, hunting.again, hunting.control, examples, seed)
        for line in told(seen, hunting, len(grammar.ways)):
            click.echo(line)
    finally:
        hunting.close()
    raise SystemExit(int(Exit.NOT_MET if seen.found else Exit.COULD_NOT_JUDGE if seen.stopped else Exit.MET))


def told(seen: Any, hunting: Hunting, ways: int) -> Iterator[str]:
    """What a hunt has seen, in lines."""
    for one in seen.found:
        yield ""
        yield from (hunting.text(line) for line in _found(one, hunting))
    within = seen.ways.get("", 0)
    tried = len([way for way in seen.ways if way])
    yield ""
    yield f"{len(seen.found)} found by {seen.examples} generated requests: {within} as documented, " + (
        f"{seen.examples - within} beyond it in {tried} of {ways} ways; {hunting.budget.sent} sent in all"
    )
    if seen.passing:
        yield f"{seen.passing} times something showed once and not again: held against nobody"
    if seen.unclear:
        yield f"{seen.unclear} answers blamed the key, the pace or the network, and say nothing"
    if seen.stopped:
        yield hunting.text(f"ended early: {seen.stopped}")


def _found(one: Any, hunting: Hunting) -> Iterator[str]:
    entry = entries()[one.contradiction.spec]
    yield f"✕ {one.contradiction.words}"
    yield f"    contradicts  {entry.id} ({entry.level}): {entry.fact}"
    if url_of(entry):
        yield f"                 {url_of(entry)}"
    if one.case.way is not None:
        yield f"    the request  has {one.case.way.what} ({one.case.way.id}, {one.case.way.spec})"
    if one.ways:
        yield f"    and so for   {', '.join(one.ways)}"
    command, _, answer = hunting.evidence(one.exchange.id).partition("\n\n")
    yield from ("", command, "", shortened(answer, SHOWN))
