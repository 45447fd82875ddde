"""An exchange: a request to Granian, and the response to it."""

from collections.abc import Iterable
from typing import Any

from board.ops.server import download

Headers = list[tuple[str, str]]

CLOSE = ("Connection", "close")
# Granian names itself in a header that it cannot leave out, only take from the app.
NO_NAME = ("Server", "")


class Exchange:
    """A request and its way back, which is given up with the response: Granian closes a connection
    with the rest of a body on it when nothing holds it any more, and an exception may hold frames
    for long.
    """

    __slots__ = ("proto", "scope")

    def __init__(self, watcher: Any) -> None:
        self.scope: Any = watcher.scope
        self.proto: Any = watcher.proto

    @property
    def length(self) -> int:
        """Bytes that the body is announced to have."""
        return int(self.scope.headers.get("content-length", "0"))

    @property
    def is_chunked(self) -> bool:
        return "transfer-encoding" in self.scope.headers

    def respond(self, status: int, headers: Headers, chunks: Iterable[bytes]) -> None:
        """Send the response; later ones are ignored."""
        proto, self.proto = self.proto, None
        if proto is None:
            return
        headers = [*headers, NO_NAME]
        if isinstance(chunks, list):
            proto.response_bytes(status, headers, b"".join(chunks))
        else:
            download.send(proto, status, headers, chunks)
