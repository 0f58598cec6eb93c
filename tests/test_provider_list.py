"""The file that samewire carries: all providers that the documents name, and where what it says of each was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from samewire import providers
from samewire.choosing import choose
from samewire.findings import Findings
from samewire.request import GET, POST
from samewire.schema import locate
from samewire.settings import Endpoint, Provider
from samewire.wire import wire

FILE = locate("providers.yaml")
#: As the documents have them → their names here.
NAMED = {
    "Anthropic": "anthropic",
    "MiniMax": "minimax",
    "Google Vertex AI": "vertex",
    "OpenRouter": "openrouter",
    "Grok (xAI)": "xai",
    "OpenAI": "openai",
    "DeepSeek": "deepseek",
    "Kimi / Moonshot": "moonshot",
    "GLM": "zai",
    "Groq": "groq",
    "Mistral AI": "mistral",
    "Together AI": "together",
    "Perplexity": "perplexity",
    "Cerebras": "cerebras",
    "Azure OpenAI": "azure-openai",
    "GitHub Copilot": "github-copilot",
    "GitLab Duo": "gitlab-duo",
    "ChatGPT/Codex": "codex",
    "Claude (subscription)": "claude-subscription",
    "Google Gemini (subscription)": "gemini-subscription",
    "Qwen (subscription)": "qwen-subscription",
    "Ollama": "ollama",
    "vLLM": "vllm",
    "LM Studio": "lm-studio",
    "Bedrock (LiteLLM)": "litellm",
    "Cloudflare": "cloudflare",
    "Anyscale": "anyscale",
    "llama.cpp": "llama.cpp",
    "Oobabooga": "oobabooga",
    "TabbyAPI": "tabbyapi",
    "Aphrodite": "aphrodite",
}
ALL = {one.name: one for one in providers.load(FILE, {})}


class Everything(Mapping[str, str]):
    """An environment in which every variable is set."""

    def __getitem__(self, name: str) -> str:
        if name.endswith(("_URL", "_URI")):
            return "https://host.example/v1"
        return "2024-10-21" if name.endswith("_VERSION") else f"value-of-{name.lower()}"

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Provider]:
    """All providers, with everything set, and logins kept in a folder of the test's."""
    monkeypatch.setenv("SAMEWIRE_TOKENS", str(tmp_path))
    return {one.name: one for one in providers.load(FILE, Everything())}


Ready = dict[str, Provider]


@pytest.mark.parametrize("name", NAMED.values(), ids=NAMED)
def test_a_provider_that_the_documents_name_is_listed(name: str) -> None:
    assert name in ALL


@pytest.mark.parametrize("one", ALL.values(), ids=ALL)
def test_a_provider_says_what_it_claims_and_where_that_is_written(one: Provider) -> None:
    assert urlsplit(one.source).scheme == "https"
    assert date(2026, 1, 1) <= date.fromisoformat(one.looked_up) <= date(2030, 1, 1)
    assert "streaming" in one.claims
    assert "tools" in one.claims
    assert one.label


@pytest.mark.parametrize("one", ALL.values(), ids=ALL)
def test_what_is_missing_is_told_and_nothing_else_stands_in_the_way(one: Provider, ready: Ready) -> None:
    assert bool(one.missing) == (one.name not in ("ollama", "vllm", "lm-studio", "llama.cpp") and not local(one))
    assert ready[one.name].missing == ""


def local(one: Provider) -> bool:
    return one.base_url.startswith("http://localhost") and one.name != "litellm"


@pytest.mark.parametrize("name", ALL)
def test_its_requests_can_be_written(name: str, ready: Ready) -> None:
    one = ready[name]
    where = Endpoint(one, one.models[0])
    protocol = one.protocols[0] if one.protocols else "chat"
    path = {"chat": "chat/completions"}.get(protocol, protocol)
    for request in (POST(path, messages=[]), POST(path, messages=[], stream=True), GET("models")):
        written = wire(request, where, Findings())
        assert urlsplit(written.url).netloc == urlsplit(one.base_url).netloc
        assert not re.search(r"[{}](?!key)", written.url.replace("{key}", ""))


def test_a_bare_run_is_about_those_whose_key_says_so() -> None:
    chosen = choose(providers.load(FILE, {"GROQ_API_KEY": "gsk_0123456789ab"}), ())
    assert [one.provider.name for one in chosen if not one.provider.missing] == ["groq"]
    named = {one.name for one in ALL.values() if one.when_named}
    assert {"ollama", "codex", "github-copilot", "claude-subscription", "vertex"} <= named
    assert not named & {"openai", "anthropic", "groq", "azure-openai"}


def test_anthropic_s_key_goes_into_its_own_header(ready: Ready) -> None:
    written = wire(POST("messages"), Endpoint(ready["anthropic"], "m"), Findings())
    assert ("x-api-key", "{key}") in written.headers
    assert written.url == "https://api.anthropic.com/v1/messages"
    assert dict(written.headers)["anthropic-version"] == "2023-06-01"


def test_a_subscription_s_token_is_presented_as_bearer_at_messages_too(ready: Ready) -> None:
    written = wire(POST("messages"), Endpoint(ready["claude-subscription"], "m"), Findings())
    assert ("Authorization", "Bearer {key}") in written.headers
    assert "x-api-key" not in dict(written.headers)


def test_azure_has_both_surfaces(ready: Ready) -> None:
    (one,) = (Endpoint(ready["azure-openai"], "gpt-x"),)
    assert wire(POST("chat/completions"), one, Findings()).url.endswith(".openai.azure.com/openai/v1/chat/completions")
    dated = wire(POST("chat/completions"), Endpoint(ready["azure-openai-dated"], "gpt-x"), Findings())
    assert dated.url.endswith("/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21")
    assert ("api-key", "{key}") in dated.headers


def test_vertex_has_the_model_in_its_path_and_not_in_its_body(ready: Ready) -> None:
    where = Endpoint(ready["vertex"], "claude@1")
    plain = wire(POST("messages", max_tokens=5), where, Findings())
    assert plain.url.endswith("/publishers/anthropic/models/claude@1:rawPredict")
    assert plain.body == b'{"anthropic_version":"vertex-2023-10-16","max_tokens":5}'
    streamed = wire(POST("messages", stream=True), where, Findings())
    assert streamed.url.endswith("/models/claude@1:streamRawPredict")


def test_codex_keeps_nothing_and_an_account_is_named_only_if_one_is_set(ready: Ready) -> None:
    body = wire(POST("responses", input="Hi."), Endpoint(ready["codex"], "m"), Findings()).body or b""
    assert b'"store":false' in body
    assert "chatgpt-account-id" in dict(ready["codex"].headers)
    assert "chatgpt-account-id" not in dict(ALL["codex"].headers)
    assert ALL["codex"].strip_auto


def test_an_instance_of_one_s_own_can_be_named() -> None:
    (one,) = (one for one in providers.load(FILE, {"GITLAB_URL": "https://git.example"}) if one.name == "gitlab-duo")
    assert one.base_url == "https://git.example/api/v4/ai/llm/proxy"
