"""Gauges: what is measured when somebody reads /metrics.

Sizes of files and processes are rounded up to a mebibyte: finer, they would tell on a quiet board
when a tip is written.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from board.accounts.email.queue import QueuedEmail
from board.db import db, now, sqlite
from board.moderation import queue
from board.moderation.queue import Queue, QueueItem
from board.ops.backup import schedule
from board.ops.metrics.processes import process_gauges
from board.ops.version import board_version, is_safe_sqlite
from board.runtime.metrics.exposition import Gauge
from board.runtime.metrics.families import Sample

MEBIBYTE = 1024 * 1024


def gauges() -> Iterator[Gauge]:
    """Those of the database are missing while it cannot be read."""
    yield _build()
    yield from process_gauges()
    yield from _files()
    yield from _backups()
    try:
        yield from [*_queues(), *_mail()]
    except DBAPIError:
        db.session.rollback()


def round_up(size: int, unit: int = MEBIBYTE) -> int:
    return -(-size // unit) * unit


def _build() -> Gauge:
    labels = {"version": board_version(), "sqlite": sqlite.sqlite_version}
    labels["wal_reset_bug"] = str(not is_safe_sqlite(sqlite.sqlite_version_info)).lower()
    return Gauge("board_build_info", "What runs here.", [Sample(1, labels)])


def _files() -> Iterator[Gauge]:
    database = Path(str(db.engine.url.database))
    disk = shutil.disk_usage(database.parent)
    wal = database.with_name(f"{database.name}-wal")
    sizes = {"database": database, "wal": wal}
    samples = [
        Sample(round_up(path.stat().st_size), {"file": name})
        for name, path in sizes.items()
        if path.exists()
    ]
    yield Gauge("board_sqlite_bytes", "Size of the database and its write-ahead log.", samples)
    share = Sample(round(disk.free / disk.total, 3))
    yield Gauge("board_disk_free_ratio", "Free share of the disk of the database.", [share])


def _backups() -> Iterator[Gauge]:
    there = schedule.folder()
    if there and (backups := there.backups()):
        proven_at = datetime.fromisoformat(backups[-1].manifest.proven_at).timestamp()
        name = "board_last_verified_restore_timestamp_seconds"
        yield Gauge(name, "When the newest backup was restored and checked.", [Sample(proven_at)])


def _queues() -> Iterator[Gauge]:
    counts = queue.counts()
    depths = [Sample(count, {"queue": name}) for name, count in counts.items()]
    yield Gauge("board_queue_items", "Comments that wait for a moderator; 1000: or more.", depths)
    ages = [
        Sample(_age(name, int(count * (1 - share))), {"queue": name, "quantile": str(share)})
        for name, count in counts.items()
        for share in (0.5, 0.95)
        if count
    ]
    yield Gauge("board_queue_age_seconds", "How long they have waited.", ages)


def _age(name: Queue, position: int) -> float:
    """How long the item at this position has waited; the oldest is at 0."""
    times = select(QueueItem.since).where(QueueItem.queue == name.value).order_by(QueueItem.since)
    since = db.session.scalar(times.offset(position).limit(1))
    return max(0.0, (now() - since).total_seconds()) if since else 0.0


def _mail() -> Iterator[Gauge]:
    waiting = select(func.count(), func.min(QueuedEmail.due_at)).where(
        QueuedEmail.due_at.is_not(None)
    )
    count, oldest = db.session.execute(waiting).one()
    yield Gauge("board_mail_waiting", "Letters that were not sent yet.", [Sample(count)])
    late = max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0
    yield Gauge("board_mail_late_seconds", "How late the first of them is.", [Sample(late)])
