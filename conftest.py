"""Lets plain ``pytest suites`` run the suites in a clone: the endpoint comes from the environment or providers.yaml."""

import pytest

from samewire.clone import plugins
from samewire.settings import SettingsError


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin where suites are to be run."""
    try:
        for plugin in plugins(config.args, config.rootpath):
            config.pluginmanager.register(plugin)
    except SettingsError as problem:
        raise pytest.UsageError(*problem.problems) from None
