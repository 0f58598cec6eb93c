"""Lets plain ``pytest suites`` run the suites in a clone: the endpoint comes from the environment or providers.yaml."""

import os
from pathlib import Path

import pytest

from samewire.clone import plugins
from samewire.settings import SettingsError


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file of known failures that `samewire run` takes, too."""
    usual = os.environ.get("SAMEWIRE_EXPECTATIONS")
    parser.addoption("--expectations", metavar="FILE", type=Path, default=usual, help="known failures of the suites")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin where suites are to be run."""
    try:
        known = config.getoption("expectations")
        spread = bool(config.getoption("numprocesses", None))
        for plugin in plugins(config.args, config.rootpath, known and Path(known), spread=spread):
            config.pluginmanager.register(plugin)
    except SettingsError as problem:
        raise pytest.UsageError(*problem.problems) from None
