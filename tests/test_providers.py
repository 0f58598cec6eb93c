"""providers.yaml: every problem is told by file, line, column and what to write instead."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from samewire import providers
from samewire.choosing import choose
from samewire.settings import Provider, SettingsError, ad_hoc

LITERAL = "sk-proj-8f3k2j5h7g9d1s4a6p0o"


def written(folder: Path, text: str) -> Path:
    path = folder / "providers.yaml"
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return path


def loaded(folder: Path, text: str, environ: dict[str, str] | None = None, **tuned: Any) -> tuple[Provider, ...]:
    return providers.load(written(folder, text), environ or {}, tuned)


def problems(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """The problems that a text has, without the file's name."""
    with pytest.raises(SettingsError) as wrong:
        loaded(folder, text, environ)
    return [one.replace(f"{folder / 'providers.yaml'}:", "") for one in wrong.value.problems]


ENTRY = """
providers:
  - name: one
    models: [m]
"""

#: A text → the beginnings of its problems, each with its line and column.
WRONG: dict[str, tuple[str, list[str]]] = {
    "an unknown key": (ENTRY + "    modles: [m]\n", ["4:5: unknown key `modles`: write `models`"]),
    "an unknown key like none": (ENTRY + "    zzz: 1\n", ["4:5: unknown key `zzz`: known are api_key, api_key_env, "]),
    "an unknown key at the top": (ENTRY + "provider: []\n", ["4:1: unknown key `provider`: write `providers`"]),
    "an unknown default": ("defaults:\n  timout: 5\n" + ENTRY, ["2:3: unknown key `timout`: write `timeout`"]),
    "a model that is no list": ("providers:\n  - name: one\n    models: m\n", ["3:5: `models`: "]),
    "no models": ("providers:\n  - name: one\n    models: []\n", ["3:5: `models`: "]),
    "models left out": ("providers:\n  - name: one\n", ["2:5: `models` is missing"]),
    "a name left out": ("providers:\n  - models: [m]\n", ["2:5: `name` is missing"]),
    "a name of another kind": ("providers:\n  - name: 5\n    models: [m]\n", ["2:5: `name`: "]),
    "a name with a slash": ("providers:\n  - name: a/b\n    models: [m]\n", ["2:5: `name`: "]),
    "a number as text": (ENTRY + "    timeout: soon\n", ["4:5: `timeout`: "]),
    "a timeout of nothing": (ENTRY + "    timeout: 0\n", ["4:5: `timeout`: "]),
    "a window that is closed": (ENTRY + "    concurrency: 0\n", ["4:5: `concurrency`: "]),
    "a part of a request": (ENTRY + "    concurrency: 1.5\n", ["4:5: `concurrency`: "]),
    "a base URL that is none": (ENTRY + "    base_url: localhost:8000\n", ["4:5: `base_url`: "]),
    "an unknown way to present a key": (ENTRY + "    auth: basic\n", ["4:5: `auth`: "]),
    "an unknown protocol": (ENTRY + "    protocols: [chats]\n", ["4:"]),
    "prices by halves": (ENTRY + "    prices: {input: 1}\n", ["4:"]),
    "a key that stands twice": (ENTRY + "    models: [n]\n", ["4:5: `models` stands here twice"]),
    "a name that is taken": (
        ENTRY + "  - name: one\n    models: [n]\n",
        ["4:5: the name 'one' is taken by the provider in line 2"],
    ),
    "a literal key": (
        ENTRY + f"    api_key: {LITERAL}\n",
        ["4:5: `api_key` holds a literal: write `api_key: ${ONE_API_KEY}`"],
    ),
    "a variable without braces": (ENTRY + "    api_key: $ONE_KEY\n", ["4:5: `api_key` holds a literal: write "]),
    "a literal key in a header": (
        ENTRY + f"    headers: {{Authorization: Bearer {LITERAL}}}\n",
        ["4:15: `Authorization` holds what looks like a key: write ${VARIABLE}"],
    ),
    "a literal key in the query": (
        ENTRY + f"    query: {{key: {LITERAL}}}\n",
        ["4:13: `key` holds what looks like a key"],
    ),
    "several problems": (
        ENTRY + "    zzz: 1\n    timeout: soon\n    rpm: 0\n",
        ["4:5: unknown key", "5:5: `timeout`", "6:5: `rpm`"],
    ),
    "no list of providers": ("providers: one\n", ["1:"]),
    "an entry that is none": ("providers:\n  - one\n", ["2:5: "]),
    "a sentence": ("hello\n", ["1:1: a list `providers:` is expected here"]),
    "nothing": ("", ["1:1: a list `providers:` is expected here"]),
    "no YAML": ("providers:\n  - name: [\n", ["3:1: not YAML: "]),
    "a tab": ("providers:\n\t- name: one\n", ["2:1: not YAML: "]),
    "an unknown alias": ("providers: *one\n", ["1:12: not YAML: "]),
    "a well without a bottom": ("providers: " + "[" * 100_000, ["1: is nested too deep"]),
    "two documents": (ENTRY + "---\nx: 1\n", ["4:1: not YAML: "]),
}


@pytest.mark.parametrize(("text", "wanted"), WRONG.values(), ids=WRONG)
def test_a_problem_is_told_with_its_place_and_what_to_write(tmp_path: Path, text: str, wanted: list[str]) -> None:
    found = problems(tmp_path, text.lstrip("\n"))
    assert len(found) == len(wanted), found
    for problem, beginning in zip(sorted(found), wanted, strict=True):
        assert problem.startswith(beginning)
        assert LITERAL not in problem


def test_a_problem_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"providers\.yaml:4:5: unknown key"):
        loaded(tmp_path, ENTRY.lstrip("\n") + "    modles: []\n")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("providers: &a [*a]\n", "1:"),
        ("providers: &a {b: *a}\n", "1:"),
        (ENTRY + "    notes: !secret x\n", "4:"),
        (ENTRY + "    notes: !!python/object:os.system x\n", "4:"),
        (ENTRY + "    notes: !!int abc\n", "4:"),
        (ENTRY + "    ? {a: b}\n    : 1\n", "4:"),
        (ENTRY + "    ? [a]\n    : 1\n", "4:"),
    ],
)
def test_yaml_that_cannot_be_built_is_a_problem_and_no_crash(tmp_path: Path, text: str, place: str) -> None:
    assert problems(tmp_path, text.lstrip("\n"))[0].startswith(place)


def test_a_day_is_text_as_in_json(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, ENTRY.lstrip("\n") + "    label: 2024-99-99\n    looked_up: 2026-11-21\n")
    assert (one.label, one.looked_up) == ("2024-99-99", "2026-11-21")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        providers.load(tmp_path / "absent.yaml", {})
    (tmp_path / "latin.yaml").write_bytes(b"# \xe9\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        providers.load(tmp_path / "latin.yaml", {})


@pytest.mark.parametrize(
    "line",
    [
        f"body: {{api_key: {LITERAL}}}",
        f"paths: {{chat/completions: 'chat/completions?key={LITERAL}'}}",
        f"base_url: https://api.example/v1?key={LITERAL}",
        "base_url: https://user:password1234@api.example/v1",
        f"api_key_env: ONE_KEY\n    api_key: {LITERAL}",
    ],
)
def test_a_literal_secret_is_found_wherever_it_stands(tmp_path: Path, line: str) -> None:
    found = problems(tmp_path, ENTRY.lstrip("\n") + f"    {line}\n")
    assert found[0].startswith(("4:", "5:"))
    assert LITERAL not in found[0]


def test_a_literal_secret_in_the_defaults_is_told_there(tmp_path: Path) -> None:
    text = f"defaults:\n  headers:\n    X-Key: {LITERAL}\nproviders:\n  - {{name: a, models: [m]}}\n"
    assert problems(tmp_path, text)[0].startswith("3:5: `X-Key` holds what looks like a key")


def test_the_nearest_file_is_found_up_to_the_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "providers.yaml").touch()
    assert providers.find(inner) == tmp_path / "providers.yaml"
    (tmp_path / "repository" / ".git").mkdir()
    assert providers.find(inner).parent not in (tmp_path, *inner.parents)
    (tmp_path / "repository" / "providers.yaml").touch()
    assert providers.find(inner) == tmp_path / "repository" / "providers.yaml"
    (inner / "providers.yaml").touch()
    assert providers.find(inner) == inner / "providers.yaml"


def test_the_file_that_samewire_carries_is_right() -> None:
    providers.load(providers.locate("providers.yaml"), {})


TWO = (Provider("a", "http://h", ("m", "lab/n")), Provider("ab", "http://h", ("m",)))


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ((), ["a/m", "a/lab/n", "ab/m"]),
        (("a",), ["a/m", "a/lab/n"]),
        (("a*",), ["a/m", "a/lab/n", "ab/m"]),
        (("a/lab/n",), ["a/lab/n"]),
        (("*/m",), ["a/m", "ab/m"]),
        (("ab", "a/m", "ab/*"), ["ab/m", "a/m"]),
    ],
)
def test_names_and_globs_choose_endpoints(patterns: tuple[str, ...], names: list[str]) -> None:
    assert [one.name for one in choose(TWO, patterns)] == names


@pytest.mark.parametrize(
    ("pattern", "hint"), [("a/x", "did you mean a"), ("zzz", "there are a, a/lab/n, a/m, ab, ab/m")]
)
def test_a_name_of_nothing_is_a_problem_with_the_nearest(pattern: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=f"no endpoint is called '{pattern}'; {hint}"):
        choose(TWO, ("a", pattern))


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "", "ftp://h/v1", "http://", "/v1", "http://u:p@h/v1", "http://[::1/v1", "http://h:port/v1"],
)
def test_a_base_url_by_hand_is_an_absolute_one(url: str) -> None:
    with pytest.raises(SettingsError):
        ad_hoc(url, ["m"], None)


def test_an_endpoint_by_hand_needs_a_model_and_is_named_after_its_host() -> None:
    with pytest.raises(SettingsError, match="add --model"):
        ad_hoc("http://127.0.0.1:8000/v1", [], None)
    assert ad_hoc("http://127.0.0.1:8000/v1", ["m"], None).name == "127.0.0.1:8000"
