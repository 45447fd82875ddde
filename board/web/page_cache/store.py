"""Cached pages in memory: a segmented LRU, bounded in bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from board.runtime.metrics.cells import cells

Headers = list[tuple[str, str]]
Key = tuple[str | bool, ...]

# The cells that count hits, for 200 and for 304, of pages that are not counted.
NOT_COUNTED = (cells.reserve(1),) * 2
BYTES_MAX = 32 * 1024 * 1024  # in all, per worker

# RFC 9110 15.4.5; the client has the others. And the CORS header, which browsers check again.
_HEADERS_OF_304 = (
    "cache-control", "content-location", "date", "etag", "expires", "vary",
    "access-control-allow-origin", "access-control-expose-headers",
)  # fmt: skip


@dataclass
class CachedPage:
    status: str
    headers: Headers
    body: bytes
    etag: str | None
    subjects: dict[tuple[str, int], int]  # what the page is about: revisions by table and id
    is_immutable: bool
    until: datetime
    fresh_at: int  # the version of the database for which it was last found valid
    hits: tuple[int, int] = NOT_COUNTED
    renewal: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def headers_of_304(self) -> Headers:
        """The headers of a 304, for a client that has the page."""
        return [header for header in self.headers if header[0].lower() in _HEADERS_OF_304]

    @cached_property
    def bytes(self) -> int:
        """Its approximate size in memory, without the key."""
        headers = sum(len(name) + len(value) + 200 for name, value in self.headers)
        return len(self.body) + headers + 1000


class SizedLru:
    """An LRU bounded in bytes: a share of BYTES_MAX."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self.bytes = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._pages

    def get(self, key: Key) -> CachedPage | None:
        if page := self._pages.get(key):
            self._pages.move_to_end(key)
        return page

    def add(self, key: Key, page: CachedPage) -> None:
        self.pop(key)
        self._pages[key] = page
        self.bytes += _size(key, page)
        while self.bytes > BYTES_MAX * self._share:
            self.pop(next(iter(self._pages)))

    def pop(self, key: Key) -> CachedPage | None:
        if page := self._pages.pop(key, None):
            self.bytes -= _size(key, page)
        return page


class SegmentedLru:
    """A segmented LRU: a page moves to the larger segment on its second request, so one visitor who
    requests thousands of addresses, each once, evicts nothing that others read."""

    def __init__(self) -> None:
        self._probation, self._protected = SizedLru(0.25), SizedLru(0.75)
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        return self._probation.bytes + self._protected.bytes

    def get(self, key: Key) -> CachedPage | None:
        with self._lock:
            if page := self._probation.pop(key):
                self._protected.add(key, page)
            return page or self._protected.get(key)

    def add(self, key: Key, page: CachedPage) -> None:
        with self._lock:
            segment = self._protected if key in self._protected else self._probation
            segment.add(key, page)


def _size(key: Key, page: CachedPage) -> int:
    return page.bytes + sum(len(part) for part in key if isinstance(part, str))
