"""The body of a request, which the server reads only for requests that the board does not refuse.

A view that needs the body before it is there gives up its thread: BodyNeeded ends the request, the
server receives the body without a thread (`ops/server/receiver.py`), and calls the app once more.
"""

from typing import Any

from flask import has_request_context

from board.web.request.network import client_network


class BodyNeeded(BaseException):
    """The app wants the first `most` bytes of the body, from a client in `network`.

    No Exception: to the app it is no error that a handler may turn into a page.
    """

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most
        self.network = client_network() if has_request_context() else None


class TooManyUploads(Exception):
    """Too many bodies are being received, or this one made room for another.

    No QueueFull: where that is handled, the form is there and can be shown again.
    """


class RequestBody:
    """`wsgi.input`: the bytes received so far, in a file; without it, nothing was received.

    `problem` is raised where the received bytes end, if something kept the rest from coming.
    """

    def __init__(
        self,
        length: int,
        file: Any = None,
        *,
        received: int = 0,
        problem: Exception | None = None,
    ) -> None:
        self.length, self._file = length, file
        self._received, self._problem = received, problem

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is left on the connection."""
        return self._received == self.length

    def read(self, size: int = -1) -> bytes:
        if not self.length:
            return b""
        if self._file is None:
            raise BodyNeeded(self.length)
        data: bytes = self._file.read(size)
        if self._problem and not data and size:
            raise self._problem
        return data

    def beginning(self, most: int) -> Any:
        """The first `most` bytes, as far as they were received, from the start again."""
        if self._file is None:
            raise BodyNeeded(min(most, self.length))
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
