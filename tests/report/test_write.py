"""The one way reports are written: fixed names, whole or not at all, and never with a secret in them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samewire.redaction import Redactor
from samewire.report import FORMATS, ReportError, Withheld, write
from samewire.run import Run

#: Files that tell of what was observed.
TELLING = {"report.html", "matrix.md", "results.csv", "junit.xml", "results.json", "summary.md", "ctrf.json"}
SECRET = 'sk-"live"&<0123456789>'


class Careless(Redactor):
    """Knows the secret, and masks nothing."""

    def text(self, value: str) -> str:
        return value


def telling(run: Run) -> Run:
    """The run with the secret wherever a provider could have put it."""
    (key, line) = next(iter(run.exchanges.items()))
    attempt = {**line["attempts"][0], "body": f"data: you said {SECRET}\n\n", "headers": [["X-Key", SECRET]]}
    told = {at: replace(one, message=f"answered {SECRET}", notes=(SECRET,)) for at, one in run.verdicts.items()}
    found = {at: {**one, "notes": [SECRET]} for at, one in run.findings.items()}
    return replace(
        run, exchanges={**run.exchanges, key: {**line, "attempts": [attempt]}}, verdicts=told, findings=found
    )


def test_every_format_has_its_file(every: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    paths = write(every, folder, FORMATS, Redactor())
    names = [path.relative_to(folder).as_posix() for path in paths]
    assert [name for name in names if "/" not in name] == [
        *("report.html", "matrix.md", "matrix.csv", "results.csv", "junit.xml", "results.json", "summary.md"),
        *("ctrf.json", "support.json", "providers.md", "providers.zh.md"),
    ]
    endpoints = ("absent-m", "bad-lab-m-1", "good-m")
    assert sorted(name for name in names if "/" in name) == [
        *(f"badges/{one}.{kind}" for one in endpoints for kind in ("json", "svg")),
        *(f"endpoints/{one}{ending}" for one in endpoints for ending in (".html", ".zh.html")),
        *(f"har/{one}.har" for one in endpoints),
    ]
    assert sorted(paths) == sorted(path for path in folder.rglob("*") if path.is_file())
    assert all(path.read_text(encoding="utf-8").strip() for path in paths)


def test_only_what_is_asked_for_is_written(every: Run, tmp_path: Path) -> None:
    assert write(every, tmp_path, ["md", "md"], Redactor()) == [tmp_path / "matrix.md"]
    assert list(tmp_path.iterdir()) == [tmp_path / "matrix.md"]


def test_an_unknown_format_is_an_error_and_nothing_is_written(every: Run, tmp_path: Path) -> None:
    with pytest.raises(
        ReportError,
        match="there is no format 'pdf'; there are html, md, csv, junit, json, summary, badge, ctrf, pages",
    ):
        write(every, tmp_path, ["md", "pdf"], Redactor())
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_masked_even_where_a_format_escapes_or_compresses(
    every: Run, tmp_path: Path, unpacked: Any
) -> None:
    for path in write(telling(every), tmp_path, FORMATS, Redactor([SECRET])):
        text = path.read_text(encoding="utf-8")
        inner = "\n".join(map(str, unpacked(text))) if path.name == "report.html" else ""
        assert not re.search("live|0123456789>", re.sub("0123456789abcdef", "", text + inner)), path.name
        if path.name in TELLING:
            assert "*" * len(SECRET) in (text + inner).replace("\\*", "*"), path.name


@pytest.mark.parametrize(
    "secret", ['max_tokens","headroom":', '"status":200', '"abcdefghij', '{"kind":', "2026112110", '\\"\\\\n"x']
)
def test_a_secret_that_looks_like_json_breaks_no_file(secret: str, every: Run, tmp_path: Path) -> None:
    told = {at: replace(one, message=f"answered {secret}") for at, one in every.verdicts.items()}
    number = {**every.footer, "requests": 2026112110}
    with suppress(Withheld):  # where it stands in what every such file has
        write(replace(every, verdicts=told, footer=number), tmp_path, FORMATS, Redactor([secret]))
    for path in tmp_path.rglob("*"):
        if path.suffix in (".json", ".har"):
            json.loads(path.read_text(encoding="utf-8"))
            assert f"answered {secret[:4]}" not in path.read_text(encoding="utf-8")


def test_a_file_that_leaks_is_withheld(every: Run, tmp_path: Path) -> None:
    secret = "sk-plain-0123456789"
    verdicts = {at: replace(one, message=f"answered {secret}") for at, one in every.verdicts.items()}
    with pytest.raises(Withheld) as caught:
        write(replace(every, verdicts=verdicts), tmp_path, ["json", "junit"], Careless([secret]))
    assert caught.value.paths == (tmp_path / "results.json", tmp_path / "junit.xml")
    assert "results.json, junit.xml: held a secret, and was removed" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_files_that_do_not_leak_stand(every: Run, tmp_path: Path) -> None:
    secret = "9.8.7-and-more"
    header = {**every.header, "more": secret}
    with pytest.raises(Withheld) as caught:
        write(replace(every, header=header), tmp_path, ["json", "md"], Careless([secret]))
    assert caught.value.paths == (tmp_path / "results.json",)
    assert list(tmp_path.iterdir()) == [tmp_path / "matrix.md"]
