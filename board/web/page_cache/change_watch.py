"""Change watcher: whether anything was committed, and the revision of an article."""

import threading
from contextlib import suppress
from typing import Any

from flask import Flask

from board.db import db, sqlite

UNKNOWN = -1


class ChangeWatcher:
    """A connection of its own that only looks whether something was committed. What it cannot
    read is UNKNOWN, and so is what is not there."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._engine = db.engine
        self._connection: Any = None
        self._lock = threading.Lock()

    def version(self) -> int:
        """Another number after every commit by any process; not comparable between watches."""
        return self._query("PRAGMA data_version")

    def revision(self, article_id: int) -> int:
        return self._query("SELECT revision FROM article WHERE id = ?", article_id)

    def close(self) -> None:
        """Give the connection back; whoever asks next gets another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _query(self, question: str, *values: int) -> int:
        with self._lock, suppress(sqlite.Error):
            if self._connection is None:
                # Taken out of the pool: in no transaction, so it sees what is committed by now.
                connection = self._engine.raw_connection()
                self._connection = connection.dbapi_connection
                connection.detach()
            if row := self._connection.execute(question, values).fetchone():
                return int(row[0])
        return UNKNOWN
