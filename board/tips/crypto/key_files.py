"""Secrets and files of tips outside the database, under `tips/` in the instance folder.

pepper      without it nobody can guess codes or passphrases from a copy of the database
checkpoints what was seen of the database last: board/tips/integrity/
keys/       one erase key per tip: once it is deleted, no copy of the tip can be decrypted
files/      encrypted attachments
drafts/     encrypted text and attachments of forms not sent yet; for two hours
waiting/    encrypted forms of tips that wait for their turn; for two days
"""

import secrets

from board.config import durable_files
from board.runtime.app import instance_folder
from board.runtime.limiter import Limiter
from board.tips.crypto import pepper, primitives
from board.tips.crypto.private_files import folder as folder
from board.tips.crypto.private_files import truncate_mtime as truncate_mtime

# Each key derivation takes 64 MiB and a core for a quarter of a second.
derivations = Limiter("derivations", queue=6, wait=5.0)


class Erased(Exception):
    """The erase key of this tip is gone, so the tip cannot be decrypted."""


def stretch(secret: str, *, salt: bytes | None = None) -> tuple[bytes, bytes]:
    """`primitives.derive_from_passphrase` with this machine's pepper, one at a time.

    Raises QueueFull and PepperLost. A source's code has no salt of its own, because finding it
    would need a user name; the pepper's first bytes are used.
    """
    secret_bytes = pepper.load()
    with derivations:
        return primitives.derive_from_passphrase(
            secret, salt=salt or secret_bytes[:16], pepper=secret_bytes[16:]
        )


def make_erase_key(ref: str) -> bytes:
    key = secrets.token_bytes(32)
    path = folder("keys") / ref
    durable_files.write_new(path, key)
    truncate_mtime(path, path.parent)
    return key


def erase_key(ref: str) -> bytes:
    try:
        return (instance_folder() / "tips" / "keys" / ref).read_bytes()
    except FileNotFoundError as error:
        raise Erased from error


def erase(ref: str) -> None:
    """Delete the erase key: no copy of this tip, backups included, can be decrypted any more."""
    (folder("keys") / ref).unlink(missing_ok=True)
    durable_files.sync_folder(folder("keys"))
    truncate_mtime(folder("keys"))


def remove_files(names: list[str]) -> None:
    for name in names:
        (folder("files") / name).unlink(missing_ok=True)
