"""Which endpoints a run is about: those that names and globs choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from samewire.settings import Endpoint, Provider, SettingsError

__all__ = ["choose"]


def choose(providers: Iterable[Provider], patterns: Sequence[str]) -> tuple[Endpoint, ...]:
    """The endpoints that the patterns name: a provider, ``provider/model``, ``provider/slot``, or globs of either.

    Without a pattern, all but those that run only when they are named.

    Raises:
        SettingsError: a pattern names nothing; the nearest name is suggested.
    """
    providers = tuple(providers)
    every = [Endpoint(provider, model) for provider in providers for model in provider.models]
    if not patterns:
        return tuple(one for one in every if not one.provider.when_named)
    slots = {f"{one.name}/{slot}": Endpoint(one, model) for one in providers for slot, model in one.slots.items()}
    names = sorted({endpoint.name for endpoint in every} | {endpoint.provider.name for endpoint in every})
    problems = []
    chosen: dict[str, Endpoint] = {}
    for pattern in patterns:
        matching = [one for one in every if fnmatchcase(one.name, pattern) or fnmatchcase(one.provider.name, pattern)]
        if not matching and pattern in slots:
            matching = [slots[pattern]]
        chosen.update((one.name, one) for one in matching)
        if not matching:
            near = get_close_matches(pattern, names, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names[:12])}"
            problems.append(f"no endpoint is called {pattern!r}{hint}")
    if problems:
        raise SettingsError(*problems)
    return tuple(chosen.values())
