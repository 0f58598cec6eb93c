"""The action, the image and the pages about them call what there is. Neither needs a runner or a daemon here."""

from __future__ import annotations

import json
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from samewire.cli import main

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Notes its arguments, and ends as it is told.
STUB = (
    '#!/usr/bin/env python3\nimport json, os, sys\nprint(json.dumps(sys.argv), file=open(os.environ["NOTES"], "a"))\n'
)
STUB += 'sys.exit(int(os.environ.get("STATUS", "0")))\n'


def understood(words: list[str]) -> dict[str, Any]:
    """The options of a command line, as the command would take them; nothing is carried out."""
    command = main.commands[words[0]]
    return dict(command.make_context(words[0], list(words[1:])).params)


def stubbed(folder: Path, *names: str) -> Path:
    """A folder of stubs, each by its name."""
    folder.mkdir()
    for name in names:
        path = folder / name
        path.write_text(STUB.replace("/usr/bin/env python3", sys.executable), encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


def carried_out(
    step: str, tmp_path: Path, *stubs: str, status: int = 0, **inputs: str
) -> tuple[int, list[list[str]], dict[str, str], str]:
    """A step of the action, as a runner carries it out: its status, what it called, its outputs, what it said."""
    defaults = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    given = {**defaults, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    env = {}
    for name, value in STEPS[step]["env"].items():
        reference = re.fullmatch(r"\$\{\{ (?:inputs\.([\w-]+)|github\.action_path) \}\}", value)
        assert reference, f"{name}: a value of the environment is an input"
        env[name] = given[reference.group(1)] if reference.group(1) else "/action"
    notes, outputs = tmp_path / "notes", tmp_path / "outputs"
    path = f"{stubbed(tmp_path / 'bin', *stubs)}:/usr/bin:/bin"
    env |= {"PATH": path, "NOTES": str(notes), "GITHUB_OUTPUT": str(outputs), "STATUS": str(status)}
    # As GitHub's `shell: bash` does.
    options = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]]
    ended = subprocess.run(options, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=30)
    called = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    told = dict(line.split("=", 1) for line in outputs.read_text().splitlines()) if outputs.exists() else {}
    return ended.returncode, [[Path(one[0]).name, *one[1:]] for one in called], told, ended.stdout + ended.stderr


def test_without_inputs_the_action_runs_everything_as_usual(tmp_path: Path) -> None:
    status, called, outputs, _ = carried_out("Run", tmp_path, "samewire")
    (words,) = called
    options = understood(words[1:])
    assert (words[0], status) == ("samewire", 0)
    assert (options["names"], options["depth"], options["fail_on"]) == ((), "core", "must")
    assert outputs == {"exit-code": "0", "report-dir": "reports"}


def test_every_input_becomes_an_option_that_there_is(tmp_path: Path) -> None:
    given = {
        "endpoints": "groq openai/* 'x y'",
        "config": "other.yaml",
        "depth": "full",
        "set": "0.1",
        "fail_on": "should",
        "expectations": "known.yaml",
        "baseline": "old.json",
        "args": "--only chat.* --burst=8",
        "output_dir": "out",
    }
    (tmp_path / "groq2").touch()
    _, called, outputs, _ = carried_out("Run", tmp_path, "samewire", **given)
    options = understood(called[0][1:])
    assert options["names"] == ("groq", "openai/*", "'x", "y'")
    assert (str(options["config"]), options["depth"], options["frozen"]) == ("other.yaml", "full", "0.1")
    assert (options["fail_on"], str(options["expectations"])) == ("should", "known.yaml")
    assert ([str(one) for one in options["earlier"]], str(options["folder"])) == (["old.json"], "out")
    assert (options["only"], options["burst"]) == (("chat.*",), 8)
    assert outputs["report-dir"] == "out"
    assert set(given) | {"could_not_judge", "version"} == {name.replace("-", "_") for name in ACTION["inputs"]}


def test_what_is_said_of_an_input_is_what_the_option_takes() -> None:
    run = {parameter.name: parameter for parameter in main.commands["run"].params}
    for name, option in (("depth", "depth"), ("fail-on", "fail_on")):
        kind = run[option].type
        assert isinstance(kind, click.Choice)
        assert set(re.findall(r"\w+", ACTION["inputs"][name]["description"])) - {"or"} == set(kind.choices)


@pytest.mark.parametrize(
    "text", ["; touch hacked", "$(touch hacked)", "`touch hacked`", "\ntouch hacked\n", "--fail-on never"]
)
def test_an_input_is_no_code_and_no_option(tmp_path: Path, text: str) -> None:
    _, called, _, _ = carried_out("Run", tmp_path, "samewire", endpoints=text, config=text)
    assert not (tmp_path / "hacked").exists()
    assert understood(called[0][1:])["fail_on"] == "must"


@pytest.mark.parametrize(("status", "wish", "ends"), [(0, "fail", 0), (1, "pass", 1), (3, "fail", 3), (3, "pass", 0)])
def test_the_job_ends_as_the_run_does(tmp_path: Path, status: int, wish: str, ends: int) -> None:
    found, _, outputs, said = carried_out("Run", tmp_path, "samewire", status=status, could_not_judge=wish)
    assert (found, outputs["exit-code"]) == (ends, str(status))
    assert ("::notice::" in said) == (status == 3 and wish == "pass")


def test_outputs_are_what_the_step_tells(tmp_path: Path) -> None:
    _, _, outputs, _ = carried_out("Run", tmp_path, "samewire")
    told = {name: one["value"] for name, one in ACTION["outputs"].items()}
    assert told == {name: f"${{{{ steps.{STEPS['Run']['id']}.outputs.{name} }}}}" for name in outputs}


@pytest.mark.parametrize(("version", "wanted"), [("", "/action"), ("==0.1.0", "samewire==0.1.0")])
def test_it_installs_itself_or_the_version_that_is_asked_for(tmp_path: Path, version: str, wanted: str) -> None:
    status, called, _, _ = carried_out("Install", tmp_path, "python3", version=version)
    assert (status, called) == (0, [["python3", "-m", "pip", "install", "--quiet", wanted]])


def test_it_installs_nothing_where_it_is_there_already(tmp_path: Path) -> None:
    assert carried_out("Install", tmp_path, "samewire", "python3")[:2] == (0, [])


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, comments left out and continued lines joined."""
    lines = [line for line in (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (word, " ".join(rest.split()))
        for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)
    ]


def test_the_image_is_built_of_stages_that_there_are() -> None:
    known = {"FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT", "CMD", "ENV", "LABEL"}
    assert {word for word, _ in instructions()} <= known
    stages = {rest.split(" AS ")[1] for word, rest in instructions() if word == "FROM" and " AS " in rest}
    named = {name for _, rest in instructions() for name in re.findall(r"from=(\w+)", rest)}
    assert named <= stages
    bases = {rest.split(" AS ")[0] for word, rest in instructions() if word == "FROM"}
    (version,) = {re.fullmatch(r"docker\.io/library/python:3\.(\d+)-slim", base).group(1) for base in bases}  # type: ignore[union-attr]
    assert int(version) >= int(PROJECT["requires-python"].rpartition(".")[2])


def test_the_image_runs_what_is_installed_and_not_as_root() -> None:
    last = dict(instructions())
    assert json.loads(last["ENTRYPOINT"]) == [PROJECT["name"]]
    assert PROJECT["name"] in PROJECT["scripts"]
    with pytest.raises(SystemExit) as end:
        main(json.loads(last["CMD"]), standalone_mode=True)
    assert end.value.code == 0
    assert last["USER"] not in ("root", "0")
    order = [word for word, _ in instructions()]
    assert order.index("USER") > max(place for place, word in enumerate(order) if word == "RUN")
    install = next(rest for word, rest in instructions() if word == "RUN" and "--no-index" in rest)
    assert f" {PROJECT['name']} " in install, "what the first stage has built is what is installed"


def test_the_image_s_own_example_is_a_command_and_names_a_key_that_is_used() -> None:
    example = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()[1].partition("docker run ")[2]
    words = shlex.split(example)
    assert understood(words[words.index("samewire") + 1 :])["names"] == ("groq",)
    assert f"${{{words[words.index('-e') + 1]}}}" in (ROOT / "providers.yaml").read_text(encoding="utf-8")


def commands() -> list[str]:
    """What the page on continuous integration tells to run."""
    text = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    fenced = "\n".join(re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)) + "\n".join(
        re.findall(r"`(samewire [^`|]+)", text)
    )
    return [
        one.strip(" >") for one in re.findall(r"(?:^|[\s-])(samewire (?:run|merge|judge|list|lint)[^#\n|>]*)", fenced)
    ]


@pytest.mark.parametrize("line", commands())
def test_the_page_tells_commands_that_there_are(line: str) -> None:
    words = shlex.split(line)
    assert understood([word for word in words[1:] if word != "…"]) is not None
