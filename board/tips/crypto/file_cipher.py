"""File encryption while the bytes arrive: plaintext never touches the disk.

Chunks of 64 KiB under a key of the file's own, each numbered and the last one marked (STREAM, Hoang
et al. 2015), so chunks cannot be dropped, repeated or reordered.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from board.tips.crypto.primitives import DecryptionFailed, padded_size

CHUNK = 64 * 1024
_TAG = 16
SIZE_MIN = 16 * 1024  # bytes; smaller files are padded to this


class SealedFile:
    """An encrypted file. Takes plaintext through `write`, as a form upload does, and encrypts it
    with `key`.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.key = path, os.urandom(32)
        self.size = 0
        self.is_kept = self._finished = False
        self._cipher, self._count, self._buffer = ChaCha20Poly1305(self.key), 0, bytearray()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb")

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self._append(data)
        return len(data)

    def seek(self, *_: int) -> int:
        """Finish the file: the form parser calls this when the upload is complete."""
        self.finish()
        return 0

    def finish(self) -> None:
        """Pad the file, mark the last chunk and sync it to disk."""
        if self._finished:
            return
        self._finished = True
        padding = padded_size(max(self.size, SIZE_MIN)) - self.size
        while padding:
            self._append(bytes(min(padding, CHUNK)))
            padding -= min(padding, CHUNK)
        self._write_chunk(bytes(self._buffer), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Delete the file unless it is marked `is_kept`."""
        self._file.close()
        if not self.is_kept:
            self.path.unlink(missing_ok=True)

    def _append(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) > CHUNK:  # holds back the last chunk, to mark it
            self._write_chunk(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]

    def _write_chunk(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, last), chunk, None))
        self._count += 1


def seal_file(path: Path, data: bytes) -> SealedFile:
    """Encrypt `data` into a new file; the caller decides whether to keep it."""
    sealed = SealedFile(path)
    sealed.write(data)
    sealed.finish()
    return sealed


def open_file(path: Path, key: bytes, size: int) -> Iterator[bytes]:
    """Yield the `size` bytes of an encrypted file. Raises DecryptionFailed before the first damaged
    chunk.
    """
    cipher, number, remaining = ChaCha20Poly1305(key), 0, size
    with path.open("rb") as file:
        chunk = file.read(CHUNK + _TAG)
        while chunk:
            next_chunk = file.read(CHUNK + _TAG)
            try:
                data = cipher.decrypt(_nonce(number, not next_chunk), chunk, None)
            except InvalidTag as error:
                raise DecryptionFailed from error
            yield data[:remaining]
            remaining, number, chunk = max(0, remaining - len(data)), number + 1, next_chunk
    if remaining or not number:
        raise DecryptionFailed


def _nonce(count: int, last: bool) -> bytes:
    return struct.pack(">xxxQ?", count, last)
