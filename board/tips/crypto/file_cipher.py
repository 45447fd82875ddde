"""Files sealed as their bytes arrive: nothing readable ever stands on a disk.

Chunks of 64 KiB under a key of the file's own, each numbered and the last one marked (STREAM,
Hoang et al. 2015), so chunks cannot be dropped, repeated or put in another order.
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
LEAST = 16 * 1024  # bytes; a smaller file looks like one of these


class SealedFile:
    """Takes bytes by `write`, as a form's upload does, and keeps them sealed under `key`."""

    def __init__(self, path: Path) -> None:
        self.path, self.key = path, os.urandom(32)
        self.size = 0
        self.kept = self._finished = False
        self._cipher, self._count, self._waiting = ChaCha20Poly1305(self.key), 0, bytearray()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb")

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self._take(data)
        return len(data)

    def seek(self, *_: int) -> int:
        """Called by the form parser when the upload is complete."""
        self.finish()
        return 0

    def finish(self) -> None:
        """Pad, mark the last chunk, and hand it to the disk."""
        if self._finished:
            return
        self._finished = True
        missing = padded_size(max(self.size, LEAST)) - self.size
        while missing:
            self._take(bytes(min(missing, CHUNK)))
            missing -= min(missing, CHUNK)
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """What was not kept is gone."""
        self._file.close()
        if not self.kept:
            self.path.unlink(missing_ok=True)

    def _take(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk waits, to be marked
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, last), chunk, None))
        self._count += 1


def seal_file(path: Path, data: bytes) -> SealedFile:
    """`data` as a sealed file of its own; it is the caller's to keep."""
    sealed = SealedFile(path)
    sealed.write(data)
    sealed.finish()
    return sealed


def open_file(path: Path, key: bytes, size: int) -> Iterator[bytes]:
    """The `size` bytes of a sealed file. Raises BadSeal before the first damaged chunk."""
    cipher, count, left = ChaCha20Poly1305(key), 0, size
    with path.open("rb") as file:
        chunk = file.read(CHUNK + _TAG)
        while chunk:
            onward = file.read(CHUNK + _TAG)
            try:
                data = cipher.decrypt(_nonce(count, not onward), chunk, None)
            except InvalidTag as error:
                raise DecryptionFailed from error
            yield data[:left]
            left, count, chunk = max(0, left - len(data)), count + 1, onward
    if left or not count:
        raise DecryptionFailed


def _nonce(count: int, last: bool) -> bytes:
    return struct.pack(">xxxQ?", count, last)
