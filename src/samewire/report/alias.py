"""A run as it may be shown to anybody: endpoints that are private stand under another name.

People test endpoints that nobody may know of yet. Whatever is rendered has their cells, and neither their names nor
their addresses, models, notes and exchanges, which could tell them in too many ways; run.jsonl has it all, and is not
made to be published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from typing import Any

from samewire.report.evidence import mapping, sequence
from samewire.report.heard import heard
from samewire.report.matrix import host
from samewire.run import Column, Expectation, Run

__all__ = ["private", "published"]

#: Settings that tell nothing of who it is.
KEPT = ("protocols", "claims", "strip_auto", "concurrency", "rpm", "timeout", "costly", "reference", "private")
URL = "https://private.invalid/v1"


def private(column: Column) -> bool:
    """Whether nobody may know of an endpoint."""
    return bool(column.settings.get("private"))


def published(run: Run) -> Run:
    """The run with its private endpoints under other names; the run itself if it has none."""
    aliases = _aliases(run)
    if not aliases:
        return run
    names = {column.name: alias.name for column, alias in aliases}
    words = {column.name: _Words(run, column, alias) for column, alias in aliases}

    def told(name: str, value: Any) -> Any:
        """What is told of an endpoint, in the words of its alias if it is private."""
        return words[name].of(value) if name in words else value

    columns = {column.name: alias for column, alias in aliases}
    expectations = tuple(_expectation(one, aliases, words) for one in run.expectations)
    header = {
        **{name: value for name, value in run.header.items() if name != "command"},
        "earlier": [_earlier(one, names) for one in sequence(run.header.get("earlier"))],
        "expectations": [asdict(one) for one in expectations],
        "annotations": [one for one in sequence(run.header.get("annotations")) if not _speaks_of(one, aliases)],
    }
    shown = tuple(columns.get(column.name, column) for column in run.columns)
    return replace(
        run,
        header={**header, "endpoints": [asdict(column) for column in shown]},
        columns=shown,
        exchanges={at: line for at, line in run.exchanges.items() if at[0] not in names},
        verdicts={
            (names.get(name, name), check): replace(
                one, message=told(name, one.message), notes=tuple(told(name, one.notes)), cause=told(name, one.cause)
            )
            for (name, check), one in run.verdicts.items()
        },
        findings={
            (names.get(name, name), protocol): {**told(name, one), "endpoint": names.get(name, name)}
            for (name, protocol), one in run.findings.items()
        },
        footer={name: _keyed(value, names) for name, value in run.footer.items()},
        expectations=expectations,
    )


def _aliases(run: Run) -> list[tuple[Column, Column]]:
    """The private columns and what stands for each: providers are numbered, and models of one."""
    found: list[tuple[Column, Column]] = []
    providers: dict[str, list[str]] = {}
    for column in run.columns:
        if private(column):
            models = providers.setdefault(column.provider, [])
            models.append(column.model)
            number = list(providers).index(column.provider) + 1
            provider, model = f"private-{number}", f"model-{len(models)}"
            alias = replace(
                column,
                name=f"{provider}/{model}",
                provider=provider,
                label=f"Private {number}",
                model=model,
                base_url=URL,
                key_variable="PRIVATE_KEY" if column.key_variable else "",
                missing="what it needs is not there" if column.missing else "",
                settings={name: column.settings[name] for name in KEPT if name in column.settings},
            )
            found.append((column, alias))
    return found


class _Words:
    """Puts an alias wherever a text names a private endpoint."""

    def __init__(self, run: Run, column: Column, alias: Column) -> None:
        told = heard(run, column)
        self.names = {
            **dict.fromkeys((*told.models, column.model), alias.model),
            **dict.fromkeys((told.server, column.provider, column.label, column.key_variable), alias.provider),
            host(column): "private.invalid",
            column.base_url: alias.base_url,
            column.name: alias.name,
        }
        longest = sorted(filter(None, self.names), key=len, reverse=True)
        whole = "|".join(map(re.escape, longest))
        self.pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{whole})(?![A-Za-z0-9])", re.IGNORECASE)
        self.folded = {name.lower(): alias for name, alias in self.names.items()}

    def of(self, value: Any) -> Any:
        """A value of JSON, its texts in the alias's words."""
        if isinstance(value, str):
            return self.pattern.sub(lambda found: self.folded[found.group().lower()], value)
        if isinstance(value, Mapping):
            return {name: self.of(one) for name, one in value.items()}
        return [self.of(one) for one in value] if isinstance(value, (list, tuple)) else value


def _expectation(one: Expectation, aliases: list[tuple[Column, Column]], words: Mapping[str, _Words]) -> Expectation:
    """An expectation whose glob fits a private endpoint, in its alias's words."""
    for column, _ in aliases:
        if one.endpoint != "*" and any(fnmatchcase(name, one.endpoint) for name in (column.name, column.provider)):
            texts = {name: words[column.name].of(getattr(one, name)) for name in ("endpoint", "why")}
            return replace(one, **texts, issue="")
    return one


def _speaks_of(annotation: Any, aliases: list[tuple[Column, Column]]) -> bool:
    """Whether an annotation was made for a private endpoint, and may tell who it is."""
    where = str(mapping(annotation).get("endpoint", "*"))
    return where != "*" and any(fnmatchcase(name, where) for one, _ in aliases for name in (one.name, one.provider))


def _earlier(packed: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(packed, Mapping):
        return packed
    servers = {name: one for name, one in mapping(packed.get("servers")).items() if name not in names}
    return {**packed, "cells": _keyed(packed.get("cells"), names), "servers": servers}


def _keyed(value: Any, names: Mapping[str, str]) -> Any:
    """A mapping whose keys may be endpoints' names; whatever is none stays as it is."""
    return {names.get(name, name): one for name, one in mapping(value).items()} if isinstance(value, Mapping) else value
