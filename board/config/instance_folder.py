"""Instance folder: has the database, the keys and board.toml. Makes it, and its secret key."""

import os
import secrets
from pathlib import Path

from board.config import durable_files


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
