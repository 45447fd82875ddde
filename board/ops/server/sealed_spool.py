"""Sealed spool: a body while it arrives. Small ones are in memory, others encrypted on disk.

Nothing readable of a source's body may reach the disk. The key is in memory only, and the file has
no name, so it is gone with the process. Not authenticated: who can change an open file without a
name can read the process.
"""

import io
import os
import tempfile
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

MEMORY_MAX = 64 * 1024  # bytes


class SealedSpool(io.RawIOBase):
    """Takes the body by `append`; `seek(0)` starts reading."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory: io.BytesIO | None = io.BytesIO()
        self._file: IO[bytes] | None = None
        self.size = 0

    def append(self, data: bytes) -> None:
        """Raises OSError if the disk has no room; what was there before stays readable."""
        if self._memory is not None and self.size + len(data) > MEMORY_MAX:
            self._to_disk(self._memory.getvalue())
        if self._file is not None:
            _write_whole(self._file, self._sealed.update(data))
        elif self._memory is not None:
            self._memory.write(data)
        self.size += len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """To the start, the only place there is."""
        source = self._file or self._memory
        if self._file is not None:
            self._opened = self._cipher.decryptor()
        return source.seek(0) if source else 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        for source in filter(None, (self._file, self._memory)):
            source.close()
        super().close()

    def _next(self, size: int) -> bytes:
        if self._file is not None:
            return self._opened.update(self._file.read(size))
        return self._memory.read(size) if self._memory else b""

    def _to_disk(self, begun: bytes) -> None:
        # Without a buffer, whose last bytes might find no room when it is read.
        file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115
        # RFC 7539: a key of its own for each file, so the nonce need not differ.
        self._cipher = Cipher(algorithms.ChaCha20(os.urandom(32), bytes(16)), mode=None)
        self._sealed, self._opened = self._cipher.encryptor(), self._cipher.decryptor()
        try:
            _write_whole(file, self._sealed.update(begun))
        except OSError:
            file.close()
            raise
        self._file, self._memory = file, None


def _write_whole(file: Any, data: bytes) -> None:
    """Write all of it, where one call may write a part."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
