"""``pytest suites`` in a clone: the same run as ``samewire run``, led by pytest itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from samewire import __version__, expectations, providers, report
from samewire.choosing import choose
from samewire.credentials import Credential
from samewire.environment import surroundings
from samewire.plugin import Plugin
from samewire.policy import exit_status
from samewire.requirement import Depth
from samewire.running import Live, redactor_for
from samewire.settings import Endpoint, Settings, SettingsError, ad_hoc
from samewire.suite import requirements

__all__ = ["plugins"]


def plugins(
    arguments: Iterable[str], root: Path, expected: Path | None = None, *, spread: bool = False
) -> list[Plugin]:
    """The plugin, if suites are among what pytest was asked for; else nothing.

    The endpoint is ``OPENAI_BASE_URL`` and ``OPENAI_MODEL`` with the key in ``OPENAI_API_KEY``; without a base URL,
    every endpoint of providers.yaml whose key is there. ``SAMEWIRE_DEPTH`` names the depth.

    Args:
        arguments: what pytest was asked for.
        root: the clone.
        expected: a file of known failures, beside those of providers.yaml.
        spread: whether pytest-xdist was asked to spread the tests over processes.

    Raises:
        SettingsError: the endpoint or an expectation is described wrongly, there is no endpoint, or several processes
            would each send every request.
    """
    suites = root / "suites"
    asked = [(root / argument.split("::")[0]).resolve() for argument in arguments]
    if not any(path == suites or suites in path.parents for path in asked):
        return []
    if spread:
        raise SettingsError("the suites send their requests side by side in one process: run them without -n")
    endpoints = _endpoints(root)
    known = expectations.gathered(endpoints, expected, [one.id for one in requirements()])
    settings = Settings(
        endpoints,
        depth=_depth(os.environ.get("SAMEWIRE_DEPTH", Depth.CORE)),
        output=root / "reports",
        extra={
            "tool": {"name": "samewire", "version": __version__},
            **({"expectations": [asdict(one) for one in known]} if known else {}),
        },
    )
    if all(endpoint.provider.missing for endpoint in settings.endpoints):
        reasons = sorted({endpoint.provider.missing for endpoint in settings.endpoints})
        raise SettingsError(
            "there is no endpoint to run the suites against: set OPENAI_BASE_URL and OPENAI_MODEL, or a key",
            *reasons,
        )
    live = Live(settings, settings.output / "run.jsonl")

    def end(incomplete: bool) -> int | None:
        run = live.close(incomplete)
        if run is None:
            return None
        report.write(run, settings.output, report.USUAL, redactor_for(settings.endpoints))
        return int(exit_status(run))

    return [Plugin(settings, live, end, known)]


def _depth(name: str) -> Depth:
    try:
        return Depth(name)
    except ValueError:
        raise SettingsError(f"SAMEWIRE_DEPTH is {name!r}: there are {', '.join(Depth)}") from None


def _endpoints(root: Path) -> tuple[Endpoint, ...]:
    base_url = os.environ.get("OPENAI_BASE_URL")
    if base_url:
        model = os.environ.get("OPENAI_MODEL", "")
        if not model:
            raise SettingsError("OPENAI_BASE_URL is set, and OPENAI_MODEL is not: name the model by it")
        key = Credential.from_environment("OPENAI_API_KEY", os.environ)
        return choose([ad_hoc(base_url, [model], key)], ())
    return choose(providers.load(providers.find(root), surroundings(root)), ())
