"""The laws of the house: who may know whom, what a check looks like, what the documents must say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from samewire.catalogue import entries
from samewire.request import CAP_KEY, LIMIT_KEY, Request
from samewire.requirement import Level, Requirement
from samewire.scenario import Every, Preflight, Scenario
from samewire.suite import requirements

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "samewire"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
SUITES = sorted((ROOT / "suites").rglob("*.py"))

#: Third-party library → the one module (or folder) that imports it.
DOORS = {
    "httpx2": {"connecting", "transport"},
    "pytest": {"plugin"},
    "pytest_html": {"plugin"},
    "jsonschema": {"schema"},
    "jsonschema_rs": {"schema"},
    "referencing": {"schema"},
    "yaml": {"document"},
    "dotenv": {"environment"},
    "oauthlib": {"oauth"},
    "keyring": {"vault"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "hypothesis": {"fuzzing"},
    "click": {"arranging", "asking", "cli", "ending", "fuzz", "learning", "offline", "options", "remeasuring"},
    "rich": {"progress"},
}

#: What a suite may use of the standard library: what only computes. No files, no network, no clock, no chance.
PURE = {
    *(
        "__future__",
        "base64",
        "binascii",
        "collections",
        "collections.abc",
        "dataclasses",
        "difflib",
        "enum",
        "fnmatch",
    ),
    *("functools", "hashlib", "html", "itertools", "json", "math", "operator", "re", "statistics", "string", "struct"),
    *("textwrap", "typing", "unicodedata", "urllib.parse", "zlib"),
}

#: Module → what of samewire's it may import. A module that is not named may import nothing of samewire's.
MAY_KNOW = {
    "sse": set(),
    "inert": set(),
    "bodies": set(),
    "placeholders": set(),
    "lag": set(),
    "document": set(),
    "decoding": set(),
    "window": set(),
    "redaction": set(),
    "verdict": set(),
    "message": set(),
    "credentials": set(),
    "address": set(),
    "environment": set(),
    "shapes": set(),
    "vault": set(),
    "oauth": {"credentials"},
    "renewal": {"credentials"},
    "keys": {"credentials", "renewal"},
    "telltale": {"credentials"},
    "login": {"connecting", "credentials", "logins", "oauth", "renewal", "settings", "vault"},
    "reaching": {"connecting", "settings"},
    "choosing": {"settings"},
    "ranking": {"request", "scenario"},
    "allowance": {"attempt"},
    "watching": {"attempt"},
    "lapsing": {"attempt", "exchange", "request", "watching"},
    "noticing": {"allowance", "findings", "hiding", "lane", "verdict"},
    "comparing": {"expectations", "past", "run", "settings", "snapshot", "suite"},
    "starting": {"schema"},
    "logins": {"credentials", "keys", "oauth", "renewal", "vault"},
    "book": {"credentials", "document", "environment"},
    "sources": {"book", "credentials", "environment", "keys", "logins", "oauth", "renewal"},
    "entries": {"address", "book", "credentials", "settings", "sources"},
    "request": {"scenario"},  # for a type alone
    "scenario": {"anew", "request"},
    "requirement": {"scenario"},
    "findings": {"verdict"},
    "schema": set(),
    "parts": {"schema", "verdict"},
    "confirming": {"verdict"},
    "saying": {"verdict"},
    "trust": {"request", "scenario", "verdict"},
    "catalogue": {"schema"},
    "deviations": {"document", "schema"},
    "known": {"reference", "verdict"},
    "reads": {"sse"},
    "attempt": {"placeholders", "sse"},
    "answer": {"sse", "attempt", "request", "verdict"},
    "exchange": {"answer", "attempt", "parts", "request", "scenario", "schema", "verdict"},
    "settings": {"address", "credentials", "requirement"},
    "providers": {
        "book",
        "credentials",
        "document",
        "entries",
        "environment",
        "schema",
        "settings",
        "shapes",
        "sources",
    },
    "wire": {"placeholders", "attempt", "findings", "request", "settings"},
    "tally": {"decoding", "sse"},
    "connecting": {"attempt", "credentials", "settings"},
    "transport": {"attempt", "connecting", "credentials", "decoding", "lag", "reads", "settings", "tally"},
    "retry": {"attempt"},
    "budget": {"attempt", "sse"},
    "hiding": {"attempt", "exchange", "request"},
    "sending": {
        *("allowance", "attempt", "budget", "exchange", "lag", "lapsing", "reaching", "request", "retry", "settings"),
        *("transport", "verdict", "watching", "window"),
    },
    "gravity": {"verdict"},
    "anew": {"request"},
    "lane": {
        "anew",
        "attempt",
        "exchange",
        "findings",
        "ranking",
        "request",
        "scenario",
        "settings",
        "verdict",
        "wire",
    },
    "exchanges": {"exchange", "lane", "request", "scenario", "settings"},
    "applying": {"request", "requirement", "scenario", "settings"},
    "measurement": {
        *(
            "applying",
            "confirming",
            "exchange",
            "exchanges",
            "gravity",
            "lane",
            "request",
            "requirement",
            "scenario",
            "settings",
            "shelf",
            "trust",
            "verdict",
        ),
    },
    "shelf": {"exchange"},
    "lines": set(),
    "run": {"lines", "requirement", "verdict"},
    "record": {
        "bodies",
        "attempt",
        "exchange",
        "redaction",
        "request",
        "requirement",
        "run",
        "scenario",
        "settings",
        "verdict",
    },
    "recorder": {"exchange", "record", "redaction", "run", "verdict"},
    "resuming": {"attempt", "lane", "record", "request", "run", "settings"},
    "snapshot": {"run", "versions"},
    "versions": {"inert", "run"},
    "diffing": {"run", "snapshot"},
    "foreseen": {"run", "verdict"},
    "past": {"diffing", "inert", "run", "snapshot"},
    "fuzzing": {"exchange", "fuzzing", "lane", "message", "request", "schema", "verdict"},
    "expectations": {"document", "run", "schema", "settings"},
    "clients": {"document", "requirement", "run", "schema", "verdict"},
    "prompting": {"run", "verdict"},
    "sets": {"document", "requirement", "schema", "settings"},
    "policy": {"diffing", "foreseen", "requirement", "run", "verdict"},
    "suite": {"requirement", "schema"},
    "concluding": {"foreseen", "inert", "policy", "requirement", "verdict"},
    "execution": {"requirement", "settings", "verdict"},
    "plugin": {
        *(
            "applying",
            "concluding",
            "execution",
            "foreseen",
            "measurement",
            "requirement",
            "run",
            "scenario",
            "settings",
            "suite",
            "verdict",
        ),
    },
    "repeating": {"exchanges", "attempt", "lane", "measurement", "request", "requirement", "settings", "verdict"},
    "replay": {
        *(
            "applying",
            "attempt",
            "credentials",
            "exchange",
            "lane",
            "measurement",
            "noticing",
            "record",
            "repeating",
            "request",
        ),
        *("run", "running", "settings", "verdict"),
        "requirement",
    },
    "planning": {"placeholders", "applying", "findings", "request", "requirement", "scenario", "settings", "wire"},
    "progress": {"exchange", "inert", "verdict"},
    "summary": {
        *("diffing", "foreseen", "inert", "policy", "prompting", "report", "requirement", "run", "snapshot"),
        "verdict",
    },
}

#: Modules at the top, which put the others together.
ON_TOP = {
    "__init__",
    "__main__",
    "arranging",
    "asking",
    "cli",
    "clone",
    "conduct",
    "demo",
    "doctor",
    "ending",
    "example",
    "explaining",
    "fuzz",
    "github",
    "learning",
    "merging",
    "offline",
    "options",
    "remeasuring",
    "running",
    "twins",
}


def imports_of(path: Path) -> list[tuple[str, ast.AST]]:
    """Every module that a file imports, and the node that does."""
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "samewire" else []
            found += [(name, node) for name in names] or [("." * node.level + (node.module or ""), node)]
    return found


def name_of(path: Path) -> str:
    """A module's name below samewire; of a folder's modules, the folder's."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_it_may_know(path: Path) -> None:
    name = name_of(path)
    if name in ON_TOP:
        return
    known = {imported.split(".")[1] for imported, _ in imports_of(path) if imported.startswith("samewire.")}
    if name == "reference":
        assert known <= {"reference"}, "the reference is the other side of the wire: it knows nothing of the harness"
    elif name == "report":
        assert known <= {
            "report",
            "run",
            "clients",
            "diffing",
            "foreseen",
            "snapshot",
            "requirement",
            "verdict",
            "policy",
            "catalogue",
            "deviations",
            "past",
            "prompting",
            "versions",
            "redaction",
            "schema",
            "inert",
            "bodies",
        }
    else:
        assert name in MAY_KNOW, "a new module: say here what it may know"
        assert known <= MAY_KNOW[name]


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    users = {
        name_of(path) for path in MODULES if any(imported.split(".")[0] == library for imported, _ in imports_of(path))
    }
    assert users <= DOORS[library]


@pytest.mark.parametrize("path", [*MODULES, *SUITES], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert not inside


@pytest.mark.parametrize("path", SUITES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_suite_imports_samewire_and_its_siblings_alone(path: Path) -> None:
    for imported, _ in imports_of(path):
        assert imported.startswith((".", "samewire.")) or imported in PURE, imported
        assert imported.count(".") == 1 or not imported.startswith("samewire."), "only samewire's public names"


def test_a_suite_names_no_provider() -> None:
    providers = re.compile(r"\b(groq|mistral|deepseek|ollama|vllm|perplexity|litellm|azure\.com)\b", re.IGNORECASE)
    for path in SUITES:
        assert not providers.search(path.read_text(encoding="utf-8")), path


def test_ids_are_literal_and_unique() -> None:
    found: list[str] = []
    for path in SUITES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
                name = node.args[0]
                assert isinstance(name, (ast.Constant, ast.Name)), f"{path}:{node.lineno}: an id is literal"
                if isinstance(name, ast.Constant):
                    found.append(name.value)
    assert len(found) == len(set(found))
    assert set(found) <= {one.id for one in requirements()}


@pytest.mark.parametrize("one", requirements(), ids=lambda one: one.id)
def test_a_check_is_a_sentence_with_a_source(one: Requirement) -> None:
    assert one.sentence.endswith("."), "a requirement is a sentence"
    words = {Level.MUST: "MUST", Level.SHOULD: "SHOULD", Level.MAY: "MAY"}[one.level]
    assert words in one.sentence, f"a sentence of this level says {words}"
    assert one.spec, "name the catalogue's entries it follows from"
    assert not set(one.spec) - set(entries()), "the catalogue has no such entry"
    assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+\.[a-z0-9_]+", one.id)


def requests_of(one: Requirement) -> list[Request]:
    """The requests that a check names."""
    if isinstance(one.of, Request):
        return [one.of]
    return list(one.of.witness if isinstance(one.of, Every) else one.of.requests)


@pytest.mark.parametrize("one", requirements(), ids=lambda one: one.id)
def test_a_request_goes_through_the_preflight(one: Requirement) -> None:
    if isinstance(one.of, Preflight):
        return
    for request in requests_of(one):
        assert request.opener is not None, f"{request.method} {request.path} is sent whatever the preflight found"


@pytest.mark.parametrize("one", requirements(), ids=lambda one: one.id)
def test_a_request_that_makes_the_model_speak_limits_it(one: Requirement) -> None:
    limits = {LIMIT_KEY, CAP_KEY, "max_tokens", "max_completion_tokens", "max_output_tokens"}
    for request in requests_of(one):
        # Only what is costly may be without: that there is no limit by default can be seen in no other way.
        if request.speaks and not request.mistaken and "costly" not in one.needs:
            assert limits & set(request.body), request.body


def test_a_scenario_says_what_it_sends() -> None:
    for one in requirements():
        if isinstance(one.of, Scenario):
            assert one.of.requests, f"{one.id}: a scenario names the requests it is known to send"


@pytest.mark.parametrize("path", [*MODULES, *SUITES], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_small(path: Path) -> None:
    # Faults, variants and rules are lists: a longer one is no harder to read.
    longest = 430 if "reference" in path.parts else 250
    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest


def test_names_say_something() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
    assert not [path for path in [*MODULES, *SUITES] if path.stem in vague]
