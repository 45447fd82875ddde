"""Archive: a tar with SHA256SUMS as its last file, encrypted with age if a recipient is set.

It opens without the board: `age -d -i key.txt board.tar.age | tar -x`, `sha256sum -c SHA256SUMS`.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Sequence
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import IO

import pyrage
from pyrage.x25519 import Identity, Recipient

from board.config import durable_files
from board.ops.backup.contents import Files

SUMS = "SHA256SUMS"


class Damaged(Exception):
    """The archive is not as it was written, or it is cut off."""


class WrongIdentity(Exception):
    """None of these identities opens the archive."""


class _HashingReader:
    """A file of which everything that is read is hashed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def write(path: Path, files: Files, *, recipients: Sequence[Recipient], scratch: Path) -> None:
    """Write and sync a new archive. Its plain form is in `scratch` only, in a file without a name.

    Raises OSError.
    """
    with os.fdopen(os.open(path, durable_files.CREATE, 0o600), "wb") as archive:
        if recipients:
            with tempfile.TemporaryFile(dir=scratch) as plain:
                _write_tar(plain, files)
                plain.seek(0)
                _encrypt(plain, archive, recipients)
        else:
            _write_tar(archive, files)
        archive.flush()
        os.fsync(archive.fileno())


def extract(path: Path, folder: Path, *, identities: Sequence[Identity]) -> None:
    """Extract an archive into `folder`, and check the hash of each file.

    Raises Damaged, WrongIdentity or OSError.
    """
    with open(path, "rb") as archive:
        if ".age" not in path.suffixes:
            _extract_tar(archive, folder)
            return
        with tempfile.TemporaryFile(dir=folder) as plain:
            _decrypt(archive, plain, identities)
            plain.seek(0)
            _extract_tar(plain, folder)


def sha256_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_tar(target: IO[bytes], files: Files) -> None:
    sums = ""
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, path in files:
            try:
                file = open(path, "rb")  # noqa: SIM115 - closed below
            except FileNotFoundError:  # deleted since the folder was read, and its row with it
                continue
            with file:
                sums += f"{_add(tar, name, file)}  {name}\n"
        tar.addfile(_member(SUMS, len(sums.encode())), BytesIO(sums.encode()))


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> str:
    """Add a file; returns its SHA-256."""
    status = os.fstat(file.fileno())
    reader = _HashingReader(file)
    tar.addfile(_member(name, status.st_size, int(status.st_mtime)), reader)
    return reader.digest.hexdigest()


def _member(name: str, size: int, mtime: int = 0) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, mtime
    return member


def _encrypt(
    plain: BufferedIOBase, archive: BufferedIOBase, recipients: Sequence[Recipient]
) -> None:
    try:
        pyrage.encrypt_io(plain, archive, recipients)
    except pyrage.EncryptError as error:  # pyrage's own form of an OSError
        raise OSError(str(error)) from error


def _decrypt(
    archive: BufferedIOBase, plain: BufferedIOBase, identities: Sequence[Identity]
) -> None:
    try:
        pyrage.decrypt_io(archive, plain, identities)
    except OSError as error:
        if error.errno is None:  # pyrage's: a chunk that does not decrypt
            raise Damaged from error
        raise
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise WrongIdentity from error
        raise Damaged from error


def _extract_tar(source: IO[bytes], folder: Path) -> None:
    try:
        with tarfile.open(fileobj=source, mode="r:") as tar:
            tar.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise Damaged from error
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    _check_sums(folder)


def _check_sums(folder: Path) -> None:
    """SHA256SUMS is the last file: where it is missing, the archive was cut off."""
    path = folder / SUMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        if any(sha256_of(folder / line[66:]) != line[:64] for line in lines):
            raise Damaged
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise Damaged from error
    path.unlink()
