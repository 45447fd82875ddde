"""State that all workers share and no disk ever holds."""

import fcntl
import json
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SIZE = 512 * 1024  # bytes
_LENGTH = struct.Struct(">I")


class SharedState:
    """A dictionary in memory that processes share if they are forked after it was made, as the
    workers of `serve` are. Elsewhere each process has its own. It ends with them.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)

    @contextmanager
    def changing(self, lock: Path) -> Iterator[dict[str, Any]]:
        """The state, to be read and changed by one thread at a time. `lock`: an empty file.

        A state that has grown too large is forgotten.
        """
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            state = self._read()
            yield state
            self._write(state)
        finally:
            os.close(descriptor)  # and with it the lock

    def _read(self) -> dict[str, Any]:
        (length,) = _LENGTH.unpack_from(self._memory)
        start = _LENGTH.size
        state: dict[str, Any] = json.loads(self._memory[start : start + length] or b"{}")
        return state

    def _write(self, state: dict[str, Any]) -> None:
        data = json.dumps(state).encode()
        if len(data) + _LENGTH.size > _SIZE:
            data = b"{}"
        self._memory[: _LENGTH.size + len(data)] = _LENGTH.pack(len(data)) + data
