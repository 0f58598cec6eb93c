"""What an entry says of its key → a credential."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samewire.book import Book
from samewire.credentials import Credential, Secret, is_example, is_placeholder
from samewire.environment import expand
from samewire.keys import Command, File, First, Variable
from samewire.logins import Exchanged, Granted
from samewire.oauth import Grant
from samewire.renewal import Renewable, Source

__all__ = ["credential_of", "variable_for"]

Place = tuple[str | int, ...]
_WHOLE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::[-?].*)?\}", re.DOTALL)
#: What each flow needs besides a client and the token's URL.
NEEDS = {"device": "device_url", "browser": "authorize_url"}


def variable_for(name: str, setting: str = "api_key") -> str:
    """The variable that a provider's setting is best put in."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_') or 'PROVIDER'}_{setting}".upper()


def credential_of(entry: Mapping[str, Any], book: Book) -> Credential | None:
    """The credential of an entry, or None if it takes none. What is missing to have it is noted in the book."""
    given = [name for name in ("api_key", "api_key_env", "key") if name in entry]
    if len(given) > 1:
        book.complain(f"`{given[1]}` stands beside `{given[0]}`: write one of them", given[1])
    if "api_key_env" in entry:
        return _from_variable(entry["api_key_env"], "api_key_env", book)
    if "key" in entry:
        return _from_sources(entry, book)
    return _from_text(str(entry.get("api_key", "")), entry["name"], book)


def _from_variable(variable: str, setting: str, book: Book, why: str = "") -> Credential:
    credential = Credential.from_environment(variable, book.environ)
    book.came(setting, book.origin(variable))
    if credential.secret is None:
        book.missing.append(why or f"${variable} is not set")
    return credential


def _from_text(value: str, name: str, book: Book) -> Credential | None:
    if is_placeholder(value):
        book.came("api_key", "a placeholder" if value else "none")
        return Credential("", Secret(value)) if value else None
    write = f"write `api_key: ${{{variable_for(name)}}}` and set that variable to the key"
    if is_example(value):
        book.missing.append(f"`api_key` is still the example's: {write}")
        return Credential(variable_for(name), None)
    found = _WHOLE.fullmatch(value)
    if not found:
        book.complain(f"`api_key` holds a literal: {write}", "api_key")
        return None
    if book.environ.get(found["name"], "").strip():
        return _from_variable(found["name"], "api_key", book)
    rest = expand(value, book.environ)
    if rest.wrong or (rest.text and not rest.used and not is_placeholder(rest.text)):
        book.complain(f"`api_key` holds a literal: {write}", "api_key")
        return None
    if rest.text:
        book.came("api_key", "a placeholder" if not rest.used else ", ".join(map(book.origin, rest.used)))
        return Credential("" if not rest.used else rest.used[-1], Secret(rest.text))
    if not rest.missing:  # an empty default: no key is needed
        return None
    return _from_variable(found["name"], "api_key", book, "; ".join(rest.missing))


def _from_sources(entry: Mapping[str, Any], book: Book) -> Credential | None:
    source = _source(entry["key"], entry["name"], book, ("key",))
    if source is None:
        return None
    book.came("key", source.words)
    problem = source.missing()
    if problem:
        book.missing.append(problem)
    if isinstance(source, Variable):
        return Credential.from_environment(source.name, book.environ)
    return Credential(variable_for(entry["name"]), None, Renewable(source))


def _source(given: Any, name: str, book: Book, place: Place) -> Source | None:
    if isinstance(given, list):
        found = [_source(one, name, book, (*place, index)) for index, one in enumerate(given)]
        if not found:
            book.complain("`key` names nowhere to take a key from", *place)
        return First(tuple(one for one in found if one is not None)) if len(found) != 1 else found[0]
    kinds = [kind for kind in ("env", "command", "file", "oauth", "exchange") if kind in given]
    if len(kinds) != 1:
        book.complain("`key` wants one of env, command, file, oauth, exchange; or a list of such", *place)
        return None
    pointer, expires = given.get("pointer", ""), given.get("expires", "")
    if kinds == ["env"]:
        return Variable(given["env"], book.environ)
    if kinds == ["command"]:
        # No variables here: what a program is started with, all others on the machine can read.
        return Command(tuple(given["command"]), given.get("lasts"), pointer, expires)
    if kinds == ["file"]:
        path = book.text(given["file"], *place, "file")
        return File(Path(path).expanduser(), pointer, expires)
    if kinds == ["oauth"]:
        return _granted(given["oauth"], name, book, (*place, "oauth"))
    return _exchanged(given["exchange"], name, book, (*place, "exchange"))


def _granted(given: Mapping[str, Any], name: str, book: Book, place: Place) -> Source:
    texts = {
        key: book.text(given[key], *place, key, secret=key == "client_secret")
        for key in ("client_id", "client_secret", "token_url", "device_url", "authorize_url")
        if key in given and not _optional(given, key, book)
    }
    needed = NEEDS.get(given["flow"])
    if needed and needed not in given:
        book.complain(f"`oauth` with the flow {given['flow']} wants `{needed}`", *place)
    for key in ("token_url", "device_url", "authorize_url"):
        _secured(texts.get(key, ""), book, (*place, key))
    secret = texts.get("client_secret")
    return Granted(
        name,
        Grant(
            flow=given["flow"],
            client_id=texts.get("client_id", ""),
            token_url=texts.get("token_url", ""),
            client_secret=Secret(secret) if secret else None,
            device_url=texts.get("device_url", ""),
            authorize_url=texts.get("authorize_url", ""),
            scopes=tuple(given.get("scopes", ())),
            params=given.get("params", {}),
            port=given.get("port", 0),
            callback=given.get("callback", "/callback"),
        ),
    )


def _optional(given: Mapping[str, Any], key: str, book: Book) -> bool:
    """Whether a client's id has no value: then this way to a key is not there, which is not a problem of its own."""
    return key == "client_id" and not expand(given[key], book.environ).text


def _exchanged(given: Mapping[str, Any], name: str, book: Book, place: Place) -> Source | None:
    source = _source(given["for"], name, book, (*place, "for"))
    if source is None:
        return None
    url = book.text(given["url"], *place, "url")
    _secured(url, book, (*place, "url"))
    return Exchanged(
        url,
        source,
        given.get("method", "GET") == "POST",
        given.get("headers", {}),
        given.get("scheme", "Bearer"),
        given.get("pointer", "/token"),
        given.get("expires", ""),
    )


def _secured(url: str, book: Book, place: Place) -> None:
    """Complain of a URL to which a secret would go in the clear."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        book.complain(f"`{place[-1]}` is not https: a secret would go there in the clear", *place)
