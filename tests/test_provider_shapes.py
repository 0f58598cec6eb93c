"""Shapes of provider lists that people have already, and the settings that an entry may have."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from samewire.choosing import choose
from samewire.findings import Findings
from samewire.hiding import hidden
from samewire.request import GET, LIMIT, POST
from samewire.schema import source
from samewire.settings import Auth, Endpoint, Provider, Way
from samewire.wire import wire

from .making import ASK, exchange
from .test_providers import ENTRY, loaded, problems

PROXYCAST = """
providers:
  - name: openai-official
    type: openai-custom
    api_key: "sk-..."
    # the usual base URL

  - name: azure-openai
    type: openai-custom
    api_key: "${AZURE_KEY}"
    base_url: "https://myresource.openai.azure.com/openai/deployments/gpt-4"

  - name: ollama-local
    type: openai-custom
    api_key: "ollama"  # needs no real key
    base_url: "http://localhost:11434/v1"
"""


def test_a_list_of_proxycast_s_is_read_as_it_stands(tmp_path: Path) -> None:
    official, azure, local = loaded(
        tmp_path, PROXYCAST, {"AZURE_KEY": "k-0123456789", "OLLAMA_LOCAL_MODEL": "llama3.2"}
    )
    assert official.base_url == "https://api.openai.com/v1"
    assert "`api_key` is still the example's: write `api_key: ${OPENAI_OFFICIAL_API_KEY}`" in official.missing
    assert (azure.models, azure.auth, azure.missing) == (("gpt-4",), Auth("header", "api-key"), "")
    assert (local.models, local.missing) == (("llama3.2",), "")
    assert local.credential is not None
    assert not local.credential.real


def test_what_a_model_is_can_be_left_to_a_variable(tmp_path: Path) -> None:
    one = loaded(tmp_path, PROXYCAST)[2]
    assert one.missing == "no model is named: add `models: [ID]`, or set $OLLAMA_LOCAL_MODEL"


def test_settings_beside_the_list_are_those_of_a_name_or_a_type(tmp_path: Path) -> None:
    aside = 'openai-custom:\n  headers:\n    X-Custom-Header: "value"\n'
    found = loaded(tmp_path, PROXYCAST.lstrip("\n") + aside + "azure-openai: {api_version: 2024-02-15-preview}\n")
    assert {one.headers for one in found} == {(("X-Custom-Header", "value"),)}
    assert [one.query for one in found] == [(), (("api-version", "2024-02-15-preview"),), ()]


def test_settings_alone_under_a_name_describe_a_provider(tmp_path: Path) -> None:
    (one,) = loaded(
        tmp_path,
        """
        azure-openai:
          api_key: "..."
          base_url: "https://r.openai.azure.com/openai/deployments/d"
          api_version: "2024-02-15-preview"
          headers:
            api-key: "${AZURE_KEY}"
        """,
        {"AZURE_KEY": "k-0123456789"},
    )
    assert (one.name, one.models, one.headers) == ("azure-openai", ("d",), ())
    assert (one.auth, one.missing) == (Auth("header", "api-key"), "")
    written = wire(ASK, Endpoint(one, "d"), Findings())
    assert written.url.endswith("/openai/deployments/d/chat/completions?api-version=2024-02-15-preview")
    assert written.headers.count(("api-key", "{key}")) == 1


def test_a_problem_of_what_stands_aside_is_told_there(tmp_path: Path) -> None:
    text = "providers:\n  - {name: one, models: [m]}\none:\n  headers: {A: 1}\n  timout: 5\n"
    assert problems(tmp_path, text)[0].startswith("5:3: unknown key `timout`: write `timeout`")


def test_providers_may_be_named_by_a_mapping(tmp_path: Path) -> None:
    found = loaded(tmp_path, "providers:\n  a: {models: [m]}\n  b: {models: [n], timeout: 5}\n")
    assert [(one.name, one.timeout) for one in found] == [("a", 60), ("b", 5)]
    assert problems(tmp_path, "providers:\n  a: {modles: [m]}\n")[0].startswith("2:7: unknown key `modles`")


def test_a_base_url_that_is_still_an_example_s_is_missing(tmp_path: Path) -> None:
    text = ENTRY.lstrip("\n") + '    base_url: "https://{resource}.openai.azure.com/openai/deployments/{deployment}"\n'
    assert "still the example's" in loaded(tmp_path, text)[0].missing


@pytest.mark.parametrize(
    ("kind", "base_url", "wanted", "protocols"),
    [
        ("DirectAnthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1", ("messages",)),
        ("anthropic", "https://api.minimax.io/anthropic/v1", "https://api.minimax.io/anthropic/v1", ("messages",)),
        ("OpenAIResponses", "https://h/codex", "https://h/codex", ("responses",)),
        ("OpenAICompatible", "https://h/v1", "https://h/v1", ()),
    ],
)
def test_a_type_tells_the_protocols(
    tmp_path: Path, kind: str, base_url: str, wanted: str, protocols: tuple[str, ...]
) -> None:
    (one,) = loaded(tmp_path, ENTRY.lstrip("\n") + f"    type: {kind}\n    base_url: {base_url}\n")
    assert (one.base_url, one.protocols) == (wanted, protocols)


SLOTS = "providers:\n  - name: one\n    models: {default: a, small: b, embedding: e}\n"


def test_a_slot_is_run_when_it_is_named(tmp_path: Path) -> None:
    found = loaded(tmp_path, SLOTS)
    assert [one.name for one in choose(found, ())] == ["one/a"]
    assert [one.name for one in choose(found, ("one/small", "one/a"))] == ["one/b", "one/a"]


def test_embeddings_have_a_model_of_their_own(tmp_path: Path) -> None:
    (one,) = loaded(tmp_path, SLOTS)
    where = Endpoint(one, "a")
    assert json.loads(wire(POST("embeddings", input="x"), where, Findings()).body or b"")["model"] == "e"
    assert json.loads(wire(ASK, where, Findings()).body or b"")["model"] == "a"


def more(folder: Path, line: str, environ: dict[str, str] | None = None) -> Provider:
    (one,) = loaded(folder, ENTRY.lstrip("\n") + f"    {line}\n", environ)
    return one


def test_an_organization_and_a_project_are_headers(tmp_path: Path) -> None:
    one = more(tmp_path, "organization: ${ORG}\n    project: proj-1", {"ORG": "org-0123456789"})
    assert one.headers == (("OpenAI-Organization", "org-0123456789"), ("OpenAI-Project", "proj-1"))
    assert [secret.reveal() for secret in one.secrets] == ["org-0123456789"]


def test_a_variable_in_a_body_is_put_in_and_is_a_secret_if_it_looks_like_one(tmp_path: Path) -> None:
    environ = {"PROJECT": "project-number-1", "K": "sk-0123456789abcdef"}
    one = more(tmp_path, "body: {meta: {project: '${PROJECT}'}, list: ['${K}', 1]}", environ)
    assert one.body == {"meta": {"project": "project-number-1"}, "list": ["sk-0123456789abcdef", 1]}
    assert [secret.reveal() for secret in one.secrets] == ["sk-0123456789abcdef"]


def test_claims_are_kept_and_decide_nothing(tmp_path: Path) -> None:
    one = more(tmp_path, "claims: {images: true, computer_use: false, tools: limited}\n    context_window: 8192")
    assert one.claims == {"images": True, "computer_use": False, "tools": "limited", "context_window": 8192}
    assert problems(tmp_path, ENTRY.lstrip("\n") + "    claims: {image: true}\n")[0].startswith(
        "4:14: unknown key `image`: write `images`"
    )


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("proxy: none", Way(proxy="none")),
        ("proxy: http://u:p@proxy.example:8080", Way(proxy="http://u:p@proxy.example:8080")),
        ("connect_timeout: 3", Way(connect_timeout=3.0)),
    ],
)
def test_the_way_may_be_another(tmp_path: Path, line: str, way: Way) -> None:
    assert more(tmp_path, line).way == way


def test_a_proxy_s_password_is_a_secret(tmp_path: Path) -> None:
    one = more(tmp_path, "proxy: ${PROXY}", {"PROXY": "http://user:password-1@proxy.example"})
    assert [secret.reveal() for secret in one.secrets] == ["http://user:password-1@proxy.example"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    (folder / "both.pem").write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return folder


def test_certificates_are_looked_at_before_anything_is_sent(tmp_path: Path, certificate: Path) -> None:
    one = more(tmp_path, f"ca_bundle: {certificate}/cert.pem\n    client_cert: {certificate}/both.pem")
    assert one.way.ca_bundle.endswith("cert.pem")
    assert (
        more(tmp_path, f"client_cert: {{cert: {certificate}/cert.pem, key: {certificate}/key.pem}}")
        .way.certificate[1]
        .endswith("key.pem")
    )
    (tmp_path / "none.pem").write_text("no certificate")
    for line in ("ca_bundle: absent.pem", f"ca_bundle: {tmp_path}/none.pem", "client_cert: absent.pem"):
        assert "can't be used" in problems(tmp_path, ENTRY.lstrip("\n") + f"    {line}\n")[0]


STRIP = "strip_params: [temperature, user]"


def test_a_stripped_field_is_left_out_unless_the_request_is_about_it(tmp_path: Path) -> None:
    where = Endpoint(more(tmp_path, STRIP), "m")
    control = POST("chat/completions", temperature=0, user="u", **LIMIT(5))
    assert json.loads(wire(control, where, Findings("max_tokens")).body or b"") == {"model": "m", "max_tokens": 5}
    probe = control.but(temperature=1.5)
    assert json.loads(wire(probe, where, Findings()).body or b"") == {"model": "m", "temperature": 1.5}


def test_auto_strips_nothing_and_lists_what_it_would(tmp_path: Path) -> None:
    one = more(tmp_path, "strip_params: auto")
    assert (one.strip, one.strip_auto) == ((), True)
    refused = [
        exchange(400, {}, ASK.but(logprobs=True)),
        exchange(422, {}, ASK.but(user="u", seed=5)),
        exchange(429, {}, ASK.but(n=2)),
        exchange(400, {"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}, ASK.but(n=3)),
        exchange(400, {}, ASK.wrong(temperature="hot")),
        exchange(200, {}, ASK.but(stop=["x"])),
        exchange(400, {}, ASK.but(stop=["x", "y"])),
        exchange(400, {}, ASK.but(messages=[])),
        exchange(404, {}, GET("models")),
    ]
    assert hidden(refused) == ["logprobs", "seed", "user"]
    assert problems(tmp_path, ENTRY.lstrip("\n") + "    strip_params: some\n")[0].startswith("4:5: `strip_params`")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("key: {}", "`key` wants one of env, command, file, oauth, exchange"),
        ("key: {env: A, file: b}", "`key` wants one of env"),
        ("key: []", "`key` names nowhere"),
        ("key: {commnd: [x]}", "unknown key `commnd`: write `command`"),
        ("key: {oauth: {flow: device, client_id: c, token_url: https://h/t}}", "wants `device_url`"),
        ("key: {oauth: {flow: password, client_id: c, token_url: https://h/t}}", "`flow`: "),
        ("key: {exchange: {url: https://h, for: {env: A}, pointer: token}}", "`pointer`: "),
        ("api_key: ${A}\n    key: {env: A}", "`key` stands beside `api_key`: write one of them"),
        ("base_url: https://h/v1?key=1", "ends in a query or a fragment"),
        ("base_url: ${A:=https://h}", "is no variable: write ${NAME}"),
        ("paths: {chat/completions: https://evil.example/x}", "a key never goes to another host"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, line: str, wanted: str) -> None:
    assert wanted in "\n".join(problems(tmp_path, ENTRY.lstrip("\n") + f"    {line}\n", {"A": "https://h/v1"}))


def test_where_each_setting_came_from_is_known_but_no_value(tmp_path: Path) -> None:
    text = """
        defaults: {timeout: 9}
        providers:
          - name: one
            base_url: https://${HOST}/v1
            api_key: ${KEY}
            models: [m]
        """
    (one,) = loaded(tmp_path, text, {"HOST": "a.example", "KEY": "k-0123456789"}, rpm=5)
    assert one.origins["base_url"] == "providers.yaml, line 4, $HOST"
    assert one.origins["api_key"] == "providers.yaml, line 5, $KEY"
    assert one.origins["timeout"] == "providers.yaml, line 1"
    assert one.origins["rpm"] == "the command line"
    told: Any = " ".join(one.origins.values())
    assert "a.example" not in told
    assert "k-0123456789" not in told


PAGE = Path(__file__).parent.parent / "docs" / "providers.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_page_is_right(tmp_path: Path, example: str) -> None:
    assert loaded(tmp_path, example)


def test_the_page_tells_every_setting() -> None:
    page = PAGE.read_text(encoding="utf-8")
    properties = source("run/providers")["$defs"]["provider"]["properties"]
    assert not [name for name in properties if f"`{name}`" not in page and name != "model"]
