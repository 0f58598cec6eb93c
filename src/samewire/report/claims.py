"""What a provider's entry claims beside what was measured. A claim decides nothing, and is no finding of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from samewire.policy import fails
from samewire.report.evidence import mapping, number
from samewire.report.heard import Heard, heard
from samewire.report.words import said, texts
from samewire.run import Column, Row, Run
from samewire.verdict import Judgement, Verdict

__all__ = ["CAPABILITIES", "Agreement", "Capability", "Claim", "claims_of", "said_claim"]


class Agreement(StrEnum):
    """Whether what is claimed is what was measured."""

    AGREES = "agrees"
    PARTLY = "in part"
    CONTRADICTS = "contradicts"
    UNDECLARED = "not claimed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Capability:
    """Something that an endpoint has or hasn't.

    Attributes:
        decided: the checks that show whether it is there, of all protocols; a protocol has it if all of its hold.
        features: the features that show how well.
    """

    decided: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


#: What can be claimed, and what measures it. Where nothing does, a claim is shown and left alone.
CAPABILITIES = {
    "streaming": Capability(
        (
            *("chat.stream.accepted", "chat.stream.framing", "responses.stream.accepted", "responses.stream.framing"),
            *("messages.stream.accepted", "messages.stream.framing"),
        ),
        (
            *("chat.stream", "chat.stream_usage", "chat.tool_stream", "responses.stream", "responses.call_stream"),
            "messages.stream",
        ),
    ),
    "tools": Capability(
        (
            *("chat.tools.accepted", "chat.tools.call_shape", "chat.tools.offered"),
            *("responses.tools.accepted", "responses.tools.call_shape", "responses.tools.offered"),
            *("messages.tools.accepted", "messages.tools.declared_name", "messages.tools.offered"),
        ),
        (
            *("chat.tools", "chat.tool_choice", "chat.tool_stream", "responses.tools", "responses.tool_choice"),
            *("responses.call_stream", "messages.tools", "messages.tool_choice", "messages.results"),
        ),
    ),
    "images": Capability(
        ("chat.images.seen", "responses.images.seen", "messages.images.seen"),
        ("chat.images", "responses.images", "messages.images"),
    ),
    "structured_output": Capability(
        ("chat.format.json_schema", "responses.format.json_schema"), ("chat.format", "responses.format")
    ),
    "reasoning": Capability(
        ("responses.reasoning.effort", "messages.thinking.shown"), ("responses.reasoning", "messages.thinking")
    ),
    "prompt_caching": Capability(("messages.usage.cached",)),
    "embeddings": Capability(
        ("embeddings.vectors.given",), ("embeddings.list", "embeddings.encoding", "embeddings.vectors")
    ),
    "computer_use": Capability(),
    "web_search": Capability(),
}
#: Protocol → the check that shows whether it is served at all.
SERVED = {
    "chat": "chat.completion.answers",
    "responses": "responses.endpoint.served",
    "messages": "messages.message.answers",
}
#: Words that leave a claim as it is.
_OPEN = (Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_RUN)


@dataclass(frozen=True)
class Claim:
    """A claim and what was measured.

    Attributes:
        name: what is claimed: a capability, ``context_window``, ``max_output_tokens``, ``concurrency`` or ``rpm``.
        claimed: ``yes``, ``no``, ``limited``, ``by model``, a number, or empty if nothing is claimed.
        measured: the name of a text, and the values that belong into it.
        checks: the checks that decided.
    """

    name: str
    claimed: str
    agreement: Agreement
    measured: str
    values: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was measured, in English."""
        return said(self.measured, **self.values)


def claims_of(run: Run, column: Column) -> tuple[Claim, ...]:
    """What an endpoint's entry claims, and what it doesn't though it was measured; nothing if it claims nothing.

    The protocols that an entry names are claims, too: alone they are told only if one isn't served.
    """
    told = mapping(column.settings.get("claims"))
    spoken = tuple(_protocols(run, column))
    if column.missing or not (told or any(one.agreement is Agreement.CONTRADICTS for one in spoken)):
        return ()
    found = heard(run, column)
    return (
        *spoken,
        *(one for name in CAPABILITIES if (one := _capability(run, column, name, told.get(name))) is not None),
        *_numbers(told, found),
        *_limits(run, column, found),
    )


def _protocols(run: Run, column: Column) -> Iterator[Claim]:
    """The protocols that an entry names, and whether they are served."""
    rows = {row.id: row for row in run.rows}
    named = column.settings.get("protocols")
    for name in named if isinstance(named, list) else ():
        if name in SERVED and SERVED[name] in rows:
            word = run.verdict(column, rows[SERVED[name]]).verdict
            yield Claim(name, "yes", _agreement("yes", word, False), f"word.{word}", {}, (SERVED[name],))


def _capability(run: Run, column: Column, name: str, told: object) -> Claim | None:
    one = CAPABILITIES[name]
    claimed = "yes" if told is True else "no" if told is False else "" if told is None else str(told)
    rows = {row.id: row for row in run.rows}
    stopped = {
        protocol for (owner, protocol), found in run.findings.items() if owner == column.name and found.get("stop")
    }
    decided = [rows[check] for check in one.decided if check in rows and rows[check].protocol not in stopped]
    cells = [(row, run.verdict(column, row)) for row in decided]
    word, checks = _word(cells)
    faulty = word == Verdict.SUPPORTED and (
        any(judgement.verdict.red for _, judgement in cells)
        or any(row.feature in one.features and fails(row, run.verdict(column, row)) for row in run.rows)
    )
    if not claimed and word is not Verdict.SUPPORTED:
        return None
    if not one.decided:
        return Claim(name, claimed, Agreement.UNKNOWN, "not measured")
    return Claim(name, claimed, _agreement(claimed, word, faulty), "faulty" if faulty else f"word.{word}", {}, checks)


def _word(cells: list[tuple[Row, Judgement]]) -> tuple[Verdict, tuple[str, ...]]:
    """What the deciding checks say together: supported if one protocol has it. And which of them say so."""
    protocols: dict[str, list[tuple[Row, Judgement]]] = {}
    for row, judgement in cells:
        if judgement.verdict is not Verdict.NOT_RUN:
            protocols.setdefault(row.protocol, []).append((row, judgement))
    order = (Verdict.IGNORED, Verdict.BROKEN, Verdict.UNSUPPORTED, *_OPEN, Verdict.SUPPORTED)
    told = [min(found, key=lambda one: order.index(one[1].verdict)) for found in protocols.values()]
    best = (Verdict.SUPPORTED, *_OPEN, Verdict.IGNORED, Verdict.BROKEN, Verdict.UNSUPPORTED)
    words = [judgement.verdict for _, judgement in told]
    if not words:
        return Verdict.NOT_RUN, ()
    word = min(words, key=best.index)
    return word, tuple(row.id for row, judgement in told if judgement.verdict is word)


def _agreement(claimed: str, word: Verdict, faulty: bool) -> Agreement:
    if not claimed:
        return Agreement.UNDECLARED
    if word in _OPEN:
        return Agreement.UNKNOWN
    there = word is Verdict.SUPPORTED
    if claimed == "no":
        return Agreement.CONTRADICTS if there else Agreement.AGREES
    if claimed == "by model":  # another model may have what this one hasn't
        return Agreement.AGREES if there else Agreement.UNKNOWN
    if claimed == "limited":
        return Agreement.AGREES if there else Agreement.CONTRADICTS if word is Verdict.UNSUPPORTED else Agreement.PARTLY
    return Agreement.PARTLY if faulty else Agreement.AGREES if there else Agreement.CONTRADICTS


def _numbers(told: Mapping[str, object], found: Heard) -> Iterator[Claim]:
    """The claims that are numbers: beside them what the list of models says, else the most that was seen."""
    for name, listed, most in (
        ("context_window", found.window, found.taken),
        ("max_output_tokens", found.longest, found.given),
    ):
        claimed = int(number(told.get(name)))
        if not claimed:
            continue
        if listed:
            same = Agreement.AGREES if listed == claimed else Agreement.CONTRADICTS
            yield Claim(name, _grouped(claimed), same, "measured.listed", {"n": _grouped(listed)})
        elif most:
            seen = Agreement.AGREES if most >= claimed else Agreement.UNKNOWN
            yield Claim(name, _grouped(claimed), seen, "measured.most", {"n": _grouped(most)})
        else:
            yield Claim(name, _grouped(claimed), Agreement.UNKNOWN, "not measured")


def _limits(run: Run, column: Column, found: Heard) -> Iterator[Claim]:
    """How many requests at once and a minute the entry allows, and whether the endpoint took them."""
    peak = int(number(mapping(run.footer.get("peak")).get(column.name)))
    told = int(number(column.settings.get("concurrency")))
    if peak and told:
        held = Agreement.AGREES if peak >= told and not found.limited else Agreement.UNKNOWN
        yield Claim("concurrency", str(told), held, "measured.peak", {"n": str(peak), "limited": str(found.limited)})
    if rpm := int(number(column.settings.get("rpm"))):
        # A limit that was met may be another, of tokens.
        yield Claim("rpm", str(rpm), Agreement.UNKNOWN, "measured.limited", {"n": str(found.limited)})


def said_claim(one: Claim, language: str = "en") -> str:
    """What is claimed, in words."""
    name = f"claimed.{one.claimed}"
    return texts()[language].get(name, one.claimed or "–")


def _grouped(value: int) -> str:
    return f"{value:,}"
