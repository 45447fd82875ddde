"""Cached pages in memory: a segmented LRU, bounded in bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

Headers = list[tuple[str, str]]


Key = tuple[str | bool, ...]


BYTES_MAX = 32 * 1024 * 1024  # in all, per worker


# RFC 9110 15.4.5; the rest stands with the page the asker has. And who may read it, for browsers
# that ask for permission again.
_HEADERS_OF_304 = (
    "cache-control", "content-location", "date", "etag", "expires", "vary",
    "access-control-allow-origin",
)  # fmt: skip


@dataclass
class CachedPage:
    status: str
    headers: Headers
    body: bytes
    etag: str | None
    article: tuple[int, int] | None
    is_immutable: bool
    until: datetime
    fresh_at: int  # the version of the database it was last seen to be right for
    renewal: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def unchanged(self) -> Headers:
        """What is said of it to somebody who has it."""
        return [header for header in self.headers if header[0].lower() in _HEADERS_OF_304]

    @cached_property
    def bytes(self) -> int:
        """About what it weighs in memory, its key aside."""
        headers = sum(len(name) + len(value) + 200 for name, value in self.headers)
        return len(self.body) + headers + 1000


class SizedLru:
    """Pages up to so many bytes; when it is full, the one not asked for longest leaves."""

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
        self.bytes += _weight(key, page)
        while self.bytes > BYTES_MAX * self._share:
            self.pop(next(iter(self._pages)))

    def pop(self, key: Key) -> CachedPage | None:
        if page := self._pages.pop(key, None):
            self.bytes -= _weight(key, page)
        return page


class SegmentedLru:
    """What is kept. A page moves to the larger room when it is asked for a second time, so one
    visitor who asks for thousands of addresses, each once, drives out nothing that others read."""

    def __init__(self) -> None:
        self._once, self._again = SizedLru(0.25), SizedLru(0.75)
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        return self._once.bytes + self._again.bytes

    def get(self, key: Key) -> CachedPage | None:
        with self._lock:
            if page := self._once.pop(key):
                self._again.add(key, page)
            return page or self._again.get(key)

    def add(self, key: Key, page: CachedPage) -> None:
        with self._lock:
            room = self._again if key in self._again else self._once
            room.add(key, page)


def _weight(key: Key, page: CachedPage) -> int:
    return page.bytes + sum(len(part) for part in key if isinstance(part, str))
