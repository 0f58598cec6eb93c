"""Policy: what verdicts add up to, for people who read a matrix and for programs that read an exit status."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest

from samewire.policy import Exit, exit_status, fails, groups, judged, partial, rollup, stops, tally
from samewire.requirement import MAY, MUST, SHOULD, Level
from samewire.run import Column, Row, Run
from samewire.scenario import Preflight
from samewire.suite import requirements
from samewire.verdict import Judgement, Verdict

S, U, I, B, X, E, N = (  # noqa: E741 - one letter for each word
    Verdict.SUPPORTED,
    Verdict.UNSUPPORTED,
    Verdict.IGNORED,
    Verdict.BROKEN,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.NOT_RUN,
)


def row(name: str = "chat.a.b", level: Level = MUST, required: bool = False, **more: Any) -> Row:
    return Row(name, level, "It holds.", name, "chat", "chat.a", required=required, **more)


#: Whether a cell fails a run, by verdict: for a MUST, a SHOULD, a MAY, and a required one.
FAILS = {S: "----", U: "---F", I: "FF-F", B: "F--F", X: "----", E: "----", N: "----"}


@pytest.mark.parametrize(("word", "place"), list(product(Verdict, range(4))))
def test_a_cell_fails_a_run_by_its_level_and_word(word: Verdict, place: int) -> None:
    one = row(level=(MUST, SHOULD, MAY, MUST)[place], required=place == 3)
    failing = FAILS[word][place] == "F"
    assert fails(one, Judgement(word)) is failing
    assert partial(one, Judgement(word)) is (word in (I, B) and not failing)


COLUMN = Column("p/m", "p", "P", "m", "http://h/v1")


def made(*cells: tuple[Row, Judgement | Verdict], columns: Iterable[Column] = (COLUMN,), **more: Any) -> Run:
    """A run of these cells, the same for each column."""
    columns = tuple(columns)
    verdicts = {
        (column.name, one.id): said if isinstance(said, Judgement) else Judgement(said)
        for column in columns
        for one, said in cells
    }
    more.setdefault("footer", {"incomplete": False})
    return Run({}, columns, tuple(one for one, _ in cells), {}, verdicts, more.pop("findings", {}), **more)


def feature(*cells: tuple[Level, Verdict]) -> tuple[str, str, int]:
    run = made(*((row(f"chat.a.n{number}", level), word) for number, (level, word) in enumerate(cells)))
    return rollup(run, COLUMN, run.rows)


ROLLUPS: list[tuple[list[tuple[Level, Verdict]], str]] = [
    ([], "not run"),
    ([(MUST, N)], "not run"),
    ([(MUST, S)], "supported"),
    ([(MUST, S), (SHOULD, N)], "supported"),
    ([(MUST, S), (SHOULD, X)], "inconclusive"),
    ([(MUST, X)], "inconclusive"),
    ([(MUST, U), (SHOULD, U)], "unsupported"),
    ([(MUST, U), (SHOULD, N)], "unsupported"),
    ([(MUST, U), (SHOULD, S)], "partial"),
    ([(MUST, U), (SHOULD, X)], "inconclusive"),
    ([(SHOULD, B), (MUST, S)], "partial"),
    ([(SHOULD, I), (MUST, S)], "fails"),
    ([(MAY, I), (MUST, S)], "partial"),
    ([(MAY, B), (MUST, S)], "partial"),
    ([(MUST, B), (SHOULD, S)], "fails"),
    ([(MUST, I)], "fails"),
    ([(MUST, B), (SHOULD, B), (MUST, X), (MUST, E)], "fails"),
    ([(MUST, E), (MUST, S)], "error"),
    ([(MUST, E), (MUST, U), (MUST, S)], "error"),
]


@pytest.mark.parametrize(("cells", "word"), ROLLUPS)
def test_a_feature_is_one_word(cells: list[tuple[Level, Verdict]], word: str) -> None:
    assert feature(*cells)[0] == word
    assert feature(*reversed(cells))[0] == word


def test_a_partial_feature_says_what_it_lacks() -> None:
    assert feature((SHOULD, B), (MAY, I), (MUST, S)) == ("partial", "note.red", 2)
    assert feature((SHOULD, U), (MUST, S)) == ("partial", "note.refused", 1)


def test_a_tally_counts_what_held_of_what_was_judged() -> None:
    words = (S, S, U, B, I, X, N, E)
    run = made(*((row(f"chat.a.n{number}"), word) for number, word in enumerate(words)), (row("chat.b.c", SHOULD), S))
    assert str(tally(run, COLUMN, MUST)) == "2/4"
    assert str(tally(run, COLUMN, SHOULD)) == "1/1"
    assert str(tally(run, COLUMN, MAY)) == "0/0"
    assert str(tally(run, COLUMN, MUST, run.rows[:1])) == "1/1"
    assert str(tally(made((row(), U), (row("chat.a.need", required=True), U)), COLUMN, MUST)) == "0/1"
    assert judged(run, COLUMN) == 6


def red(
    message: str = "", *exchanges: str, causes: Iterable[str] = (), cause: str = "", word: Verdict = B
) -> Judgement:
    return Judgement(word, "broken", message, frozenset(causes), cause, exchanges)


def blocked(cause: str) -> Judgement:
    return Judgement(X, "blocked", "in the way", cause=cause)


def grouped(*cells: tuple[Row, Judgement | Verdict]) -> list[tuple[str, tuple[str, ...]]]:
    return [(group.row.id, group.others) for group in groups(made(*cells), COLUMN)]


def test_what_fails_comes_first_then_partials_then_what_could_not_be_judged() -> None:
    assert grouped(
        (row("chat.a.fine"), S),
        (row("chat.a.unclear"), Judgement(X, "http.429", "answered 429")),
        (row("chat.a.partial", SHOULD), red("b", "x2")),
        (row("chat.a.fails"), red("a", "x1")),
        (row("chat.a.refused"), U),
    ) == [("chat.a.fails", ()), ("chat.a.partial", ()), ("chat.a.unclear", ())]


def test_cells_with_the_same_exchange_and_words_are_one_group() -> None:
    cells = [(row(f"chat.a.n{number}"), red("the same", "x1")) for number in range(3)]
    assert grouped(*cells) == [("chat.a.n0", ("chat.a.n1", "chat.a.n2"))]
    assert len(grouped(cells[0], (row("chat.a.else"), red("the same", "x2")))) == 2
    assert len(grouped(cells[0], (row("chat.a.else"), red("another", "x1")))) == 2


def test_blocked_cells_belong_to_what_blocks_them_however_it_is_named() -> None:
    cause = row("chat.a.cause", requests=("r1", "r2"))
    assert grouped(
        (row("chat.a.one"), blocked("chat/completion#/id")),
        (row("chat.a.two"), blocked("check:chat.a.cause")),
        (row("chat.a.three"), blocked("request:r2")),
        (row("chat.a.four"), blocked("something else")),
        (cause, red("bad", "x1", causes=["chat/completion#/id"])),
    ) == [("chat.a.cause", ("chat.a.one", "chat.a.two", "chat.a.three")), ("chat.a.four", ())]


def test_what_blocks_others_is_told_even_when_it_is_no_accusation() -> None:
    stopped = Judgement(X, "refused", "connection refused: is the server running?")
    assert grouped(
        (row("http.base_url.answers", required=True), stopped),
        (row("chat.a.one"), blocked("check:http.base_url.answers")),
        (row("chat.a.two"), blocked("check:http.base_url.answers")),
    ) == [("http.base_url.answers", ("chat.a.one", "chat.a.two"))]


def test_a_required_one_refused_fails_and_is_told() -> None:
    refused = Judgement(U, "refused", "refused with 404")
    assert grouped((row("chat.a.b", required=True), refused), (row("chat.a.c"), refused)) == [("chat.a.b", ())]


def test_what_was_merely_not_seen_is_not_told() -> None:
    assert grouped((row(), Judgement(X, "not seen", "no tool was called"))) == []


def test_a_supported_or_blocked_cell_blocks_nobody() -> None:
    run = made(
        (row("chat.a.first"), Judgement(S, causes=frozenset({"json"}))),
        (row("chat.a.second"), Judgement(X, "blocked", "", frozenset({"json"}), "else")),
        (row("chat.a.third"), red("bad", causes=["json"])),
    )
    assert run.blocked_by(COLUMN, blocked("json")) == "chat.a.third"
    assert run.blocked_by(COLUMN, blocked("nothing known")) == ""


def stop(word: Verdict = X, column: str = "p/m", protocol: str = "chat") -> dict[tuple[str, str], dict[str, Any]]:
    return {(column, protocol): {"stop": {"id": "http.base_url.answers", "verdict": word, "message": "refused"}}}


def test_an_endpoint_is_stopped_when_none_of_its_preflights_went_through() -> None:
    cells = (row(), S)
    assert stops(made(cells, findings=stop()), COLUMN) == "refused"
    assert stops(made(cells, findings=stop(U)), COLUMN) == ""
    assert stops(made(cells, findings=stop() | {("p/m", "responses"): {"stop": None}}), COLUMN) == ""
    assert stops(made(cells, findings=stop(column="q/m")), COLUMN) == ""
    assert stops(made(cells), COLUMN) == ""


ABSENT = Column("q/m", "q", "Q", "m", "http://q/v1", missing="$Q_KEY is not set")
NEEDED = Column("q/m", "q", "Q", "m", "http://q/v1", missing="$Q_KEY is not set", required=True)
FAULT, SETTINGS = Judgement(E, "harness", "KeyError: 'x'"), Judgement(E, "settings", "another host")

EXITS: dict[str, tuple[Run, str, Exit]] = {
    "all is well": (made((row(), S)), "must", Exit.MET),
    "refused cleanly": (made((row(), S), (row("chat.a.c"), U)), "must", Exit.MET),
    "a SHOULD is broken": (made((row(level=SHOULD), B)), "must", Exit.MET),
    "a SHOULD is broken, and must not be": (made((row(level=SHOULD), B)), "should", Exit.NOT_MET),
    "a MAY is ignored": (made((row(level=MAY), I)), "should", Exit.MET),
    "a SHOULD is ignored": (made((row(level=SHOULD), I)), "must", Exit.NOT_MET),
    "a MUST is broken": (made((row(), B)), "must", Exit.NOT_MET),
    "a MUST is broken, and nobody minds": (made((row(), B)), "never", Exit.MET),
    "a required one is refused": (made((row(required=True), U)), "must", Exit.NOT_MET),
    "nothing could be judged": (made((row(), X)), "must", Exit.COULD_NOT_JUDGE),
    "nothing could be judged, and nobody minds": (made((row(), X)), "never", Exit.COULD_NOT_JUDGE),
    "something could be judged": (made((row(), X), (row("chat.a.c"), S)), "must", Exit.MET),
    "an endpoint was stopped": (made((row(), S), findings=stop()), "must", Exit.COULD_NOT_JUDGE),
    "a failure weighs more than a stop": (made((row(), B), findings=stop()), "must", Exit.NOT_MET),
    "the harness failed": (made((row(), S), (row("chat.a.c"), FAULT)), "never", Exit.OUR_FAULT),
    "the harness failed, and a MUST": (made((row(), B), (row("chat.a.c"), FAULT)), "must", Exit.OUR_FAULT),
    "the settings are wrong": (made((row(), SETTINGS)), "must", Exit.COULD_NOT_JUDGE),
    "nothing was selected": (made(), "must", Exit.NOTHING_SELECTED),
    "cut short": (made((row(), B), footer={"incomplete": True}), "must", Exit.INTERRUPTED),
    "cut off": (made((row(), S), footer={}), "must", Exit.INTERRUPTED),
    "another endpoint has no key": (made((row(), S), columns=(COLUMN,)), "must", Exit.MET),
    "no endpoint has a key": (
        Run({}, (ABSENT,), (row(),), {}, {}, {}, {"incomplete": False}),
        "must",
        Exit.COULD_NOT_JUDGE,
    ),
}


@pytest.mark.parametrize(("run", "fail_on", "wanted"), EXITS.values(), ids=EXITS)
def test_a_run_ends_with_the_status_of_what_it_found(run: Run, fail_on: str, wanted: Exit) -> None:
    assert exit_status(run, fail_on) is wanted


@pytest.mark.parametrize(("other", "wanted"), [(ABSENT, Exit.MET), (NEEDED, Exit.COULD_NOT_JUDGE)])
def test_an_endpoint_without_a_key_matters_only_where_it_is_required(other: Column, wanted: Exit) -> None:
    run = made((row(), S))
    both = Run({}, (COLUMN, other), run.rows, {}, run.verdicts, {}, run.footer)
    assert exit_status(both) is wanted


def test_one_endpoint_of_two_that_could_not_be_judged_is_not_hidden_by_the_other() -> None:
    other = Column("q/m", "q", "Q", "m", "http://q/v1")
    verdicts = {("p/m", "chat.a.b"): Judgement(S), ("q/m", "chat.a.b"): Judgement(X)}
    assert (
        exit_status(Run({}, (COLUMN, other), (row(),), {}, verdicts, {}, {"incomplete": False})) is Exit.COULD_NOT_JUDGE
    )


def test_a_cell_without_a_verdict_is_not_run_and_says_why() -> None:
    run = made((row(), S))
    other = row("chat.a.other")
    assert run.verdict(COLUMN, other) == Judgement(N, "not run", "not selected")
    assert run.verdict(ABSENT, row()) == Judgement(N, "not run", "$Q_KEY is not set")
    cut = made((row(), S), footer={"incomplete": True})
    assert cut.verdict(COLUMN, other).message == "the run ended before it"


def test_nobody_has_to_speak_the_other_protocols() -> None:
    required = {one.protocol for one in requirements() if one.required and isinstance(one.of, Preflight)}
    assert required == {"http", "chat"}, "an endpoint of Chat Completions alone is whole"


def test_only_what_no_client_can_do_without_is_required() -> None:
    required = {one.id for one in requirements() if one.required and not isinstance(one.of, Preflight)}
    assert required == {
        "chat.roles.history",
        "chat.roles.user_parts",
        "embeddings.encoding.base64",
        "messages.turns.blocks",
        "messages.turns.history",
        "responses.input.history",
        "responses.input.parts",
    }, "a clean refusal of anything else fails no run"
