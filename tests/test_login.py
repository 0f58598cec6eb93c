"""Logging in: device codes and the browser, against a local authorization server, and what is kept of it."""

from __future__ import annotations

import json
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import build_opener, urlopen

import keyring
import pytest
from click.testing import CliRunner
from keyring.backend import KeyringBackend

from samewire import oauth, providers, vault
from samewire.cli import main
from samewire.credentials import KeyProblem
from samewire.login import login
from samewire.settings import Endpoint, Provider

from .authority import CLIENT, Authority
from .making import measure

ANSWERS = "chat.completion.answers"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    monkeypatch.setenv("SAMEWIRE_TOKENS", str(tmp_path / "tokens"))
    monkeypatch.chdir(tmp_path)
    with Authority() as server:
        yield server


def entry(authority: Authority, folder: Path, flow: str) -> Provider:
    given = {
        "flow": flow,
        "client_id": CLIENT,
        "token_url": f"{authority.url}/token",
        "device_url": f"{authority.url}/device",
        "authorize_url": f"{authority.url}/authorize",
        "scopes": ["api"],
    }
    one = {"name": "one", "base_url": f"{authority.url}/v1", "models": ["m"], "protocols": ["chat"]}
    path = folder / "providers.yaml"
    path.write_text(json.dumps({"providers": [{**one, "key": {"oauth": given}}]}), encoding="utf-8")
    (provider,) = providers.load(path, {})
    return provider


def answered(provider: Provider, folder: Path) -> str:
    """The verdict of a first answer, measured with what is kept."""
    run = measure(Endpoint(provider, "m"), [ANSWERS, "http.auth.key"], record=folder / "run.jsonl")
    return str(run.verdicts["one/m", ANSWERS].verdict)


def browser(alter: Callable[[str], str] = lambda url: url) -> Callable[[str], None]:
    """A browser: opens a page in a thread and goes where it is sent."""

    def open_page(url: str) -> None:
        def go() -> None:
            with suppress(HTTPError, OSError):
                build_opener().open(alter(url), timeout=5).read()

        threading.Thread(target=go, daemon=True).start()

    return open_page


def test_a_device_code_is_shown_and_its_token_kept(authority: Authority, tmp_path: Path) -> None:
    provider = entry(authority, tmp_path, "device")
    assert provider.missing == "not logged in: run `samewire login one`"
    authority.rules.pending = ["authorization_pending", "authorization_pending"]
    told: list[str] = []
    where = login(provider, told.append, None)
    assert told[0] == f"Open {authority.url}/enter and enter the code ABCD-EFGH"
    assert "device-" not in "".join(told)
    assert authority.to("/device")[0].form == {"client_id": CLIENT, "scope": "api"}
    assert len(authority.to("/token")) == 3
    assert stat.S_IMODE(Path(where).stat().st_mode) == 0o600
    again = entry(authority, tmp_path, "device")
    assert again.missing == ""
    assert answered(again, tmp_path) == "supported"


def test_who_is_told_to_slow_down_does(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    authority.rules.pending = ["slow_down", "authorization_pending"]
    provider = entry(authority, tmp_path, "device")
    monkeypatch.setattr(oauth.granted, "__defaults__", (slept.append,))
    login(provider, lambda _: None, None)
    assert slept == [0.01, 5.01, 5.01]


@pytest.mark.parametrize("refusal", ["access_denied", "expired_token", "invalid_client"])
def test_a_code_that_is_denied_is_told(authority: Authority, tmp_path: Path, refusal: str) -> None:
    authority.rules.pending = [refusal]
    with pytest.raises(KeyProblem, match=f"refuses: {refusal}: run the login again"):
        login(entry(authority, tmp_path, "device"), lambda _: None, None)
    assert vault.kept("one") is None


def test_the_browser_comes_back_with_a_proof(authority: Authority, tmp_path: Path) -> None:
    provider = entry(authority, tmp_path, "browser")
    told: list[str] = []
    login(provider, told.append, browser())
    query = parse_qs(urlsplit(told[0]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"][0].startswith("http://127.0.0.1:")
    (asked,) = authority.to("/token")
    assert asked.form["code_verifier"] not in told[0]
    assert answered(entry(authority, tmp_path, "browser"), tmp_path) == "supported"


def test_a_page_that_does_not_know_the_state_does_not_end_the_wait(authority: Authority, tmp_path: Path) -> None:
    met: list[int] = []

    def visit(url: str) -> None:
        redirect = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        for path in (f"{redirect}?code=evil&state=evil", f"{redirect}?error=access_denied", f"{redirect}/other"):
            try:
                urlopen(path, timeout=5).read()
            except HTTPError as refused:
                met.append(refused.code)
        browser()(url)

    login(entry(authority, tmp_path, "browser"), lambda _: None, visit)
    assert met == [404, 404, 404]
    assert [one.form["code"][:5] for one in authority.to("/token")] == ["code-"]


def test_a_code_that_was_meant_for_another_is_refused(authority: Authority, tmp_path: Path) -> None:
    def other(url: str) -> str:
        return url.replace("code_challenge=", "code_challenge=x")

    with pytest.raises(KeyProblem, match="refuses: invalid_grant"):
        login(entry(authority, tmp_path, "browser"), lambda _: None, browser(other))


def test_a_login_that_is_denied_in_the_browser_is_told(authority: Authority, tmp_path: Path) -> None:
    authority.rules.refuses = "access_denied"
    with pytest.raises(KeyProblem, match="access_denied"):
        login(entry(authority, tmp_path, "browser"), lambda _: None, browser())


def test_nobody_is_waited_for_for_ever(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="in time"):
        login(entry(authority, tmp_path, "browser"), lambda _: None, None, patience=0.3)


def logged_in(authority: Authority, folder: Path, ends: float) -> Provider:
    vault.keep("one", {**authority.token(), "expires_at": time.time() + ends})
    return entry(authority, folder, "device")


def test_a_token_that_ends_is_refreshed_and_the_new_one_kept(authority: Authority, tmp_path: Path) -> None:
    provider = logged_in(authority, tmp_path, ends=-5)
    old = vault.kept("one")
    assert answered(provider, tmp_path) == "supported"
    new = vault.kept("one")
    assert old is not None
    assert new is not None
    assert new["refresh_token"] != old["refresh_token"]
    assert new["expires_at"] > time.time() + 3000
    assert [one.form["grant_type"] for one in authority.to("/token")] == ["refresh_token"]
    record = (tmp_path / "run.jsonl").read_text()
    assert not [
        one for one in (*old.values(), *new.values()) if isinstance(one, str) and one != "Bearer" and one in record
    ]


def test_a_server_that_gives_no_new_refresh_token_means_the_old_one_to_stay(
    authority: Authority, tmp_path: Path
) -> None:
    authority.rules.rotates = False
    provider = logged_in(authority, tmp_path, ends=-5)
    old = vault.kept("one")
    assert answered(provider, tmp_path) == "supported"
    assert (vault.kept("one") or {})["refresh_token"] == (old or {})["refresh_token"]


def test_a_token_that_was_taken_back_is_refreshed_once(authority: Authority, tmp_path: Path) -> None:
    provider = logged_in(authority, tmp_path, ends=9999)
    authority.end_all()
    assert answered(provider, tmp_path) == "supported"
    assert len(authority.to("/token")) == 1


def test_a_login_that_can_be_refreshed_no_more_is_told(authority: Authority, tmp_path: Path) -> None:
    provider = logged_in(authority, tmp_path, ends=-5)
    authority.refreshing.clear()
    run = measure(Endpoint(provider, "m"), ["http.auth.key_accepted"], record=tmp_path / "run.jsonl")
    cell = run.verdicts["one/m", "http.auth.key_accepted"]
    assert str(cell.verdict) == "inconclusive"
    assert "refuses: invalid_grant: run the login again" in cell.message
    assert authority.to("/v1/chat/completions") == []


def samewire(*arguments: str) -> Any:
    return CliRunner().invoke(main, arguments)


def test_the_command_logs_in_and_forgets(authority: Authority, tmp_path: Path) -> None:
    entry(authority, tmp_path, "device")
    done = samewire("login", "one")
    assert done.exit_code == 0, done.output
    assert "ABCD-EFGH" in done.stdout
    token = vault.kept("one")
    assert token is not None
    assert not [one for one in token.values() if isinstance(one, str) and one in done.output]
    assert "forgotten" in samewire("login", "one", "--forget").stdout
    assert vault.kept("one") is None
    assert "there was no login" in samewire("login", "one", "--forget").stdout


def test_who_takes_no_login_is_told(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "providers.yaml").write_text("providers:\n  - {name: plain, models: [m]}\n")
    done = samewire("login", "plain")
    assert done.exit_code == 2
    assert "plain takes no login" in done.stderr
    assert "did you mean plain?" in samewire("login", "plane").stderr


class Memory(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


def test_a_keyring_is_used_where_there_is_one(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMEWIRE_TOKENS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    memory, before = Memory(), keyring.get_keyring()
    keyring.set_keyring(memory)
    try:
        assert login(entry(authority, tmp_path, "device"), lambda _: None, None) == "the system's keyring"
        assert list(memory.held) == [("samewire", "one")]
        assert answered(entry(authority, tmp_path, "device"), tmp_path) == "supported"
        assert vault.forget("one")
        assert memory.held == {}
    finally:
        keyring.set_keyring(before)
    assert not (tmp_path / "config").exists()
