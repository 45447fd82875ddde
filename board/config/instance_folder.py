"""Instance folder: has the database, the keys and board.toml. Makes it, and its secret key."""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

OLD_KEYS = "old_secret_keys"  # each in a line with the time at which it was replaced


class UnusableInstance(Exception):
    """The folder or its secret key cannot be used. Its text is a sentence for the operator."""


def make(instance: Path) -> None:
    """Make the folder unless it exists. Raises UnusableInstance."""
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableInstance(
            f"The instance folder {instance} cannot be made: {error.strerror}."
        ) from error
    if not os.access(instance, os.W_OK | os.X_OK):
        raise UnusableInstance(f"The instance folder {instance} is not writable for this user.")


def secret_key(instance: Path) -> str:
    """The secret key in the folder; made on first use, readable by the owner only. Raises
    UnusableInstance."""
    path = instance / "secret_key"
    if not path.exists():
        _make_secret(path)
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if len(secret) < 32:
        raise UnusableInstance(f"{path} holds no usable key. Move it away and start again.")
    return secret


def old_secret_keys(instance: Path) -> list[tuple[datetime, str]]:
    """Keys that were replaced, and when, the newest first. Raises UnusableInstance."""
    path = instance / OLD_KEYS
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
        return sorted(((datetime.fromisoformat(at), key) for at, key in lines), reverse=True)
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise UnusableInstance(f"{path} holds no usable keys. Move it away and start again.") from (
            error
        )


def rotate_secret_key(instance: Path) -> None:
    """Put a new key in place. The old one is written down first, so none is ever lost."""
    old = [(datetime.now(UTC), secret_key(instance)), *old_secret_keys(instance)]
    lines = "".join(f"{at.isoformat()} {key}\n" for at, key in old)
    _replace(instance / OLD_KEYS, lines)
    _replace(instance / "secret_key", secrets.token_hex(32))


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, for its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _make_secret(path: Path) -> None:
    # Written to a temporary file and then linked: of workers that start together, one makes the
    # key, and none reads half of it.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):
        os.link(temporary, path)
    os.unlink(temporary)
