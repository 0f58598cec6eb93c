"""Keys that an authorization server gives out: by OAuth 2.0, or in exchange for another."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samewire import oauth, vault
from samewire.credentials import KeyProblem, Send
from samewire.keys import First
from samewire.renewal import EARLY, Fresh, Source, read

__all__ = ["Exchanged", "Granted", "grants_of"]


@dataclass(frozen=True)
class Granted:
    """A login by OAuth 2.0, or a client's own credentials.

    Attributes:
        name: what the login is kept under: the provider's name.
        grant: how a token is had.
    """

    name: str
    grant: oauth.Grant

    @property
    def words(self) -> str:
        """Whose token."""
        return f"OAuth ({self.grant.flow.replace('_', ' ')}) at {self.grant.token_url}"

    def missing(self) -> str:
        """Why there is no token."""
        if not self.grant.client_id:
            return "no client id is set"
        if self.grant.flow == "client_credentials" or vault.kept(self.name):
            return ""
        return f"not logged in: run `samewire login {self.name}`"

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """The token that is kept, refreshed if it ends or was refused."""
        if self.grant.flow == "client_credentials":
            return self._fresh(oauth.client_credentials(self.grant, send))
        token = vault.kept(self.name)
        if token is None or not token.get("access_token"):
            raise KeyProblem(f"not logged in: run `samewire login {self.name}`")
        if not anew and token.get("expires_at", float("inf")) > time.time() + EARLY:
            return self._fresh(token)
        if not token.get("refresh_token"):
            if token.get("expires_at", 0.0) > time.time():
                return self._fresh(token)
            raise KeyProblem(f"the login has ended: run `samewire login {self.name}`")
        token = oauth.refreshed(self.grant, token, send)
        vault.keep(self.name, token)
        return self._fresh(token)

    def _fresh(self, token: Mapping[str, Any]) -> Fresh:
        held = (self.grant.client_secret.reveal(),) if self.grant.client_secret is not None else ()
        more = (str(token["refresh_token"]),) if token.get("refresh_token") else ()
        return Fresh(str(token["access_token"]), token.get("expires_at"), held + more)


@dataclass(frozen=True)
class Exchanged:
    """A key that is given for another one of short life, as GitHub Copilot wants it.

    Attributes:
        url: where.
        source: where the key comes from that is given.
        post: whether it is asked by POST.
        headers: further headers.
        scheme: the word before the given key.
        pointer, expires: where the new key and its end stand in the answer.
    """

    url: str
    source: Source
    post: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "Bearer"
    pointer: str = "/token"
    expires: str = ""

    @property
    def words(self) -> str:
        """Both."""
        return f"{self.source.words}, exchanged at {self.url}"

    def missing(self) -> str:
        """Why there is nothing to give."""
        return self.source.missing()

    def fetch(self, send: Send, anew: bool) -> Fresh:
        """Exchange it."""
        given = self.source.fetch(send, anew=False)
        headers = {"Accept": "application/json", **self.headers, "Authorization": f"{self.scheme} {given.value}"}
        reply = send(self.url, {} if self.post else None, headers)
        if reply.status in (401, 403, 404):
            raise KeyProblem(
                f"{self.url} answers {reply.status} to the key of {self.source.words}: may it be used here?"
            )
        if reply.status != 200:
            raise KeyProblem(f"{self.url} answers {reply.status}")
        fresh = read(reply.body.decode("utf-8", "replace"), self.pointer, self.expires, self.url)
        return Fresh(fresh.value, fresh.ends, (given.value, *given.also))


def grants_of(source: Source) -> list[Granted]:
    """The logins that a source may rest on."""
    if isinstance(source, First):
        return [found for one in source.sources for found in grants_of(one)]
    if isinstance(source, Exchanged):
        return grants_of(source.source)
    return [source] if isinstance(source, Granted) else []
