"""What a project needs to begin: a starter of providers.yaml, its schema, .env.example, lines for .gitignore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samewire.schema import source

__all__ = ["begin", "bundled"]

SCHEMA = "providers.schema.json"
PROVIDERS = f"""\
# yaml-language-server: $schema={SCHEMA}
#
# Who is tested. `samewire run` measures every endpoint whose key is there, `samewire run NAME` one of them,
# `samewire doctor NAME` tells what is the matter with one. Keys never stand here: name the variable that holds one, and
# set it in the environment or in .env. All that can be written: docs/providers.md, and what your editor suggests.

version: 1

providers:
  # OpenAI itself. Without base_url, that is where requests go.
  - name: openai
    api_key: ${{OPENAI_API_KEY}}
    models: [gpt-4o-mini]

  # Any endpoint that calls itself compatible.
  - name: mine
    base_url: ${{MINE_BASE_URL:-http://localhost:8000/v1}} # with /v1, without /chat/completions
    api_key: ${{MINE_API_KEY:-none}} # `none`: no key is needed
    models: ["${{MINE_MODEL:-my-model}}"] # as GET /models lists it
    when_named: true # samewire run mine
    # concurrency: 4        requests in flight at once
    # rpm: 60               requests a minute
    # timeout: 120          seconds that an answer may take
    # headers: {{X-Team: research}}

  # Azure: the model is the name of the deployment.
  # - name: azure
  #   base_url: https://${{AZURE_OPENAI_RESOURCE}}.openai.azure.com/openai/v1
  #   api_key: ${{AZURE_OPENAI_API_KEY}}
  #   auth: header:api-key
  #   models: [my-deployment]

  # A key that a program prints, which is asked again when it ends.
  # - name: vertex
  #   base_url: https://aiplatform.googleapis.com/v1/projects/${{PROJECT}}/locations/global/endpoints/openapi
  #   key: {{command: [gcloud, auth, print-access-token], lasts: 3000}}
  #   models: [google/gemini-2.5-flash]
"""
VARIABLES = """\
# Copy this file to .env, which git leaves alone, and fill in what you have.
OPENAI_API_KEY=
# MINE_BASE_URL=http://localhost:8000/v1
# MINE_API_KEY=
# MINE_MODEL=
"""
IGNORED = (".env", "reports/")


def begin(folder: Path) -> Iterator[str]:
    """Write what is not there yet; what is there stays as it is. Says of each file what became of it.

    Raises:
        OSError: a file can't be written.
    """
    for name, text in (
        ("providers.yaml", PROVIDERS),
        (SCHEMA, json.dumps(bundled(), indent=2, ensure_ascii=False) + "\n"),
        (".env.example", VARIABLES),
    ):
        path = folder / name
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            yield f"{path} is there already: left as it is"
        else:
            yield f"{path} written"
    yield _ignored(folder / ".gitignore")


def _ignored(path: Path) -> str:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    there = {line.strip().strip("/") for line in before.splitlines()}
    lacking = [line for line in IGNORED if line.strip("/") not in there]
    if not lacking:
        return f"{path} has {' and '.join(IGNORED)} already"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(("" if not before or before.endswith("\n") else "\n") + "\n".join(lacking) + "\n")
    return f"{path}: {' and '.join(lacking)} added"


def bundled() -> dict[str, Any]:
    """The schema of providers.yaml in one piece, for editors."""
    schema = json.loads(json.dumps(source("run/providers")))
    expectation = json.loads(json.dumps(source("run/expectation")).replace('"#/$defs/', '"#/$defs/expectation/$defs/'))
    inner = {key: value for key, value in expectation.items() if key not in ("$schema", "$id")}
    schema["$defs"]["expectation"] = inner
    text = json.dumps(schema).replace("samewire:///run/expectation.json", "#/$defs/expectation")
    whole: dict[str, Any] = json.loads(text)
    return {key: value for key, value in whole.items() if key != "$id"}
