"""Instance folder: has the database, the keys and board.toml. Makes it, and its secret key."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


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


def _make_secret(path: Path) -> None:
    # Written to a temporary file and then linked: of workers that start together, one makes the
    # key, and none reads half of it.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mode 600
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):
        os.link(temporary, path)
    os.unlink(temporary)
