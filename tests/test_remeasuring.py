"""samewire replay: cells of a record, measured again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from samewire.demo import Served
from samewire.reference import KEY, Reference
from samewire.reference.faults import FAULTS

from .test_cli import samewire

IDS = ("chat.completion.id", "chat.usage.total", "chat.completion.created")


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Ports of the reference and of a twin with two faults."""
    twin = Reference([FAULTS["completion.id_missing"], FAULTS["usage.total_wrong"]])
    with Served({"reference": Reference(), "twin": twin}) as served:
        yield served.ports


@pytest.fixture
def recorded(ports: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The record of a run of the twin, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    only = [part for name in IDS for part in ("--only", name)]
    where = ("--base-url", f"http://127.0.0.1:{ports['twin']}/v1", "--model", "reference-1")
    assert samewire("run", *where, *only, "-q", "--format", "json").exit_code == 1
    return tmp_path / "reports" / "run.jsonl"


def test_what_is_red_is_measured_again_at_the_same_endpoint(recorded: Path) -> None:
    before = recorded.read_bytes()
    done = samewire("replay")
    assert done.exit_code == 1
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[-4:] for line in lines] == [
        ["chat.completion.id", "broken", "→", "broken"],
        ["chat.usage.total", "broken", "→", "broken"],
    ]
    assert all(line.startswith("still failing") for line in lines)
    assert recorded.read_bytes() == before


def test_another_endpoint_may_have_it_fixed(recorded: Path, ports: dict[str, int]) -> None:
    done = samewire("replay", "--base-url", f"http://127.0.0.1:{ports['reference']}/v1")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("fixed") == 2
    one = samewire(
        "replay", "127.0.0.1:*", "chat.usage.total", "--base-url", f"http://127.0.0.1:{ports['reference']}/v1"
    )
    assert one.stdout.count("fixed") == 1


def test_what_cannot_be_measured_is_neither_fixed_nor_failing(recorded: Path) -> None:
    done = samewire("replay", "--base-url", "http://127.0.0.1:9/v1")
    assert done.exit_code == 3
    assert done.stdout.count("could not run") == 2


def test_a_provider_of_the_file_is_found_there(recorded: Path, ports: dict[str, int], tmp_path: Path) -> None:
    entry = {"name": "acme", "base_url": f"http://127.0.0.1:{ports['twin']}/v1", "models": ["reference-1"]}
    file = {"providers": [{**entry, "api_key": "${OPENAI_API_KEY}"}]}
    (tmp_path / "providers.yaml").write_text(json.dumps(file), encoding="utf-8")
    assert samewire("run", "acme", "--only", "chat.usage.total", "-q", "-o", "other").exit_code == 0
    done = samewire("replay", "acme", "--from", "other/run.jsonl")
    assert "still failing  acme/reference-1  chat.usage.total" in done.stdout
    (tmp_path / "providers.yaml").write_text('{"providers": []}', encoding="utf-8")
    assert samewire("replay", "acme", "--from", "other/run.jsonl").exit_code == 2


def test_the_commands_are_printed_and_nothing_is_sent(recorded: Path, no_network: None) -> None:
    done = samewire("replay", "--print-curl")
    assert done.exit_code == 0
    assert "# 127.0.0.1:" in done.stdout
    assert done.stdout.count("curl -sS") == 2
    assert KEY not in done.stdout


def test_what_names_nothing_is_told(recorded: Path) -> None:
    assert "the record has no endpoint groq" in samewire("replay", "groq").stderr
    assert samewire("replay", "127.0.0.1:*", "chat.none.*").exit_code == 5
    assert samewire("replay", "--from", "absent.jsonl").exit_code == 2
