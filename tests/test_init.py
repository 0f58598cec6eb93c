"""Beginning: what `init` writes is right, and nothing that is there is overwritten."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from samewire import providers
from samewire.cli import main
from samewire.document import Document
from samewire.environment import Environment, expand, surroundings
from samewire.schema import locate
from samewire.starting import PROVIDERS, VARIABLES, bundled


def samewire(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_what_is_written_can_be_run_at_once(tmp_path: Path) -> None:
    assert samewire("init", tmp_path).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(".env.example", ".gitignore", "providers.schema.json", "providers.yaml"),
    ]
    openai, mine = providers.load(tmp_path / "providers.yaml", {"OPENAI_API_KEY": "k-0123456789"})
    assert (openai.missing, mine.missing) == ("", "")
    assert (mine.credential.real if mine.credential else None) is False
    assert (tmp_path / ".gitignore").read_text() == ".env\nreports/\n"


def test_every_line_that_is_commented_out_is_right_too(tmp_path: Path) -> None:
    text = re.sub(r"^  # (?=- name|  \w+:)", "  ", PROVIDERS, flags=re.MULTILINE)
    text = re.sub(r"^    # (\w+: )", r"    \1", text, flags=re.MULTILINE)
    (tmp_path / "providers.yaml").write_text(re.sub(r"(?<=\d) {4,}.*", "", text))
    found = providers.load(tmp_path / "providers.yaml", {})
    assert [one.name for one in found] == ["openai", "mine", "azure", "vertex"]
    assert (found[1].concurrency, found[1].rpm, found[1].timeout) == (4, 60, 120)


def test_every_variable_of_the_example_is_one_of_the_file() -> None:
    named = {line.strip("# ").partition("=")[0] for line in VARIABLES.splitlines() if "=" in line}
    assert named <= set(re.findall(r"\$\{(\w+)", PROVIDERS))


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    for name in ("providers.yaml", ".env.example"):
        (tmp_path / name).write_text("mine")
    (tmp_path / ".gitignore").write_text("build\nreports")
    done = samewire("init", tmp_path)
    assert "left as it is" in done.stdout
    assert {(tmp_path / name).read_text() for name in ("providers.yaml", ".env.example")} == {"mine"}
    assert (tmp_path / ".gitignore").read_text() == "build\nreports\n.env\n"
    samewire("init", tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "build\nreports\n.env\n"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert samewire("init", tmp_path / "taken" / "inner").exit_code == 2


def test_the_schema_for_editors_stands_alone_and_takes_both_files(tmp_path: Path) -> None:
    schema = bundled()
    assert "samewire:///" not in json.dumps(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    samewire("init", tmp_path)
    for path in (tmp_path / "providers.yaml", locate("providers.yaml")):
        assert [error.message for error in validator.iter_errors(Document(path).content)] == []
    wrong = {"providers": [{"name": "x", "models": ["m"], "expectations": [{"why": 5}]}]}
    assert list(validator.iter_errors(wrong))
    assert json.loads(samewire("providers", "--schema").stdout) == schema


def test_variables_come_from_a_file_behind_the_environment_s(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a"
    inner.mkdir(parents=True)
    (tmp_path / ".env").write_text("OUTER=1\n")
    (tmp_path / "repository" / ".git").mkdir()
    assert surroundings(inner, {}).file is None
    (tmp_path / "repository" / ".env").write_text("# keys\nexport A='a b'\nB=\"b\"\nC=c # why\nEMPTY=\nD=${A}\n")
    found = surroundings(inner, {"B": "own", "EMPTY": "", "C": ""})
    assert (found["A"], found["B"], found["C"], found["D"]) == ("a b", "own", "c", "${A}")
    assert "EMPTY" not in found or found["EMPTY"] == ""
    assert found.origin("B") == "$B"
    assert found.origin("A") == f"$A of {tmp_path / 'repository' / '.env'}"
    assert found.get("NONE") is None


def test_a_key_of_the_file_is_used_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".env").write_text("ONE_KEY=k-0123456789\n")
    (tmp_path / "providers.yaml").write_text("providers:\n  - {name: one, api_key: '${ONE_KEY}', models: [m]}\n")
    shown = samewire("providers", "--json")
    assert json.loads(shown.stdout)[0]["missing"] == ""
    assert "k-0123456789" not in shown.output


@pytest.mark.parametrize(
    ("text", "environ", "wanted"),
    [
        ("${A:-${B:-c}}", {}, "c"),
        ("${A:-${B:-c}}", {"B": "b"}, "b"),
        ("${A:-http://x/{model}}", {}, "http://x/{model}"),
        ("$${A}", {"A": "a"}, "${A}"),
        ("${A}${A}", {"A": "a"}, "aa"),
    ],
)
def test_a_default_may_name_another_variable(text: str, environ: dict[str, str], wanted: str) -> None:
    found = expand(text, Environment(environ))
    assert (found.text, found.missing, found.wrong) == (wanted, (), "")


@pytest.mark.parametrize("text", ["${A:=x}", "${A", "${1A}", "${A-b}", "${}", "a ${A B}"])
def test_what_only_looks_like_a_variable_is_told(text: str) -> None:
    assert expand(text, {"A": "a"}).wrong
