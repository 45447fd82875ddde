"""Instance folder: has the database, the keys and board.toml. Makes it, and its secret key."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from board.config import durable_files

OLD_KEYS = "old_secret_keys"  # each in a line with the time at which it was replaced


class UnusableInstance(Exception):
    """The folder or its secret key cannot be used. Its text is a sentence for the operator."""


def make(instance: Path) -> None:
    """Make the folder unless it exists. Raises UnusableInstance."""
    try:
        if not instance.is_dir():
            instance.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable_files.sync_folder(instance.parent)
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
        durable_files.write_first(path, secrets.token_hex(32).encode())
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
    durable_files.replace(instance / OLD_KEYS, lines.encode())
    durable_files.replace(instance / "secret_key", secrets.token_hex(32).encode())
