"""Redaction: no secret leaves through the one door, in whatever form, and nothing else is touched."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samewire.bodies import body_of
from samewire.credentials import Credential, Secret, is_placeholder, looks_secret
from samewire.recorder import Recorder
from samewire.redaction import SHORTEST, Redactor
from samewire.run import Run
from samewire.running import redactor_for

from .making import ASK, attempt, endpoint, exchange, key, wired

PLAIN = "sk-proj-8f3k2j5h7g9d1s4a6p0o"
ODD = 'k3y"with\\odd/letters+and=signs&é€'
SECRETS = (PLAIN, ODD, "ghp_0123456789abcdefABCDEF", "0f8fad5b-d9cb-469f-a165-70867728950e", "käse-und-brot-und-wein")

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent-encoded": lambda one: quote(one, safe=""),
    "as in a form": quote_plus,
    "in JSON": lambda one: json.dumps(one)[1:-1],
    "in JSON with its letters": lambda one: json.dumps(one, ensure_ascii=False)[1:-1],
    "in hexadecimal": lambda one: one.encode().hex(),
    "in base64": lambda one: base64.b64encode(one.encode()).decode(),
    "in base64 for URLs": lambda one: base64.urlsafe_b64encode(one.encode()).decode(),
    "as basic credentials": lambda one: base64.b64encode(f":{one}".encode()).decode(),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_masked_in_every_form(form: Callable[[str], str], secret: str) -> None:
    written = form(secret)
    text = f"before {written} after {written}"
    masked = Redactor([secret]).text(text)
    assert written.rstrip("=") not in masked
    assert masked.startswith("before *")
    assert len(masked) == len(text)
    assert masked.replace("*", "").replace("=", "").split() == ["before", "after"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_in_bytes_too(secret: str) -> None:
    body = b"\xff\x00 " + secret.encode() + b" \xfe"
    masked = Redactor([secret]).data(body)
    assert len(masked) == len(body)
    assert masked == b"\xff\x00 " + b"*" * len(secret.encode()) + b" \xfe"


@pytest.mark.parametrize("length", range(SHORTEST, len(PLAIN)))
def test_a_beginning_or_an_end_of_it_is_masked(length: int) -> None:
    redactor = Redactor([PLAIN])
    for part in (PLAIN[:length], PLAIN[-length:]):
        assert redactor.text(f"Incorrect key: {part}…!") == f"Incorrect key: {'*' * length}…!"


def test_fewer_letters_of_it_are_no_secret() -> None:
    text = f"{PLAIN[: SHORTEST - 1]}… {PLAIN[-SHORTEST + 1 :]}"
    assert Redactor([PLAIN]).text(text) == text


@pytest.mark.parametrize("cut", range(SHORTEST, len(PLAIN) - SHORTEST + 1))
def test_a_secret_cut_in_two_is_masked_in_both_halves(cut: int) -> None:
    stream = f'data: {{"content": "{PLAIN[:cut]}"}}\n\ndata: {{"content": "{PLAIN[cut:]}"}}\n\n'
    masked = Redactor([PLAIN]).text(stream)
    assert masked == stream.replace(PLAIN[:cut], "*" * cut).replace(PLAIN[cut:], "*" * (len(PLAIN) - cut))


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="*"), max_size=30)
TOKENS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_", min_size=20, max_size=40)


@given(TOKENS, WORDS, WORDS, st.integers(SHORTEST, 19), st.booleans())
def test_whatever_stands_around_it_no_long_part_of_it_stays(
    secret: str, before: str, after: str, length: int, from_end: bool
) -> None:
    part = secret[-length:] if from_end else secret[:length]
    text = f"{before} {part} {after} {secret} {part}"
    masked = Redactor([secret]).text(text)
    assert len(masked) == len(text)
    assert part not in masked
    assert masked.startswith(before) or part in before


@given(WORDS, WORDS)
def test_what_is_no_secret_is_not_touched(one: str, other: str) -> None:
    text = json.dumps({"prompt_tokens": 5, "token": one, "api_key": other, "authorization": "Bearer {key}"})
    assert Redactor([PLAIN]).text(text) == text
    assert Redactor().text(text) == text
    assert Redactor().data(text.encode()) == text.encode()


@pytest.mark.parametrize("secret", ["ollama", "x", "", "none", "1234567"])
def test_a_short_value_is_no_secret(secret: str) -> None:
    assert Redactor([secret]).text(f"model {secret} here") == f"model {secret} here"


def test_placeholders_are_no_secrets_however_long() -> None:
    where = endpoint(credential=Credential("", Secret("sk-no-key-required")))
    assert redactor_for((where,)).text("sk-no-key-required") == "sk-no-key-required"


def test_everything_that_came_from_the_environment_is_a_secret() -> None:
    where = endpoint(credential=key(), secrets=(Secret("organisation-0123456789"),))
    masked = redactor_for((where, where)).text("sk-test-8f3k2j5h7g9d1s4a6p0o organisation-0123456789 else")
    assert masked == f"{'*' * 28} {'*' * 23} else"


def test_it_counts_what_it_masked() -> None:
    redactor = Redactor([PLAIN])
    redactor.text(f"{PLAIN} {PLAIN}")
    redactor.data(PLAIN.encode())
    redactor.text("nothing")
    assert redactor.count == 3


def test_a_file_is_written_whole_and_redacted(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.txt"
    Redactor([PLAIN]).write(path, f"é {PLAIN}\n\ud800\n")
    assert path.read_bytes() == f"é {'*' * len(PLAIN)}\n\\ud800\n".encode()
    assert [one.name for one in path.parent.iterdir()] == ["report.txt"]


def test_a_file_that_cannot_be_written_stays_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    redactor = Redactor([PLAIN])
    redactor.write(path, "old")

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    for method in ("replace", "write_text"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, method, full)
            with pytest.raises(OSError, match="no space"):
                redactor.write(path, "new")
        assert path.read_text() == "old"
        assert [one.name for one in tmp_path.iterdir()] == ["report.txt"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("secret", SECRETS)
def test_the_final_scan_finds_a_secret_in_every_form(tmp_path: Path, form: Callable[[str], str], secret: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(f"<p>{form(secret)}</p>", encoding="utf-8")
    redactor = Redactor([secret])
    assert redactor.leaks(path)
    redactor.write(path, path.read_text(encoding="utf-8"))
    assert not redactor.leaks(path)


def test_a_secret_shows_itself_to_nobody() -> None:
    credential = key(PLAIN)
    where = endpoint(credential=credential, secrets=(Secret(PLAIN),))
    for shown in (repr(credential), str(credential.secret), f"{where}", repr(where), f"{credential.secret!r:>40}"):
        assert PLAIN not in shown
    assert credential.secret is not None
    assert credential.secret.reveal() == PLAIN
    assert not hasattr(credential.secret, "__dict__")


@pytest.mark.parametrize("value", ["", "x", "ollama", "LM-Studio", " none ", "sk-no-key-required", "EMPTY"])
def test_a_placeholder_is_known_as_one(value: str) -> None:
    assert is_placeholder(value)
    assert not looks_secret(value)
    assert not key(value).real


@pytest.mark.parametrize(
    "value",
    [
        "sk-0123456789ab",
        "Bearer sk-0123456789ab",
        "gsk_0123456789ab",
        "AIzaSyA0123456789",
        "hf_0123456789ab",
        "a1b2c3d4" * 2 + "efghijklmnop0123",
    ],
)
def test_what_looks_like_a_key_is_taken_for_one(value: str) -> None:
    assert looks_secret(value)


@pytest.mark.parametrize(
    "value",
    ["2024-10-21", "https://api.example/v1", "samewire", "sk-", "a sentence of many words, with 1 number", "x" * 40],
)
def test_what_does_not_is_not(value: str) -> None:
    assert not looks_secret(value)


def recorded(path: Path, secret: str, body: Any, sent: bytes = b"{}") -> Run:
    """A record of one exchange whose answer holds a body."""
    recorder = Recorder(path, Redactor([secret]))
    recorder.write("header", version="1.0", endpoints=[], requirements=[])
    came = replace(attempt(200, body), started=1234567890.125)
    recorder.exchange("server/m", exchange(attempts=[came], wire=replace(wired(ASK), written=sent)))
    recorder.close()
    return Run.load(path)


@pytest.mark.parametrize("secret", [*SECRETS, "1234567890123", "67890.125", '"status":200', "\\n\\n\\n\\n\\n"])
def test_masking_leaves_a_record_readable(tmp_path: Path, secret: str) -> None:
    body = {"created": 1234567890123, "said": f"\n\n{secret}\n\n", "x": 5}
    (line,) = recorded(tmp_path / "run.jsonl", secret, body).exchanges.values()
    assert line["attempts"][0]["started"] == 1234567890.125
    assert secret not in line["attempts"][0]["body"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_in_a_body_before_it_is_packed(tmp_path: Path, secret: str) -> None:
    large = b"a" * 100_000 + secret.encode() + b"."
    (line,) = recorded(tmp_path / "run.jsonl", secret, large, large).exchanges.values()
    for body in (line["wire"]["body"], line["attempts"][-1]["body"]):
        assert set(body) == {"gzip"}
        kept = body_of(body) or b""
        assert len(kept) == len(large)
        assert secret.encode() not in kept


def test_a_body_full_of_its_beginning_is_masked_in_reasonable_time() -> None:
    script = f"""
from samewire.redaction import Redactor
body = b"{PLAIN[:SHORTEST]} " * (4 * 2**20 // 9)
assert Redactor(["{PLAIN}"]).data(body) == b"******** " * (4 * 2**20 // 9)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=10)
