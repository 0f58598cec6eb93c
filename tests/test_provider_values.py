"""providers.yaml: what an entry becomes, with variables put in from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from samewire import providers
from samewire.settings import Auth

from .test_providers import ENTRY, loaded, problems


def test_a_whole_entry_becomes_a_provider(tmp_path: Path) -> None:
    (one,) = loaded(
        tmp_path,
        """
        version: 1
        defaults: {timeout: 30, headers: {X-A: "1"}}
        providers:
          - name: azure
            label: Azure OpenAI
            type: openai-custom
            base_url: https://api.example/openai
            models: [gpt-x, "lab/m:1"]
            api_key: ${AZURE_KEY}
            auth: "header: api-key"
            query: {a: 1}
            api_version: "2024-10-21"
            body: {store: false}
            paths: {chat/completions: "deployments/{model}/chat/completions"}
            protocols: [chat]
            concurrency: 4
            rpm: 60
            required: true
            prices: {input: 1, output: 2.5}
            notes: Slow on Mondays.
        """,
        {"AZURE_KEY": " the-key-0123456789 "},
    )
    assert (one.name, one.label, one.base_url) == ("azure", "Azure OpenAI", "https://api.example/openai")
    assert one.models == ("gpt-x", "lab/m:1")
    assert one.credential is not None
    assert one.credential.secret is not None
    assert (one.credential.variable, one.credential.secret.reveal()) == ("AZURE_KEY", "the-key-0123456789")
    assert one.auth == Auth("header", "api-key")
    assert (one.headers, one.timeout, one.concurrency, one.rpm) == ((("X-A", "1"),), 30.0, 4, 60)
    assert one.query == (("a", "1"), ("api-version", "2024-10-21"))
    assert (one.body, one.protocols, one.required, one.prices) == ({"store": False}, ("chat",), True, (1, 2.5))
    assert one.missing == ""


def test_yes_and_no_are_sent_in_json_s_spelling(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, ENTRY.lstrip("\n") + "    query: {a: true, b: false, c: 1.5}\n")
    assert one.query == (("a", "true"), ("b", "false"), ("c", "1.5"))


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, ENTRY)
    assert (one.base_url, one.label, one.credential, one.auth) == (providers.OPENAI, "one", None, Auth())
    assert (one.timeout, one.concurrency, one.rpm, one.protocols, one.required) == (60.0, 8, None, (), False)


def test_a_bare_list_will_do(tmp_path: Path) -> None:
    assert [one.name for one in loaded(tmp_path, "- {name: a, models: [m]}\n- {name: b, models: [m]}\n")] == ["a", "b"]
    assert problems(tmp_path, "- {name: a, modles: [m]}\n")[0].startswith("1:13: unknown key `modles`")


def test_an_entry_weighs_more_than_the_defaults_and_a_command_more_than_both(tmp_path: Path) -> None:
    text = "defaults: {timeout: 5, rpm: 9}\nproviders:\n  - {name: a, models: [m], timeout: 7}\n"
    (one,) = loaded(tmp_path, text)
    assert (one.timeout, one.rpm) == (7.0, 9)
    (one,) = loaded(tmp_path, text, None, timeout=1.0, concurrency=2)
    assert (one.timeout, one.rpm, one.concurrency) == (1.0, 9, 2)


#: What stands in the file, the environment → the value, or why it is not run.
VARIABLES: list[tuple[str, dict[str, str], str, str]] = [
    ("https://${HOST}/v1", {"HOST": "a.example"}, "https://a.example/v1", ""),
    ("${URL}", {"URL": "http://b.example/v1"}, "http://b.example/v1", ""),
    ("https://${HOST}/v1", {}, "", "$HOST is not set"),
    ("https://${HOST}/v1", {"HOST": ""}, "", "$HOST is not set"),
    ("https://${HOST:-c.example}/v1", {}, "https://c.example/v1", ""),
    ("https://${HOST:-c.example}/v1", {"HOST": "a.example"}, "https://a.example/v1", ""),
    ("https://${HOST:?name the host}/v1", {}, "", "name the host"),
    ("https://${HOST:?}/v1", {}, "", "$HOST is not set"),
    ("https://a.example/$$x", {}, "https://a.example/$x", ""),
    ("https://a.example/$x", {"x": "y"}, "https://a.example/$x", ""),
    ("https://${A}${B}/v1", {}, "", "$A is not set; $B is not set"),
]


@pytest.mark.parametrize(("value", "environ", "wanted", "missing"), VARIABLES)
def test_variables_are_put_in_or_missing(
    tmp_path: Path, value: str, environ: dict[str, str], wanted: str, missing: str
) -> None:
    (one,) = loaded(tmp_path, ENTRY.lstrip("\n") + f"    base_url: {value}\n", environ)
    assert one.missing == missing
    if not missing:
        assert one.base_url == wanted


@pytest.mark.parametrize("value", ["localhost:8000", "ftp://a.example", "a.example/v1", "http://"])
def test_a_variable_that_makes_no_base_url_is_a_problem(tmp_path: Path, value: str) -> None:
    assert problems(tmp_path, ENTRY.lstrip("\n") + "    base_url: ${URL}\n", {"URL": value})[0].startswith("4:5: ")


KEYS: list[tuple[str, dict[str, str], str | None, str]] = [
    ("api_key: ${K}", {"K": "k-0123456789"}, "k-0123456789", ""),
    ("api_key: ${K}", {}, None, "$K is not set"),
    ("api_key_env: K", {"K": "k-0123456789"}, "k-0123456789", ""),
    ("api_key_env: K", {"K": "  "}, None, "$K is not set"),
    ("api_key: ollama", {}, "ollama", ""),
    ("api_key: ''", {}, None, ""),
    ("api_key: ${K:-ollama}", {}, "ollama", ""),
    ("api_key: ${K:-ollama}", {"K": "k-0123456789"}, "k-0123456789", ""),
    ("api_key: ${K:?ask Ann for one}", {}, None, "ask Ann for one"),
]


@pytest.mark.parametrize(("line", "environ", "key", "missing"), KEYS)
def test_a_key_comes_from_the_environment_or_is_a_placeholder(
    tmp_path: Path, line: str, environ: dict[str, str], key: str | None, missing: str
) -> None:
    (one,) = loaded(tmp_path, ENTRY.lstrip("\n") + f"    {line}\n", environ)
    secret = one.credential.secret if one.credential else None
    assert (secret.reveal() if secret else None, one.missing) == (key, missing)


def test_what_a_variable_puts_into_a_header_is_a_secret(tmp_path: Path) -> None:
    (one,) = loaded(
        tmp_path,
        ENTRY.lstrip("\n") + "    headers: {X-Org: '${ORG}', X-Plain: here}\n    query: {org: '${ORG2}'}\n",
        {"ORG": "organisation-1", "ORG2": "organisation-2"},
    )
    assert [secret.reveal() for secret in one.secrets] == ["organisation-1", "organisation-2"]
    assert one.headers == (("X-Org", "organisation-1"), ("X-Plain", "here"))
