"""What a key tells of itself by the way it looks: whose it is, that it was copied badly, that it has ended."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from samewire.credentials import PREFIXES, is_example

__all__ = ["suspicions", "whose"]

#: The ends of hosts' names → whose keys they take.
HOSTS = {
    "api.openai.com": "OpenAI",
    "api.anthropic.com": "Anthropic",
    "openrouter.ai": "OpenRouter",
    "api.x.ai": "xAI",
    "api.groq.com": "Groq",
    "api.perplexity.ai": "Perplexity",
    "api.cerebras.ai": "Cerebras",
    "googleapis.com": "Google",
    "githubcopilot.com": "GitHub",
    "gitlab.com": "GitLab",
    "together.xyz": "Together AI",
    "together.ai": "Together AI",
    "huggingface.co": "Hugging Face",
    "nvidia.com": "NVIDIA",
}
#: Whose keys all begin in a way of their own.
ALWAYS = {"Anthropic": "sk-ant-", "OpenRouter": "sk-or-", "xAI": "xai-", "Groq": "gsk_", "Perplexity": "pplx-"}


def whose(key: str) -> str:
    """Whose key it is by its beginning; empty if that doesn't tell."""
    fitting = max((begin for begin in PREFIXES if key.startswith(begin)), key=len, default="")
    return PREFIXES.get(fitting, "")


def suspicions(key: str, base_url: str) -> list[str]:
    """What is odd about a key for an endpoint, a sentence each, without any part of the key."""
    found = []
    if key != key.strip() or any(letter.isspace() for letter in key):
        found.append("it holds a blank or a line break: copy it again")
    if key[:1] in "\"'" or key[-1:] in "\"'":
        found.append("it stands in quotes that became part of it: take them away")
    if key.lower().startswith("bearer "):
        found.append("it begins with `Bearer`: give the key alone")
    if is_example(key):
        found.append("it is a document's example: put your own key in its place")
    owner, host = whose(key), urlsplit(base_url).hostname or ""
    wanted = next((name for end, name in HOSTS.items() if host == end or host.endswith(f".{end}")), "")
    if owner and wanted and owner != wanted:
        found.append(f"it looks like a key of {owner}, and {host} takes keys of {wanted}: is the variable mixed up?")
    elif wanted in ALWAYS and not key.startswith(ALWAYS[wanted]):
        found.append(f"keys of {wanted} begin with {ALWAYS[wanted]}, and this one doesn't")
    if ended := _ended(key):
        found.append(f"it ended on {ended}: make a new one")
    return found


def _ended(key: str) -> str:
    """When a JSON Web Token ended, or an empty string."""
    parts = key.split(".")
    if not key.startswith("eyJ") or len(parts) != 3:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        end = float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return ""
    return datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d at %H:%M UTC") if end < time.time() else ""
