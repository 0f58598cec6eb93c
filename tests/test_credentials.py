"""Keys of every kind, from where they come from to the endpoint that takes them; and never anywhere else."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from samewire import providers, report, vault
from samewire.credentials import Credential, is_example, looks_secret
from samewire.renewal import read
from samewire.run import Run
from samewire.running import redactor_for
from samewire.settings import Endpoint
from samewire.transport import Transport

from .authority import CLIENT, SECRET, Authority
from .making import ASK, measure, wired

ANSWERS = "chat.completion.answers"
KEY = "http.auth.key_accepted"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    monkeypatch.setenv("SAMEWIRE_TOKENS", str(tmp_path / "tokens"))
    with Authority() as server:
        yield server


def entry(authority: Authority, tmp_path: Path, environ: dict[str, str] | None = None, **more: Any) -> Endpoint:
    """The endpoint of an entry with these settings."""
    path = tmp_path / "providers.yaml"
    one = {"name": "one", "base_url": f"{authority.url}/v1", "models": ["m"], "protocols": ["chat"], **more}
    path.write_text(json.dumps({"providers": [one]}), encoding="utf-8")
    (provider,) = providers.load(path, environ or {})
    return Endpoint(provider, "m")


def measured(where: Endpoint, tmp_path: Path, *only: str) -> Run:
    return measure(where, only or ["http.base_url.", "http.auth.key", ANSWERS], record=tmp_path / "run.jsonl")


def word(run: Run, check: str) -> str:
    return str(run.verdicts["one/m", check].verdict)


def message(run: Run, check: str) -> str:
    return run.verdicts["one/m", check].message


def leaked(run: Run, where: Endpoint, folder: Path, *secrets: str) -> list[str]:
    """The files, of the record and all reports, in which a secret stands."""
    report.write(run, folder / "reports", report.FORMATS, redactor_for((where,)))
    files = [folder / "run.jsonl", *(path for path in (folder / "reports").rglob("*") if path.is_file())]
    return [f"{secret} in {path.name}" for path in files for secret in secrets if secret.encode() in path.read_bytes()]


def program(folder: Path, *lines: str) -> list[str]:
    """A command that runs these lines of Python; each run of it is counted in `runs`."""
    path = folder / "program.py"
    counting = [f"from pathlib import Path; runs = Path({str(folder / 'runs')!r})", "runs.open('a').write('x')"]
    path.write_text("\n".join([*counting, "number = len(runs.read_text())", *lines]), encoding="utf-8")
    return [sys.executable, str(path)]


PRESENTED = {
    "bearer": ("authorization", "Bearer {key}"),
    "header: api-key": ("api-key", "{key}"),
    "header:X-Custom": ("x-custom", "{key}"),
}


@pytest.mark.parametrize("auth", PRESENTED)
def test_a_key_is_presented_as_the_entry_says(authority: Authority, tmp_path: Path, auth: str) -> None:
    key = authority.token()["access_token"]
    run = measured(entry(authority, tmp_path, {"K": key}, api_key="${K}", auth=auth), tmp_path)
    name, value = PRESENTED[auth]
    assert {one.headers.get(name) for one in authority.asked} >= {value.format(key=key)}
    assert key not in "".join(one.path for one in authority.asked)
    assert run.columns[0].key_variable == "K"


def test_a_key_in_the_query_is_in_no_record(authority: Authority, tmp_path: Path) -> None:
    key = authority.token()["access_token"]
    where = entry(authority, tmp_path, {"K": key}, api_key="${K}", auth="query:key")
    run = measured(where, tmp_path)
    assert word(run, ANSWERS) == "supported"
    assert "authorization" not in authority.asked[0].headers
    assert not leaked(run, where, tmp_path, key)


def test_where_no_key_is_needed_none_is_sent(authority: Authority, tmp_path: Path) -> None:
    measured(entry(authority, tmp_path, auth="none"), tmp_path)
    assert not any({"authorization", "api-key"} & set(one.headers) for one in authority.asked)


def test_a_command_gives_the_key_once_for_many_requests(authority: Authority, tmp_path: Path) -> None:
    key = authority.token()["access_token"]
    command = program(tmp_path, f"print({key!r})")
    where = entry(authority, tmp_path, key={"command": command})
    run = measured(where, tmp_path, "chat.completion.")
    assert word(run, ANSWERS) == "supported"
    assert len(authority.asked) > 1
    assert (tmp_path / "runs").read_text() == "x"
    assert not leaked(run, where, tmp_path, key)


def test_a_command_is_run_anew_before_its_key_ends(authority: Authority, tmp_path: Path) -> None:
    keys = [authority.token()["access_token"] for _ in range(9)]
    where = entry(authority, tmp_path, key={"command": program(tmp_path, f"print({keys!r}[number - 1])"), "lasts": 0.2})

    async def send() -> list[int]:
        transport = Transport(where)
        statuses = []
        for _ in range(2):
            statuses.append((await transport.attempt(wired(ASK, where))).status)
            await asyncio.sleep(0.3)
        await transport.close()
        return statuses

    assert asyncio.run(send()) == [200, 200]
    assert [one.headers["authorization"] for one in authority.asked] == [f"Bearer {key}" for key in keys[:2]]


def test_a_refused_key_is_fetched_anew_and_the_request_repeated(authority: Authority, tmp_path: Path) -> None:
    old, new = "access-old-0123456789", authority.token()["access_token"]
    where = entry(authority, tmp_path, key={"command": program(tmp_path, f"print([{old!r}, {new!r}][number - 1])")})
    run = measured(where, tmp_path, "chat.completion.")
    assert word(run, ANSWERS) == "supported"
    assert (tmp_path / "runs").read_text() == "xx"
    first = next(iter(run.exchanges.values()))
    assert [one["status"] for one in first["attempts"]] == [401, 200]
    assert not leaked(run, where, tmp_path, old, new)


def test_many_requests_that_are_refused_at_once_fetch_one_key(authority: Authority, tmp_path: Path) -> None:
    keys = [authority.token()["access_token"] for _ in range(9)]
    command = program(tmp_path, f"print({keys!r}[number - 1])")
    where = entry(authority, tmp_path, key={"command": command})

    async def send() -> list[int]:
        transport = Transport(where)
        wire = wired(ASK, where)
        await transport.attempt(wire)
        authority.valid.remove(keys[0])
        attempts = await asyncio.gather(*(transport.attempt(wire) for _ in range(8)))
        assert [one.status for one in attempts] == [401] * 8
        assert all(await asyncio.gather(*(transport.renewed(wire, one) for one in attempts)))
        after = await asyncio.gather(*(transport.attempt(wire) for _ in range(8)))
        await transport.close()
        return [one.status for one in after]

    assert asyncio.run(send()) == [200] * 8
    assert (tmp_path / "runs").read_text() == "xx"


def test_an_endpoint_that_refuses_every_key_is_asked_twice(authority: Authority, tmp_path: Path) -> None:
    authority.rules.deaf = True
    where = entry(authority, tmp_path, key={"command": program(tmp_path, "print(f'access-{number:04d}-0123456789')")})
    run = measured(where, tmp_path, "chat.completion.", KEY)
    assert word(run, KEY) == "inconclusive"
    assert (tmp_path / "runs").read_text() == "xx"
    assert len(authority.asked) == 2


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("raise SystemExit('access-9999-0123456789')", "ended with 1: run it yourself"),
        ("print('')", "there is no key"),
        ("print('{\"token\": 5}')", "there is no key"),
    ],
)
def test_a_command_that_gives_no_key_is_told_in_one_cell(
    authority: Authority, tmp_path: Path, lines: str, words: str
) -> None:
    given: dict[str, Any] = {"command": program(tmp_path, lines)}
    if "token" in lines:
        given["pointer"] = "/token"
    run = measured(entry(authority, tmp_path, key=given), tmp_path)
    assert (word(run, KEY), word(run, ANSWERS)) == ("inconclusive", "inconclusive")
    assert words in message(run, KEY)
    assert "access-9999" not in (tmp_path / "run.jsonl").read_text()
    assert authority.asked == []


def test_a_program_that_is_not_installed_is_missing_and_not_run(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, key={"command": ["samewire-no-such-program", "token"]})
    assert where.provider.missing == "the program samewire-no-such-program is not installed"


def test_a_file_of_another_program_is_read_and_left_as_it_is(authority: Authority, tmp_path: Path) -> None:
    key = authority.token()["access_token"]
    kept = tmp_path / "credentials.json"
    kept.write_text(json.dumps({"oauth": {"accessToken": key, "expiresAt": (time.time() + 9999) * 1000}}))
    before = (kept.read_bytes(), kept.stat().st_mtime_ns)
    given = {"file": "${HERE}/credentials.json", "pointer": "/oauth/accessToken", "expires": "/oauth/expiresAt"}
    where = entry(authority, tmp_path, {"HERE": str(tmp_path)}, key=given)
    run = measured(where, tmp_path)
    assert word(run, ANSWERS) == "supported"
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == before
    assert not leaked(run, where, tmp_path, key)


def test_a_file_is_read_again_when_its_key_is_refused(authority: Authority, tmp_path: Path) -> None:
    kept = tmp_path / "key.txt"
    kept.write_text("access-old-0123456789\n")
    where = entry(authority, tmp_path, key={"file": str(kept)})

    async def send() -> list[Any]:
        transport = Transport(where)
        wire = wired(ASK, where)
        first = await transport.attempt(wire)
        kept.write_text(authority.token()["access_token"] + "\n")
        found = [first.status, await transport.renewed(wire, first), (await transport.attempt(wire)).status]
        await transport.close()
        return found

    assert asyncio.run(send()) == [401, True, 200]


def test_a_file_whose_key_has_ended_says_so_and_nothing_is_sent(authority: Authority, tmp_path: Path) -> None:
    kept = tmp_path / "credentials.json"
    kept.write_text(json.dumps({"token": "access-old-0123456789", "until": "2024-01-31T00:00:00+00:00"}))
    given = {"file": str(kept), "pointer": "/token", "expires": "/until"}
    run = measured(entry(authority, tmp_path, key=given), tmp_path)
    assert "ended on 2024-01-3" in message(run, KEY)
    assert authority.asked == []


def test_of_several_sources_the_first_that_is_there_is_used(authority: Authority, tmp_path: Path) -> None:
    key = authority.token()["access_token"]
    kept = tmp_path / "key.txt"
    several = [{"env": "K"}, {"file": str(kept)}]
    assert "$K is not set; or there is no file" in entry(authority, tmp_path, key=several).provider.missing
    kept.write_text(key)
    assert word(measured(entry(authority, tmp_path, key=several), tmp_path), ANSWERS) == "supported"
    measured(entry(authority, tmp_path, {"K": "other-0123456789"}, key=several), tmp_path)
    assert authority.asked[-1].headers["authorization"] == "Bearer other-0123456789"


def exchange(authority: Authority) -> dict[str, Any]:
    given = {"url": f"{authority.url}/exchange", "for": {"env": "GITHUB"}, "scheme": "token", "expires": "/expires_at"}
    return {"exchange": {**given, "headers": {"Editor-Version": "samewire/1"}}}


def test_a_key_is_exchanged_as_github_copilot_has_it(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, {"GITHUB": "github-0123456789"}, key=exchange(authority))
    run = measured(where, tmp_path, "chat.completion.")
    assert word(run, ANSWERS) == "supported"
    (asked,) = authority.to("/exchange")
    assert (asked.method, asked.headers["editor-version"]) == ("GET", "samewire/1")
    sent = [one.headers["authorization"] for one in authority.to("/v1/chat/completions")]
    assert not any("github" in one for one in sent)
    assert not leaked(run, where, tmp_path, "github-0123456789", sent[0].removeprefix("Bearer "))


def test_a_key_that_may_not_be_exchanged_is_told(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, {"GITHUB": "github-wrong-0123456789"}, key=exchange(authority))
    run = measured(where, tmp_path)
    assert "/exchange answers 401 to the key of $GITHUB" in message(run, KEY)
    assert authority.to("/v1/chat/completions") == []


def client(authority: Authority, **more: Any) -> dict[str, Any]:
    given = {"flow": "client_credentials", "client_id": CLIENT, "client_secret": "${S}", **more}
    return {"oauth": {**given, "token_url": f"{authority.url}/token"}}


def test_a_client_s_own_credentials_give_a_token_once(authority: Authority, tmp_path: Path) -> None:
    given = client(authority, scopes=["a", "b"], params={"audience": "api"})
    where = entry(authority, tmp_path, {"S": SECRET}, key=given)
    run = measured(where, tmp_path, "chat.completion.")
    assert word(run, ANSWERS) == "supported"
    (asked,) = authority.to("/token")
    assert (asked.form["scope"], asked.form["audience"]) == ("a b", "api")
    assert not leaked(run, where, tmp_path, SECRET, *authority.valid)
    assert not (tmp_path / "tokens").exists()


def test_a_token_that_was_taken_back_is_had_anew_once(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, {"S": SECRET}, key=client(authority))

    async def send() -> list[Any]:
        transport = Transport(where)
        wire = wired(ASK, where)
        first = await transport.attempt(wire)
        authority.end_all()
        second = await transport.attempt(wire)
        found = [first.status, second.status, await transport.renewed(wire, second)]
        found.append((await transport.attempt(wire)).status)
        await transport.close()
        return found

    assert asyncio.run(send()) == [200, 401, True, 200]
    assert len(authority.to("/token")) == 2


@pytest.mark.parametrize(
    ("secret", "refusal"), [("wrong-secret-0123456789", "invalid_client"), (SECRET, "server_error")]
)
def test_a_refused_client_is_told_without_the_server_s_words(
    authority: Authority, tmp_path: Path, secret: str, refusal: str
) -> None:
    authority.rules.refuses = "" if refusal == "invalid_client" else refusal
    where = entry(authority, tmp_path, {"S": secret}, key=client(authority))
    run = measured(where, tmp_path)
    assert f"/token refuses: {refusal}" in message(run, KEY)
    assert secret not in message(run, KEY)
    assert not leaked(run, where, tmp_path, secret)


def test_a_secret_goes_nowhere_in_the_clear(tmp_path: Path) -> None:
    path = tmp_path / "providers.yaml"
    given = {"flow": "client_credentials", "client_id": "c", "token_url": "http://elsewhere.example/token"}
    path.write_text(json.dumps([{"name": "one", "models": ["m"], "key": {"oauth": given}}]))
    with pytest.raises(Exception, match="`token_url` is not https"):
        providers.load(path, {})


def test_a_key_that_comes_later_is_masked_by_every_redactor(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, {"S": SECRET}, key=client(authority))
    early = redactor_for((where,))
    measured(where, tmp_path)
    (key,) = authority.valid
    assert key not in early.text(f"it was {key}")
    assert key not in redactor_for((where,)).text(f"it was {key}")


def test_a_credential_shows_nothing_of_itself(authority: Authority, tmp_path: Path) -> None:
    where = entry(authority, tmp_path, {"S": SECRET}, key=client(authority))
    measured(where, tmp_path)
    (key,) = authority.valid
    assert key not in repr(where)
    assert SECRET not in repr(where)
    assert isinstance(where.provider.credential, Credential)
    assert where.provider.credential.known() == (key, SECRET)


@pytest.mark.parametrize(
    ("text", "pointer", "value"),
    [
        (" k \n", "", "k"),
        ('{"a": {"b/c": ["x", "k"]}}', "/a/b~1c/1", "k"),
        ('{"a~b": "k"}', "/a~0b", "k"),
    ],
)
def test_a_pointer_leads_to_the_key(text: str, pointer: str, value: str) -> None:
    assert read(text, pointer, "", "it").value == value


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [("1700000000", 1.7e9), ("1700000000000", 1.7e9), ('"2023-11-14T22:13:20Z"', 1.7e9), ('"1700000000"', 1.7e9)],
)
def test_an_end_is_a_moment_however_it_is_written(moment: str, seconds: float) -> None:
    assert read(f'{{"k": "x", "e": {moment}}}', "/k", "/e", "it").ends == seconds


@pytest.mark.parametrize("value", ["sk-...", "sk-…", "<your key>", "your-api-key", "YOUR_API_KEY_HERE", "sk-xxxxxxxx"])
def test_a_document_s_example_is_no_key(value: str) -> None:
    assert is_example(value)
    assert not looks_secret(value)


def test_a_token_s_file_is_its_owner_s_alone(authority: Authority, tmp_path: Path) -> None:
    where = vault.keep("a/b", {"access_token": "x"})
    assert Path(where) == tmp_path / "tokens" / "a_b.json"
    assert stat.S_IMODE(Path(where).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(where).parent.stat().st_mode) == 0o700
    assert vault.kept("a/b") == {"access_token": "x"}
    assert vault.forget("a/b")
    assert vault.kept("a/b") is None
