"""Who is tested, and how: providers, endpoints, and what a run was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samewire.address import wrong_base_url
from samewire.credentials import Credential, Secret
from samewire.requirement import Depth, Level, Requirement

__all__ = ["Auth", "Endpoint", "Provider", "Settings", "SettingsError", "Way", "ad_hoc", "scores", "selects"]


class SettingsError(Exception):
    """The settings are wrong; nothing was sent.

    Attributes:
        problems: a sentence each, with file and line where there is one, and with what to write instead.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Auth:
    """How the key is presented: ``bearer``, a ``header`` or a ``query`` parameter of some name, or ``none``."""

    scheme: str = "bearer"
    name: str = ""


@dataclass(frozen=True)
class Way:
    """How a provider is reached, where that is not the usual way.

    Attributes:
        proxy: the proxy's URL, ``none`` to use none, or empty for what the environment says.
        ca_bundle: a file of certificates to trust instead of the usual ones.
        certificate: files of a client certificate and its key, and the key's pass phrase; empty without.
        connect_timeout: seconds within which a connection must stand.
    """

    proxy: str = ""
    ca_bundle: str = ""
    certificate: tuple[str, ...] = field(default=(), repr=False)
    connect_timeout: float = 10.0


@dataclass(frozen=True)
class Provider:
    """Who is tested.

    Attributes:
        name: what selects it and begins its endpoints' names.
        base_url: as clients are given it.
        models: the ids of the models to test: a column each.
        slots: the ids of models by what they are for: default, small, large, vision, reasoning, embedding.
        label: its name as people write it.
        credential: its key, or None if it takes none.
        auth: how the key is presented.
        headers, query, body: added to every request; body fields only where a request has none of that name.
        paths: other paths for the usual ones, with ``{model}`` for the model; ``messages (stream)`` for those that
            stream.
        protocols: what it claims to speak; empty means that it is asked.
        strip: body fields that are left out of requests which aren't about them.
        strip_auto: whether clients are told to drop what it refuses; the run then lists what that hides.
        concurrency: how many requests may be in flight at once.
        rpm: how many requests a minute may be sent, or None.
        tokens_per_minute: how many tokens a minute may be used, or None.
        burst: how many requests at once may be tried to find out how many are served; 0 for no try.
        timeout: seconds that one attempt may take.
        way: how it is reached.
        required: whether a run without it can't succeed.
        reference: whether it is the norm: what it fails itself is disputed, and fails nobody.
        private: whether reports show it under another name, without its exchanges.
        image_url: where the endpoint can fetch a picture that is blue all over, or an empty string.
        costly: whether requests that may cost much are sent: prompts of megabytes, answers of a thousand tokens.
        when_named: whether it is run only when it is named.
        prices: US dollars for a million tokens in and out, or None.
        priced: the model whose prices these are; empty for any.
        claims: what it says it can, by name: never a verdict.
        secrets: further values that must never be written, such as headers that came from the environment.
        missing: why it can't be run, or an empty string.
        notes, source, looked_up: for people; where all this is documented; when that was read.
        origins: where each setting came from, never its value.
    """

    name: str
    base_url: str
    models: tuple[str, ...]
    label: str = ""
    credential: Credential | None = None
    auth: Auth = Auth()
    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    protocols: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    strip: tuple[str, ...] = ()
    strip_auto: bool = False
    concurrency: int = 8
    rpm: int | None = None
    tokens_per_minute: int | None = None
    burst: int = 0
    timeout: float = 60.0
    way: Way = Way()
    required: bool = False
    reference: bool = False
    private: bool = False
    image_url: str = ""
    costly: bool = False
    when_named: bool = False
    prices: tuple[float, float] | None = None
    priced: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    missing: str = ""
    notes: str = ""
    expectations: tuple[Mapping[str, Any], ...] = ()
    source: str = ""
    looked_up: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_key(self) -> bool:
        """Whether there is a key that the endpoint could refuse."""
        return self.credential is not None and self.credential.real


@dataclass(frozen=True)
class Endpoint:
    """A provider and one of its models: one column."""

    provider: Provider
    model: str

    @property
    def name(self) -> str:
        """``provider/model``."""
        return f"{self.provider.name}/{self.model}"

    @property
    def prices(self) -> tuple[float, float] | None:
        """US dollars for a million tokens in and out, or None if they are not known of this model."""
        return self.provider.prices if self.provider.priced in ("", self.model) else None

    def model_for(self, protocol: str) -> str:
        """The model that requests of a protocol name: embeddings have one of their own, if one is named."""
        return self.provider.slots.get("embedding", self.model) if protocol == "embeddings" else self.model


@dataclass(frozen=True)
class Settings:
    """What a run was asked for.

    Attributes:
        endpoints: the columns, those that can't be run too.
        only, without: patterns of check ids to select and to leave out.
        level: the least level of requirements to run.
        depth: how much of the suites runs.
        output: the folder for reports.
        dry: whether nothing is to be sent.
        fail_on: which policy decides the exit status.
        repeat: how many times over everything is measured.
        scored: the checks that a frozen set scores; None scores all.
        extra: lines for the run's header, such as the command.
    """

    endpoints: tuple[Endpoint, ...]
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    level: Level | None = None
    depth: Depth = Depth.CORE
    output: Path = Path("reports")
    dry: bool = False
    fail_on: str = "must"
    repeat: int = 1
    scored: frozenset[str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def ad_hoc(base_url: str, models: Sequence[str], credential: Credential | None, **more: Any) -> Provider:
    """A provider that no file describes, named after its host.

    Raises:
        SettingsError: the base URL is not an absolute http or https URL, or no model is named.
    """
    if problem := wrong_base_url(base_url):
        raise SettingsError(problem)
    if not models:
        raise SettingsError("no model is named: add --model ID (the endpoint's GET /models lists its ids)")
    held = credential if credential is not None and credential.given else None
    return Provider(name=urlsplit(base_url).netloc, base_url=base_url, models=tuple(models), credential=held, **more)


def selects(settings: Settings, requirement: Requirement) -> bool:
    """Whether a run with these settings runs this check."""
    order = list(Level)
    return (
        (not settings.only or any(_fits(pattern, requirement) for pattern in settings.only))
        and not any(_fits(pattern, requirement) for pattern in settings.without)
        and (settings.level is None or order.index(requirement.level) <= order.index(settings.level))
        and (bool(settings.only) or settings.depth.includes(requirement.depth))
    )


def scores(settings: Settings, requirement: Requirement) -> bool:
    """Whether what this check finds counts."""
    return settings.scored is None or requirement.id in settings.scored


def _fits(pattern: str, requirement: Requirement) -> bool:
    identifier = requirement.id
    return fnmatchcase(identifier, pattern) or identifier.startswith(f"{pattern.rstrip('.')}.")
