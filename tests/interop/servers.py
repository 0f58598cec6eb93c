"""The servers: what each needs to be installed, and how it is started on a loopback port."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from samewire.credentials import Credential, Secret
from samewire.demo import Served
from samewire.reference import KEY, Reference
from samewire.settings import Endpoint, Provider

from .programs import found, free_port, running

HERE = Path(__file__).parent
#: What keeps these programs from looking for anything beyond the loopback.
ALONE = {"DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "NO_PROXY": "127.0.0.1"}
SECRET = "sk-interop-0123456789abcdefghij"


@dataclass(frozen=True)
class Server:
    """A server of others.

    Attributes:
        name: what its judged list is called.
        missing: why it can't be started here, or an empty string.
        serving: starts it; it may write into the folder it is given, and is an endpoint as long as it runs.
    """

    name: str
    missing: Callable[[], str]
    serving: Callable[[Path], AbstractContextManager[Endpoint]]


def endpoint(name: str, port: int, model: str, key: str = "", **headers: str) -> Endpoint:
    """The endpoint at a port; underscores in names of headers stand for hyphens."""
    credential = Credential("INTEROP_KEY", Secret(key)) if key else None
    base_url = f"http://127.0.0.1:{port}/v1"
    more = tuple((header.replace("_", "-"), value) for header, value in headers.items())
    return Endpoint(Provider(name, base_url, (model,), credential=credential, headers=more), model)


def needs(command: str, variable: str, *files: str) -> Callable[[], str]:
    """Whether a command is installed, and variables name the files it needs."""

    def missing() -> str:
        if found(command, variable) is None:
            return f"{command} is neither on the path nor named by {variable}"
        absent = [one for one in files if not Path(os.environ.get(one, "")).exists() or one not in os.environ]
        return f"{', '.join(absent)} must name what {command} serves" if absent else ""

    return missing


def installed(command: str, variable: str) -> Path:
    """The command, which is installed."""
    path = found(command, variable)
    assert path is not None
    return path


@contextmanager
def aimock(folder: Path) -> Iterator[Endpoint]:
    """A mock of several APIs, answering from fixtures."""
    port = free_port()
    command = (installed("llmock", "SAMEWIRE_INTEROP_AIMOCK"), "--host", "127.0.0.1", "--port", str(port))
    with running(
        (*command, "--fixtures", HERE / "aimock"), port, folder / "aimock.log", ALONE | {"AIMOCK_API_KEYS": SECRET}
    ):
        yield endpoint("aimock", port, "gpt-4o", SECRET)


@contextmanager
def litserve(folder: Path) -> Iterator[Endpoint]:
    """LitServe's OpenAI specification over an application that says a fixed text."""
    port = free_port()
    python = installed("litserve", "SAMEWIRE_INTEROP_LITSERVE").with_name("python")
    with running((python, HERE / "litserve_app.py", str(port)), port, folder / "litserve.log", ALONE):
        yield endpoint("litserve", port, "lit")


@contextmanager
def mlx_lm(folder: Path) -> Iterator[Endpoint]:
    """mlx-lm's server over a small model; it lists what is in the hub's cache, so there must be one."""
    port, model = free_port(), Path(os.environ["SAMEWIRE_INTEROP_MLX_MODEL"]).resolve()
    command = (installed("mlx_lm.server", "SAMEWIRE_INTEROP_MLX"), "--model", model.name, "--host", "127.0.0.1")
    (folder / "hub").mkdir()
    alone = ALONE | {"HF_HOME": str(folder)}
    with running((*command, "--port", str(port)), port, folder / "mlx_lm.log", alone, model.parent):
        yield endpoint("mlx_lm", port, model.name)


@contextmanager
def llama_server(folder: Path) -> Iterator[Endpoint]:
    """llama.cpp's server over a small model."""
    port, model = free_port(), os.environ["SAMEWIRE_INTEROP_GGUF"]
    command = (installed("llama-server", "SAMEWIRE_INTEROP_LLAMA"), "-m", model, "--alias", "tiny", "--jinja")
    options = ("--host", "127.0.0.1", "--port", str(port), "--api-key", SECRET, "-c", "4096", "-np", "2", "--offline")
    with running((*command, *options), port, folder / "llama_server.log", ALONE):
        yield endpoint("llama_server", port, "tiny", SECRET)


def litellm(name: str, upstream: str) -> Callable[[Path], AbstractContextManager[Endpoint]]:
    """LiteLLM's proxy over the reference, which it speaks to as to a provider of this kind.

    The reference is right in everything, so what is wrong here is the proxy's.
    """

    @contextmanager
    def serving(folder: Path) -> Iterator[Endpoint]:
        port = free_port()
        with Served({name: Reference()}) as served:
            base = f"http://127.0.0.1:{served.ports[name]}" + ("/v1" if upstream == "openai" else "")
            behind = {"model": f"{upstream}/reference-1", "api_base": base, "api_key": KEY}
            settings = {
                "model_list": [{"model_name": "reference-1", "litellm_params": behind}],
                "litellm_settings": {"telemetry": False, "num_retries": 0},
                "router_settings": {"num_retries": 0, "disable_cooldowns": True},
                "general_settings": {"master_key": SECRET},
            }
            written = folder / "litellm.yaml"
            written.write_text(json.dumps(settings))  # JSON is YAML
            command = (installed("litellm", "SAMEWIRE_INTEROP_LITELLM"), "--config", written, "--host", "127.0.0.1")
            alone = ALONE | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}
            with running((*command, "--port", str(port)), port, folder / f"{name}.log", alone):
                yield endpoint(name, port, "reference-1", SECRET)

    return serving


def portkey(name: str, upstream: str) -> Callable[[Path], AbstractContextManager[Endpoint]]:
    """Portkey's gateway over the reference, which it speaks to as to a provider of this kind."""

    @contextmanager
    def serving(folder: Path) -> Iterator[Endpoint]:
        port = free_port()
        command = (installed("gateway", "SAMEWIRE_INTEROP_PORTKEY"), "--headless", f"--port={port}")
        with Served({name: Reference()}) as served, running(command, port, folder / f"{name}.log", ALONE):
            behind = f"http://127.0.0.1:{served.ports[name]}/v1"
            yield endpoint(name, port, "reference-1", KEY, x_portkey_provider=upstream, x_portkey_custom_host=behind)

    return serving


@contextmanager
def guidellm(folder: Path) -> Iterator[Endpoint]:
    """guidellm's mock server, which says made-up sentences after made-up times."""
    port = free_port()
    command = (installed("guidellm", "SAMEWIRE_INTEROP_GUIDELLM"), "mock-server", "--model", "mock-1")
    times = ("--ttft-ms", "5", "--itl-ms", "2", "--request-latency", "0.05", "--output-tokens", "24")
    where = ("--host", "127.0.0.1", "--port", str(port), "--workers", "1")
    with running((*command, *times, *where), port, folder / "guidellm.log", ALONE):
        yield endpoint("guidellm", port, "mock-1")


@contextmanager
def transformers(folder: Path) -> Iterator[Endpoint]:
    """`transformers serve` over the same small model as mlx-lm."""
    port, model = free_port(), Path(os.environ["SAMEWIRE_INTEROP_MLX_MODEL"]).resolve()
    command = (installed("transformers", "SAMEWIRE_INTEROP_TRANSFORMERS"), "serve", model.name, "--device", "cpu")
    (folder / "hub").mkdir()
    # With a thread for each core, so small a model takes most of its time waiting for them.
    alone = ALONE | {"HF_HOME": str(folder), "OMP_NUM_THREADS": "1"}
    where = ("--host", "127.0.0.1", "--port", str(port))
    with running((*command, *where), port, folder / "transformers.log", alone, model.parent):
        yield endpoint("transformers", port, model.name)


@contextmanager
def claude_code_router(folder: Path) -> Iterator[Endpoint]:
    """claude-code-router, which speaks Messages to its clients and chat to the reference."""
    port = free_port()
    with Served({"claude_code_router": Reference()}) as served:
        behind = f"http://127.0.0.1:{served.ports['claude_code_router']}/v1/chat/completions"
        provider = {"name": "reference", "api_base_url": behind, "api_key": KEY, "models": ["reference-1"]}
        where = {"HOST": "127.0.0.1", "PORT": port, "APIKEY": SECRET, "LOG": False, "NON_INTERACTIVE_MODE": True}
        settings = {**where, "Providers": [provider], "Router": {"default": "reference,reference-1"}}
        written = folder / ".claude-code-router" / "config.json"
        written.parent.mkdir()
        written.write_text(json.dumps(settings))
        command = (installed("ccr", "SAMEWIRE_INTEROP_CCR"), "start")
        with running(command, port, folder / "claude_code_router.log", ALONE | {"HOME": str(folder)}):
            found = endpoint("claude_code_router", port, "reference-1", SECRET)
            yield replace(found, provider=replace(found.provider, protocols=("messages",)))


@contextmanager
def open_responses(folder: Path) -> Iterator[Endpoint]:
    """open-responses-server, which speaks Responses to its clients and chat to the reference; it only streams."""
    port = free_port()
    with Served({"open_responses": Reference()}) as served:
        behind = {
            "OPENAI_BASE_URL_INTERNAL": f"http://127.0.0.1:{served.ports['open_responses']}",
            "OPENAI_API_KEY": KEY,
        }
        where = {"API_ADAPTER_HOST": "127.0.0.1", "API_ADAPTER_PORT": str(port)}
        command = (installed("otc", "SAMEWIRE_INTEROP_OPEN_RESPONSES"), "start")
        with running(command, port, folder / "open_responses.log", ALONE | behind | where):
            found = endpoint("open_responses", port, "reference-1", KEY)
            base = found.provider.base_url.removesuffix("/v1")
            more = replace(found.provider, base_url=base, protocols=("responses",), body={"stream": True})
            yield replace(found, provider=more)


@contextmanager
def infinity(folder: Path) -> Iterator[Endpoint]:
    """Infinity, which serves embeddings and no language model at all."""
    port, model = free_port(), os.environ["SAMEWIRE_INTEROP_EMBEDDING_MODEL"]
    command = (installed("infinity_emb", "SAMEWIRE_INTEROP_INFINITY"), "v2", "--model-id", model)
    served = ("--served-model-name", "tiny", "--engine", "torch", "--no-bettertransformer", "--url-prefix", "/v1")
    where = ("--host", "127.0.0.1", "--port", str(port), "--api-key", SECRET)
    alone = ALONE | {"INFINITY_ANONYMOUS_USAGE_STATS": "0"}
    with running((*command, *served, *where), port, folder / "infinity.log", alone):
        yield endpoint("infinity", port, "tiny", SECRET)


SERVERS = (
    Server("aimock", needs("llmock", "SAMEWIRE_INTEROP_AIMOCK"), aimock),
    Server("litserve", needs("litserve", "SAMEWIRE_INTEROP_LITSERVE"), litserve),
    Server("mlx_lm", needs("mlx_lm.server", "SAMEWIRE_INTEROP_MLX", "SAMEWIRE_INTEROP_MLX_MODEL"), mlx_lm),
    Server("llama_server", needs("llama-server", "SAMEWIRE_INTEROP_LLAMA", "SAMEWIRE_INTEROP_GGUF"), llama_server),
    Server("litellm_openai", needs("litellm", "SAMEWIRE_INTEROP_LITELLM"), litellm("litellm_openai", "openai")),
    Server(
        "litellm_anthropic", needs("litellm", "SAMEWIRE_INTEROP_LITELLM"), litellm("litellm_anthropic", "anthropic")
    ),
    Server("portkey_openai", needs("gateway", "SAMEWIRE_INTEROP_PORTKEY"), portkey("portkey_openai", "openai")),
    Server(
        "portkey_anthropic", needs("gateway", "SAMEWIRE_INTEROP_PORTKEY"), portkey("portkey_anthropic", "anthropic")
    ),
    Server("guidellm", needs("guidellm", "SAMEWIRE_INTEROP_GUIDELLM"), guidellm),
    Server(
        "transformers",
        needs("transformers", "SAMEWIRE_INTEROP_TRANSFORMERS", "SAMEWIRE_INTEROP_MLX_MODEL"),
        transformers,
    ),
    Server("claude_code_router", needs("ccr", "SAMEWIRE_INTEROP_CCR"), claude_code_router),
    Server(
        "infinity",
        needs("infinity_emb", "SAMEWIRE_INTEROP_INFINITY", "SAMEWIRE_INTEROP_EMBEDDING_MODEL"),
        infinity,
    ),
    Server("open_responses", needs("otc", "SAMEWIRE_INTEROP_OPEN_RESPONSES"), open_responses),
)
