"""What a base URL must be."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["wrong_base_url"]


def wrong_base_url(url: str) -> str:
    """What is wrong with a base URL and what to write instead; empty if nothing is."""
    example = "write it whole, such as http://127.0.0.1:8000/v1"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        return f"{url!r} is no base URL ({problem}): {example}"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{url!r} is no base URL: {example}"
    if parts.username or parts.password:
        return "the base URL carries a user name or password: give the key by a variable instead"
    if parts.query or parts.fragment:
        return "the base URL ends in a query or a fragment: paths are added to it, so write these as `query:`"
    return ""
