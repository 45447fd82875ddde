"""Clock check: whether the clock is believable. Acts that cannot be taken back wait until it is.

A clock that is wrong for seconds would end takedowns and erase tips for good. It is believed while
it agrees with the kernel's count of seconds since the machine was started, which setting the clock
does not change. After a restart nobody has counted, so it may be an hour later at most. Any other
clock is believed once it has gone evenly for an hour.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from board.config import durable_files
from board.db import db
from board.runtime.app import instance_folder

STEP_MAX = 5 * 60.0  # seconds it may be set by
OFF_MAX = 3600.0  # seconds the machine may have been off
EVEN_FOR = 3600.0  # seconds
_STORE_EVERY = 600.0  # seconds
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # also while suspended


@dataclass(frozen=True)
class Moment:
    """What two clocks say: seconds since 1970, and since the machine was started (`boot`)."""

    boot: str
    uptime: float
    wall: float

    def follows(self, earlier: "Moment") -> bool:
        """Whether the first clock went on since then as time did."""
        passed = self.wall - earlier.wall
        if self.is_same_boot(earlier):
            return abs(passed - (self.uptime - earlier.uptime)) <= STEP_MAX
        return -STEP_MAX <= passed <= OFF_MAX

    def is_same_boot(self, earlier: "Moment") -> bool:
        return self.boot == earlier.boot and self.uptime >= earlier.uptime


@dataclass(frozen=True)
class Record:
    """When the clock was last believed; and, if it is not, since when it has gone evenly."""

    believed: Moment
    doubted: Moment | None = None

    def at(self, now: Moment) -> "Record":
        """The next record."""
        if now.follows(self.believed):
            age = abs(now.uptime - self.believed.uptime)
            is_news = self.doubted or now.boot != self.believed.boot or age >= _STORE_EVERY
            return Record(now) if is_news else self
        if self.doubted and now.is_same_boot(self.doubted) and now.follows(self.doubted):
            return Record(now) if now.uptime - self.doubted.uptime >= EVEN_FOR else self
        return Record(self.believed, now)


def is_believable() -> bool:
    return believable_at() is None


def believable_at() -> datetime | None:
    """When the clock will be believed, if it goes on evenly and somebody looks at it until then;
    None if it is."""
    doubted = _look().doubted
    return datetime.fromtimestamp(doubted.wall + EVEN_FOR, UTC) if doubted else None


def _look() -> Record:
    before = _load()
    record = before.at(_now())
    if record != before:
        with suppress(OSError):  # the disk is full: the clock is doubted for longer
            durable_files.replace(_path(), json.dumps(asdict(record)).encode())
    return record


def _load() -> Record:
    """Where there is none yet, the clock was last seen when somebody last wrote."""
    try:
        stored = json.loads(_path().read_bytes())
        doubted = stored["doubted"]
        return Record(Moment(**stored["believed"]), Moment(**doubted) if doubted else None)
    except (OSError, ValueError, TypeError, KeyError):
        return Record(Moment("", 0.0, _last_commit()))


def _last_commit() -> float:
    paths = (Path(f"{db.engine.url.database}{end}") for end in ("", "-wal"))
    return max((path.stat().st_mtime for path in paths if path.exists()), default=0.0)


def _now() -> Moment:
    return Moment(_boot(), time.clock_gettime(_UPTIME), time.time())


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        return os.name


def _path() -> Path:
    return instance_folder() / "clock.json"
