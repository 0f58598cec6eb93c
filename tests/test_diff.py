"""What has changed from one run to another, and what of it is the suite's own doing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samewire.diffing import Kind, changes, suite_changes
from samewire.report import FORMATS
from samewire.run import Run, RunError
from samewire.snapshot import Snapshot

from .report.records import endpoint, exchange, record, requirement, verdict
from .test_cli import samewire


def lines_of(words: dict[str, str], status: int = 200, **digests: str) -> list[dict[str, Any]]:
    """A record with these cells; each check's digest is that of the same name, else ``same``."""
    rows = [{**requirement(f"chat.a.{name}"), "digest": digests.get(name, "same")} for name in words]
    told = [verdict("p/m", f"chat.a.{name}", word, exchanges=["e"]) for name, word in words.items()]
    return record([endpoint("p/m")], rows, exchange("p/m", "e", status=status), *told)


def seen(words: dict[str, str], status: int = 200, **digests: str) -> Snapshot:
    return Snapshot.of(Run.from_lines(lines_of(words, status, **digests)), "run.jsonl")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("supported", "broken", Kind.REGRESSED),
        ("supported", "ignored", Kind.REGRESSED),
        ("supported", "unsupported", Kind.REGRESSED),
        ("unsupported", "ignored", Kind.REGRESSED),
        ("broken", "supported", Kind.FIXED),
        ("ignored", "unsupported", Kind.FIXED),
        ("unsupported", "supported", Kind.FIXED),
        ("broken", "ignored", Kind.EVIDENCE),
        ("supported", "inconclusive", Kind.INCONCLUSIVE),
        ("broken", "error", Kind.INCONCLUSIVE),
        ("inconclusive", "broken", Kind.JUDGED),
        ("inconclusive", "error", None),
        ("supported", "supported", None),
        ("not run", "broken", None),
        ("supported", "not run", None),
    ],
)
def test_a_cell_changes_for_better_or_worse(before: str, after: str, kind: Kind | None) -> None:
    found = changes(seen({"x": before}), seen({"x": after}))
    assert [one.kind for one in found] == ([kind] if kind else [])


def test_another_status_behind_the_same_word_is_other_evidence() -> None:
    (one,) = changes(seen({"x": "broken"}), seen({"x": "broken"}, status=500))
    assert (one.kind, one.before.status, one.after.status) == (Kind.EVIDENCE, 200, 500)
    assert changes(seen({"x": "supported"}), seen({"x": "supported"}, status=201)) == ()


def test_what_the_suite_changed_stands_apart() -> None:
    old = seen({"x": "supported", "y": "supported", "gone": "broken"})
    new = seen({"x": "broken", "y": "broken", "new": "broken"}, x="other")
    assert [(one.check, one.altered) for one in changes(old, new)] == [("chat.a.y", False), ("chat.a.x", True)]
    suite = suite_changes(old, new)
    assert (suite.added, suite.removed, suite.altered) == (("chat.a.new",), ("chat.a.gone",), ("chat.a.x",))


def test_a_record_and_its_results_are_the_same_snapshot(tmp_path: Path) -> None:
    lines = lines_of({"x": "supported", "y": "broken"}, status=404)
    written = tmp_path / "run.jsonl"
    written.write_text("".join(f'{{"kind":{json.dumps(line["kind"])},{json.dumps(line)[1:]}\n' for line in lines))
    results = tmp_path / "results.json"
    (content,) = FORMATS["json"].files(Run.load(written)).values()
    results.write_text(content)
    first, second = Snapshot.load(written), Snapshot.load(results)
    assert (first.cells, first.checks, first.suite) == (second.cells, second.checks, second.suite)
    assert first.cells["p/m", "chat.a.y"].status == 404
    assert Snapshot.unpacked(json.loads(json.dumps(first.packed()))) == first
    for text in ("", "[]", "{}", '{"run": 1}', '{"kind":"header"}', "nonsense"):
        written.write_text(text)
        with pytest.raises(RunError):
            Snapshot.load(written)


def test_the_command_tells_and_ends_with_1_on_a_regression(tmp_path: Path) -> None:
    for name, words in (("old", {"x": "supported", "y": "broken"}), ("new", {"x": "broken", "y": "supported"})):
        (content,) = FORMATS["json"].files(Run.from_lines(lines_of(words))).values()
        (tmp_path / name).write_text(content)
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    result = samewire("diff", old, new)
    assert result.exit_code == 1
    assert "regressed 1\n  p/m  chat.a.x  supported → broken\n" in result.stdout
    assert "fixed 1\n  p/m  chat.a.y  broken → supported\n" in result.stdout
    assert "the same suite" in result.stdout
    assert samewire("diff", old, new, "--fail-on", "never").exit_code == 0
    assert samewire("diff", old, old).exit_code == 0
    told = json.loads(samewire("diff", old, new, "--json").stdout)
    assert [(one["check"], one["kind"]) for one in told["changes"]] == [
        ("chat.a.x", "regressed"),
        ("chat.a.y", "fixed"),
    ]
    assert samewire("diff", old, str(tmp_path / "absent")).exit_code == 2
