"""Receives bodies in the event loop of a worker: however slowly one comes, it takes no thread."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

from werkzeug.exceptions import RequestTimeout

from board.ops.server.places import Arrival, Places
from board.ops.server.sealed_spool import SealedSpool
from board.runtime import disk
from board.web.request.body import BodyNeeded, RequestBody, TooManyUploads
from board.web.request.disk_guard import NoRoom

SMALL_MAX = 1024**2  # bytes; what exceeds it is an upload, of which there are fewer places
DISK_MAX = 1024**3  # bytes of all uploads of this worker
FREE_MIN = 512 * 1024**2  # bytes the disk keeps free of uploads


class ClientGone(Exception):
    """The client closed the connection before the body was whole."""


class Receiver:
    """The bodies that a worker receives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bodies = Places(512, of_network=24, unknown=256)
        self._uploads = Places(32, of_network=4, unknown=24)

    async def receive(self, proto: Any, length: int, need: BodyNeeded) -> RequestBody:
        """The first `need.most` of `length` bytes, or fewer and the problem. Raises ClientGone."""
        task = asyncio.current_task()
        arrival = Arrival(need.network, lambda: task and task.cancel())
        spool = SealedSpool(self._folder)
        problem: Exception | None = None
        try:
            await self._fill(spool, proto, arrival, min(length, need.most))
        except TimeoutError:
            problem = RequestTimeout()
        except (TooManyUploads, asyncio.CancelledError):
            problem = TooManyUploads()
        except BaseException as error:
            if not (isinstance(error, OSError) and disk.is_trouble(error)):
                spool.close()
                raise
            problem = NoRoom()
        spool.seek(0)
        return RequestBody(length, spool, received=spool.size, problem=problem)

    async def _fill(self, spool: SealedSpool, proto: Any, arrival: Arrival, size: int) -> None:
        """Receive so many bytes. Raises TimeoutError, TooManyUploads and ClientGone."""
        chunks = proto.__aiter__()
        with self._bodies.place_for(arrival):
            while spool.size < min(size, SMALL_MAX):
                spool.append(await _next_chunk(chunks, arrival))
        if spool.size >= size:
            return
        if shutil.disk_usage(self._folder).free < FREE_MIN:
            raise TooManyUploads
        with self._uploads.place_for(arrival):
            while spool.size < size:
                spool.append(await _next_chunk(chunks, arrival))
                self._keep_disk_free(arrival)

    def _keep_disk_free(self, newest: Arrival) -> None:
        """End the largest upload if all are too large. Raises TooManyUploads if it is this one."""
        if self._uploads.received <= DISK_MAX:
            return
        if (largest := self._uploads.largest()) is newest:
            raise TooManyUploads
        largest.give_up()


async def _next_chunk(chunks: Any, arrival: Arrival) -> bytes:
    async with asyncio.timeout(arrival.pace.seconds_left):
        chunk: bytes = await chunks.__anext__()
    if not chunk:
        raise ClientGone
    arrival.pace.add(len(chunk))
    return chunk
