"""Rate limit of new tips: taken at once, or after a wait that grows with the number before it.

Each network has a share of the hour, and so have all sources without an address together. Tips
beyond the share wait, and are then taken: a flood makes only its own network wait. The counts are
in memory, and forgotten with the hour.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from flask import Flask

from board.db import now
from board.runtime.app import current_app_object, setting
from board.runtime.shared_state import SharedState
from board.tips.crypto import key_files

HOUR = 3600
WAIT_MAX = 10 * 60  # seconds, before a tip is tried for the first time
RETRY = 60  # seconds until the next try, if it could not be taken then
BYTES_PER_UNIT = 32 * 1024**2  # a tip weighs one unit, and one more for each so many bytes
# Parts of BOARD_TIPS_PER_HOUR taken at once: from one network, and from all without an address.
_SHARE, _SHARED = 1 / 6, 1 / 2
# Multiples of it taken in an hour at most: from one network, from those, from everybody, and from
# everybody where it is the first tip of its network.
_MOST, _SHARED_MOST, _ALL_MOST, _FIRST_MOST = 1, 5, 10, 20


class TooManyTips(Exception):
    """More than can be taken in this hour have come."""


def init_app(app: Flask) -> None:
    _state(app)  # before workers are forked, so that they share it


def weight(size: int) -> int:
    """The units of a tip with attachments of `size` bytes."""
    return 1 + size // BYTES_PER_UNIT


def is_busy() -> bool:
    """Whether more than half of the hourly number has been taken."""
    limit = setting("TIPS_PER_HOUR")
    with _this_hour() as hour:
        return bool(limit) and hour["taken"] * 2 >= limit


def seconds_to_wait(network: str | None, units: int) -> float:
    """How long a tip that has just come waits. `network`: None without an address."""
    if not (limit := setting("TIPS_PER_HOUR")):
        return 0
    interval = HOUR / (limit * (_SHARE if network else _SHARED))
    with _this_hour() as hour:
        used = _use(_bucket(hour, network), interval, units)
        is_quiet = hour["taken"] * 2 < limit
    return 0 if is_quiet else min(max(used + min(interval, HOUR) - HOUR, 0), WAIT_MAX)


def _use(bucket: list[float], interval: float, units: int) -> float:
    """GCRA: for how many seconds from now the share was used up before this tip."""
    elapsed = now().timestamp() % HOUR
    used_up = max(bucket[0], elapsed)
    bucket[0] = min(used_up + interval * units, elapsed + 2 * HOUR)
    return used_up - elapsed


def take(network: str | None, units: int) -> None:
    """Count a tip as taken. Raises TooManyTips."""
    limit = setting("TIPS_PER_HOUR")
    most = limit * (_MOST if network else _SHARED_MOST)
    with _this_hour() as hour:
        bucket = _bucket(hour, network)
        of_all = limit * (_ALL_MOST if bucket[1] else _FIRST_MOST)
        is_over = hour["taken"] + units > of_all or (bucket[1] and bucket[1] + units > most)
        if limit and is_over:
            raise TooManyTips
        hour["taken"] += units
        bucket[1] += units


def is_past() -> bool:
    """Whether there is something of an earlier hour to forget."""
    with _state(current_app_object()).changing(_lock()) as state:
        return bool(state) and state["hour"] != _number()


def forget() -> None:
    with _this_hour():
        pass


@contextmanager
def _this_hour() -> Iterator[dict[str, Any]]:
    with _state(current_app_object()).changing(_lock()) as state:
        if state.get("hour") != _number():
            key = secrets.token_hex(16)
            state.clear()
            state.update({"hour": _number(), "key": key, "taken": 0, "buckets": {}})
        yield state


def _bucket(hour: dict[str, Any], network: str | None) -> list[float]:
    """[the second at which its share is free again, units taken] of a network."""
    name = hmac.new(hour["key"].encode(), str(network).encode(), hashlib.sha256).hexdigest()[:16]
    bucket: list[float] = hour["buckets"].setdefault(name, [0, 0])
    return bucket


def _number() -> int:
    """The number of the present hour."""
    return int(now().timestamp()) // HOUR


def _lock() -> Any:
    return key_files.folder() / "this-hour.lock"


@lru_cache(maxsize=8)
def _state(app: Flask) -> SharedState:
    return SharedState()
