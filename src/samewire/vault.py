"""Where tokens of a login are kept: the system's keyring if there is one, else a file that only its owner can read.

This module is the only one that imports keyring, which is optional (``pip install samewire[keyring]``). Unlike all that
is written elsewhere, what is written here is a secret and stays whole: it goes into no report and no record.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

try:
    import keyring
    import keyring.errors
except ImportError:
    keyring = None  # type: ignore[assignment]

__all__ = ["FOLDER", "forget", "keep", "kept"]

SERVICE = "samewire"
#: The variable that names a folder for the tokens' files, and so turns the keyring off.
FOLDER = "SAMEWIRE_TOKENS"


def kept(name: str) -> dict[str, Any] | None:
    """The token of a login, or None if there is none."""
    text = _from_keyring(name)
    if text is None:
        try:
            text = _path(name).read_text(encoding="utf-8")
        except OSError:
            return None
    try:
        token = json.loads(text)
    except ValueError:
        return None
    return token if isinstance(token, dict) else None


def keep(name: str, token: dict[str, Any]) -> str:
    """Keep the token of a login.

    Returns:
        Where it is kept, in words.

    Raises:
        OSError: it can't be written.
    """
    text = json.dumps(token)
    if _usable():
        try:
            keyring.set_password(SERVICE, name, text)
        except keyring.errors.KeyringError:
            pass
        else:
            return "the system's keyring"
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    # Created with its rights, not given them afterwards: no moment in which others can read it.
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
    return str(path)


def forget(name: str) -> bool:
    """Forget the token of a login; False if there was none."""
    found = kept(name) is not None
    if _usable() and _from_keyring(name) is not None:
        keyring.delete_password(SERVICE, name)
    _path(name).unlink(missing_ok=True)
    return found


def _usable() -> bool:
    return keyring is not None and not os.environ.get(FOLDER)


def _from_keyring(name: str) -> str | None:
    if not _usable():
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError:
        return None


def _path(name: str) -> Path:
    chosen = os.environ.get(FOLDER)
    home = os.environ.get("APPDATA") or os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    folder = Path(chosen) if chosen else Path(home).expanduser() / "samewire" / "tokens"
    return folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.json"
