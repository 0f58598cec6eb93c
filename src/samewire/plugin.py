"""The only module that knows pytest: collects checks, lets each endpoint's exchanges run ahead, reports verdicts.

Each (check, endpoint) pair is one pytest item; its fixture ``exchange`` names the endpoint. The item waits for what its
check is judged over and turns the judgement into an outcome of pytest's, so that ``-k``, ``-x``, ``--junitxml`` and
``--html`` work as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from pytest_html import extras  # type: ignore[import-untyped]

from samewire.concluding import EXPECTED, FAILS, SAYS_NOTHING, conclusion, told_of
from samewire.execution import Execution, Judging
from samewire.foreseen import Foresight
from samewire.requirement import Requirement
from samewire.run import Expectation
from samewire.scenario import Every
from samewire.settings import Endpoint, Settings, selects
from samewire.suite import suites_folder
from samewire.verdict import Judgement

__all__ = ["Plugin", "requirement_of", "run"]

#: What an item has to tell pytest-html.
TOLD = pytest.StashKey[str]()
#: pytest's exit statuses.
PASSED, FAILED, INTERRUPTED, NOTHING = 0, 1, 2, 5
_INI = """[pytest]
python_files = *.py
python_functions = test_*
addopts = --import-mode=importlib --strict-markers
"""


def requirement_of(item: pytest.Item) -> Requirement | None:
    """The requirement that an item's check judges, or None if it is no check."""
    found: Requirement | None = getattr(getattr(item, "obj", None), "requirement", None)
    return found


class CollectionError(Exception):
    """A suite can't be collected: a fault of the harness."""


class Plugin:
    """One run of the suites under pytest.

    Args:
        settings: what was asked for.
        execution: what is to be done with what is collected.
        end: called when pytest's session ends, with whether it was interrupted; gives the run's exit status, or None.
        expectations: the failures that are foreseen.
    """

    def __init__(
        self,
        settings: Settings,
        execution: Execution,
        end: Callable[[bool], int | None] | None = None,
        expectations: tuple[Expectation, ...] = (),
    ) -> None:
        self.settings = settings
        self.execution = execution
        self.end = end
        self.measurement: Judging | None = None
        self.selected: list[Requirement] = []
        self.problems: list[str] = []
        self.shows_rows = False
        self.expectations = expectations
        self.foresight = Foresight((), (), "")
        self._order: list[Requirement | None] = []
        self.live = [endpoint for endpoint in settings.endpoints if not endpoint.provider.missing]

    def pytest_configure(self, config: pytest.Config) -> None:
        """See whether pytest-html makes a report: its rows then carry the evidence."""
        self.shows_rows = bool(getattr(config.option, "htmlpath", None))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Give pytest-html's row the verdict, the evidence and the curl."""
        outcome = yield
        told = item.stash.get(TOLD, None)
        if told is not None and outcome.get_result().when == "call":
            outcome.get_result().extras = [extras.text(told, name="evidence")]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """A column for the verdict."""
        cells.insert(1, "<th>Verdict</th>")

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """The verdict, in its column."""
        cells.insert(1, f"<td>{escape(str(dict(report.user_properties).get('verdict', '')))}</td>")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One item per endpoint for each check."""
        if hasattr(metafunc.function, "requirement"):
            metafunc.parametrize("exchange", self.live, ids=[endpoint.name for endpoint in self.live])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Select by the settings, before anything is sent; put endpoint by endpoint."""
        checks = [(item, requirement) for item in items if (requirement := requirement_of(item)) is not None]
        kept = [item for item, requirement in checks if selects(self.settings, requirement)]
        gone = [item for item, requirement in checks if not selects(self.settings, requirement)]
        if gone:
            config.hook.pytest_deselected(items=gone)
        order = {endpoint.name: place for place, endpoint in enumerate(self.live)}
        others = [item for item in items if requirement_of(item) is None]
        self._order = [requirement_of(item) for item in kept]
        items[:] = others + sorted(kept, key=lambda item: (order[_endpoint(item).name], _waits(item)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that can't be collected is a fault of the harness."""
        if report.failed:
            self.problems.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Everything that is selected is known: let the exchanges start."""
        found = {one.id: one for item in session.items if (one := requirement_of(item)) is not None}
        # Rows stand in the order of the suites' files, not in the order in which they are judged.
        order = dict.fromkeys(one.id for one in self._order if one is not None and one.id in found)
        self.selected = [found[name] for name in order]
        cells = [_cell(item, one) for item in session.items if (one := requirement_of(item)) is not None]
        self.foresight = Foresight(self.expectations, cells, datetime.now(UTC).date().isoformat())
        if found and not session.config.option.collectonly:
            self.measurement = self.execution.open(self.selected)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Where pytest leads the run, it ends with the run's policy: 0 if it is met."""
        # After -x or --maxfail there are checks that were selected and not judged.
        short = exitstatus == INTERRUPTED or bool(session.shouldfail or session.shouldstop)
        status = self.end(short) if self.end is not None else None
        if status is not None and exitstatus in (PASSED, FAILED):
            session.exitstatus = FAILED if status else PASSED

    def judged(self, item: pytest.Item, requirement: Requirement, measurement: Judging) -> Judgement:
        """Judge a check at its item's endpoint, and pass the judgement on."""
        endpoint = _endpoint(item)
        judgement = self.execution.judged(requirement, endpoint, measurement.judgement(requirement, endpoint))
        if self.execution.halted:
            pytest.exit(self.execution.halted, returncode=INTERRUPTED)
        return judgement

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Judge a check, and say so in pytest's words."""
        __tracebackhide__ = True
        requirement = requirement_of(pyfuncitem)
        if requirement is None or self.measurement is None:
            return None
        judgement = self.judged(pyfuncitem, requirement, self.measurement)
        properties = {"check": requirement.id, "level": requirement.level.value, "verdict": judgement.verdict.value}
        pyfuncitem.user_properties += list(properties.items())
        if self.shows_rows:
            pyfuncitem.stash[TOLD] = told_of(
                requirement, judgement, self.execution.evidence(_endpoint(pyfuncitem), judgement)
            )
        _say(*conclusion(requirement, judgement, self.foresight, _cell(pyfuncitem, requirement)))
        return True


class Inside(Plugin):
    """The same where pytest runs inside, and nobody looks at its items: they need no more than to be judged."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Judge a check, without pytest's phases and reports."""
        requirement = requirement_of(item)
        if requirement is None or self.measurement is None:
            return None
        self.judged(item, requirement, self.measurement)
        return True


def _endpoint(item: pytest.Item) -> Endpoint:
    endpoint: Endpoint = item.callspec.params["exchange"]  # type: ignore[attr-defined]
    return endpoint


def _cell(item: pytest.Item, requirement: Requirement) -> tuple[str, str, str]:
    endpoint = _endpoint(item)
    return endpoint.name, endpoint.provider.name, requirement.id


def _waits(item: pytest.Item) -> bool:
    """Whether the item waits for all exchanges of its endpoint."""
    requirement = requirement_of(item)
    return requirement is not None and isinstance(requirement.of, Every)


def _say(outcome: str, words: str) -> None:
    """Say in pytest's words how a check ended."""
    __tracebackhide__ = True
    if outcome == FAILS:
        pytest.fail(words, pytrace=False)
    if outcome == EXPECTED:
        pytest.xfail(words)
    if outcome == SAYS_NOTHING:
        pytest.skip(words)


def run(settings: Settings, execution: Execution, ini: Path) -> int:
    """Run the suites with pytest inside, quietly and apart from any project's own configuration.

    Args:
        settings: what was asked for.
        execution: what is to be done with what is collected.
        ini: where a configuration file of ours may be written.

    Returns:
        pytest's exit status.

    Raises:
        CollectionError: a suite can't be imported.
    """
    ini.write_text(_INI, encoding="utf-8")
    suites = suites_folder().resolve()
    fixed = ["-c", str(ini), "--rootdir", str(suites.parent), "--confcutdir", str(suites)]
    quiet = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:html", "-p", "no:metadata"]
    plugin = Inside(settings, execution)
    with pytest.MonkeyPatch.context() as environment:  # options and plugins meant for another project's tests stay out
        environment.delenv("PYTEST_ADDOPTS", raising=False)
        environment.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        status = int(pytest.main([str(suites), *fixed, *quiet], plugins=[plugin]))
    if plugin.problems:
        raise CollectionError("\n".join(plugin.problems))
    return status
