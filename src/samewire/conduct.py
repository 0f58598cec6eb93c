"""From settings to a finished run: pytest inside, interruptions outside, reports at the end."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from types import FrameType

from samewire import plugin
from samewire.planning import Bounds, bounds
from samewire.replay import Replay
from samewire.requirement import Requirement
from samewire.run import Run, RunError
from samewire.running import Live
from samewire.settings import Endpoint, Settings, scores, selects
from samewire.suite import requirements

__all__ = ["HarnessError", "as_interrupt", "conduct", "plan", "selected"]


class HarnessError(Exception):
    """The harness itself failed."""


def selected(settings: Settings) -> list[Requirement]:
    """The requirements that settings select."""
    return [one for one in requirements() if selects(settings, one)]


def plan(settings: Settings) -> dict[str, Bounds]:
    """What a run with these settings would cost at most, by endpoint. Sends nothing."""
    parts = [[one for one in selected(settings) if scores(settings, one) is which] for which in (True, False)]

    def whole(one: Endpoint) -> Bounds:
        here, apart = (bounds(part, one).times(settings.repeat) for part in parts)
        return here.plus(apart) if parts[1] else here

    return {one.name: whole(one) for one in settings.endpoints if not one.provider.missing}


def conduct(settings: Settings, execution: Live | Replay) -> Run | None:
    """Carry out a run.

    Returns:
        The run, incomplete if it was interrupted; None if nothing was selected.

    Raises:
        HarnessError: the suites can't be collected, or pytest failed inside.
    """
    if all(endpoint.provider.missing for endpoint in settings.endpoints):
        chosen = selected(settings)
        if chosen:
            execution.open(chosen)
        return execution.close()
    previous = signal.signal(signal.SIGTERM, as_interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="samewire-") as folder:
            status = plugin.run(settings, execution, Path(folder) / "pytest.ini")
    except OSError as problem:
        execution.close(incomplete=True)
        raise HarnessError(f"a folder for a while can't be written: {problem}") from None
    except plugin.CollectionError as problem:
        execution.close(incomplete=True)
        raise HarnessError(str(problem)) from None
    finally:
        signal.signal(signal.SIGTERM, previous)
    try:
        run = execution.close(incomplete=status == plugin.INTERRUPTED)
    except RunError as problem:
        raise HarnessError(execution.halted or str(problem)) from None
    if status not in (plugin.PASSED, plugin.FAILED, plugin.INTERRUPTED, plugin.NOTHING):
        raise HarnessError(f"the suites could not be run: pytest ended with {status}")
    return run


def as_interrupt(number: int, frame: FrameType | None) -> None:
    """Take a signal for an interruption."""
    raise KeyboardInterrupt
