"""One entry of providers.yaml → a provider: variables put in, the key found, and where each setting came from."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from samewire.address import wrong_base_url
from samewire.book import Book
from samewire.credentials import is_example
from samewire.settings import Auth, Provider, Way
from samewire.sources import credential_of, variable_for

__all__ = ["OPENAI", "provider_of"]

OPENAI = "https://api.openai.com/v1"
#: Kinds of API → what they speak.
SPOKEN = {
    "OpenAIResponses": ("responses",),
    "openai-responses": ("responses",),
    "DirectAnthropic": ("messages",),
    "anthropic": ("messages",),
}
#: Where Azure serves: there the key goes into the header `api-key`.
AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
#: Claims that are numbers, which stand beside `claims` in an entry.
NUMBERS = ("context_window", "max_output_tokens")


def provider_of(entry: Mapping[str, Any], book: Book) -> Provider:
    """The provider that an entry describes; problems and what is missing are noted in the book."""
    base_url = _base_url(entry, book)
    headers = dict(entry.get("headers", {}))
    auth, entry = _auth(entry, base_url, headers, book)
    credential = credential_of(entry, book)
    slots = _slots(entry, book)
    models = _models(entry, slots, base_url, book)
    strip = entry.get("strip_params", [])
    prices = entry.get("prices")
    _check_paths(entry, base_url, book)
    for name in (
        "protocols",
        "concurrency",
        "rpm",
        "tokens_per_minute",
        "burst",
        "timeout",
        "paths",
        "body",
        "strip_params",
    ):
        if name in entry:
            book.came(name)
    return Provider(
        name=entry["name"],
        label=entry.get("label", entry["name"]),
        base_url=base_url,
        models=models,
        slots=slots,
        credential=credential,
        auth=auth,
        headers=(*book.pairs(headers, "headers"), *_memberships(entry, book)),
        query=_query(entry, book),
        body=book.within(entry.get("body", {}), "body"),
        paths=entry.get("paths", {}),
        protocols=tuple(entry.get("protocols", SPOKEN.get(entry.get("type", ""), ()))),
        strip=() if strip == "auto" else tuple(strip),
        strip_auto=strip == "auto",
        concurrency=entry.get("concurrency", 8),
        rpm=entry.get("rpm"),
        tokens_per_minute=entry.get("tokens_per_minute"),
        burst=entry.get("burst", 0),
        timeout=float(entry.get("timeout", 60)),
        way=_way(entry, book),
        required=entry.get("required", False),
        reference=entry.get("reference", False),
        private=entry.get("private", False),
        image_url=entry.get("image_url", ""),
        when_named=entry.get("when_named", False),
        prices=(prices["input"], prices["output"]) if prices else None,
        priced=prices.get("model", "") if prices else "",
        claims={**entry.get("claims", {}), **{name: entry[name] for name in NUMBERS if name in entry}},
        secrets=tuple(book.secrets),
        missing="; ".join(dict.fromkeys(book.missing)),
        notes=entry.get("notes", ""),
        source=entry.get("source", ""),
        looked_up=str(entry.get("looked_up", "")),
        expectations=tuple(entry.get("expectations", ())),
        origins=book.origins,
    )


def _base_url(entry: Mapping[str, Any], book: Book) -> str:
    before = len(book.missing)
    written = entry.get("base_url", OPENAI)
    base_url = book.text(written, "base_url")
    if "base_url" not in entry:
        book.came("base_url", "OpenAI's own, as none is named")
    if len(book.missing) > before:
        return base_url
    if "{" in base_url and "${" not in base_url:
        book.missing.append(f"`base_url` is still the example's: put in what stands in braces in {base_url}")
    elif problem := wrong_base_url(base_url):
        book.complain(problem, "base_url")
    elif SPOKEN.get(entry.get("type", "")) == ("messages",) and "paths" not in entry:
        # Anthropic's own clients are given the base URL without the version.
        return base_url if base_url.rstrip("/").endswith("/v1") else f"{base_url.rstrip('/')}/v1"
    return base_url


def _check_paths(entry: Mapping[str, Any], base_url: str, book: Book) -> None:
    for name, path in entry.get("paths", {}).items():
        if "://" in path and not path.startswith("{") and urlsplit(path)[:2] != urlsplit(base_url)[:2]:
            book.complain(f"{path} is at another host than `base_url`: a key never goes to another host", "paths", name)


def _auth(
    entry: Mapping[str, Any], base_url: str, headers: dict[str, Any], book: Book
) -> tuple[Auth, Mapping[str, Any]]:
    """How the key is presented. A key that stands among the headers is taken from there for the entry's key."""
    if "auth" in entry:
        book.came("auth")
        scheme, _, name = str(entry["auth"]).partition(":")
        # A name, so that it is another than the usual way, which at Messages is a header of its own.
        return Auth(scheme.strip(), "Authorization" if scheme == "bearer" else name.strip()), entry
    host = urlsplit(base_url).hostname or ""
    azure = host.endswith(AZURE)
    named = next((name for name in headers if name.lower() == "api-key"), "api-key" if azure else "")
    if not named:
        book.came("auth", "as OpenAI has it")
        return Auth(), entry
    book.came("auth", "told from the host" if azure else "told from the headers")
    value = headers.pop(named, None)
    if isinstance(value, str) and ("api_key" not in entry or is_example(str(entry["api_key"]))):
        entry = {**{name: one for name, one in entry.items() if name != "api_key"}, "api_key": value}
        book.places = {**book.places, "api_key": (*book.places.get("headers", ()), "headers")}
    return Auth("header", "api-key"), entry


def _slots(entry: Mapping[str, Any], book: Book) -> dict[str, str]:
    models = entry.get("models")
    if not isinstance(models, Mapping):
        return {}
    return {slot: book.text(model, "models", slot) for slot, model in models.items()}


def _models(entry: Mapping[str, Any], slots: Mapping[str, str], base_url: str, book: Book) -> tuple[str, ...]:
    """The models that are columns: all of a list; of slots, the default."""
    if slots:
        return (slots.get("default") or next(iter(slots.values())),)
    if "models" in entry:
        return tuple(book.text(model, "models", index) for index, model in enumerate(entry["models"]))
    if "model" in entry:
        return (book.text(entry["model"], "model"),)
    variable = variable_for(entry["name"], "model")
    if book.environ.get(variable):
        book.came("models", book.origin(variable))
        return (book.environ[variable],)
    _, _, deployment = unquote(urlsplit(base_url).path).partition("/deployments/")
    if deployment:
        book.came("models", "the deployment in `base_url`")
        return (deployment.split("/")[0],)
    book.missing.append(f"no model is named: add `models: [ID]`, or set ${variable}")
    return ("?",)


def _memberships(entry: Mapping[str, Any], book: Book) -> tuple[tuple[str, str], ...]:
    return tuple(
        (header, book.text(entry[name], name, secret=True))
        for name, header in (("organization", "OpenAI-Organization"), ("project", "OpenAI-Project"))
        if name in entry
    )


def _query(entry: Mapping[str, Any], book: Book) -> tuple[tuple[str, str], ...]:
    query = (*book.pairs(entry.get("query_params", {}), "query_params"), *book.pairs(entry.get("query", {}), "query"))
    if "api_version" not in entry:
        return query
    return (*query, ("api-version", book.text(str(entry["api_version"]), "api_version")))


def _way(entry: Mapping[str, Any], book: Book) -> Way:
    certificate = entry.get("client_cert", ())
    if isinstance(certificate, str):
        certificate = (book.text(certificate, "client_cert"),)
    elif certificate:
        secret = {"password": True}
        certificate = tuple(
            book.text(certificate[name], "client_cert", name, secret=name in secret) if name in certificate else ""
            for name in ("cert", "key", "password")
        )
    # A proxy's URL may hold a password.
    way = Way(
        proxy=book.text(entry["proxy"], "proxy", secret=True) if "proxy" in entry else "",
        ca_bundle=book.text(entry["ca_bundle"], "ca_bundle") if "ca_bundle" in entry else "",
        certificate=certificate,
        connect_timeout=float(entry.get("connect_timeout", 10)),
    )
    _check_certificates(way, book)
    return way


def _check_certificates(way: Way, book: Book) -> None:
    """Complain of certificates that can't be used, before anything is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if way.ca_bundle:
        try:
            context.load_verify_locations(cafile=way.ca_bundle)
        except (OSError, ssl.SSLError) as problem:
            book.complain(f"`ca_bundle`: {way.ca_bundle} can't be used: {problem.strerror or problem}", "ca_bundle")
    if way.certificate and way.certificate[0]:
        cert, key, password = (*way.certificate, "", "")[:3]
        try:
            context.load_cert_chain(cert, key or None, password)
        except (OSError, ssl.SSLError) as problem:
            book.complain(f"`client_cert`: {cert} can't be used: {problem.strerror or problem}", "client_cert")
