"""Change watcher: tells whether anything was committed, and the revision of a page’s subject."""

import threading
from contextlib import suppress
from typing import Any

from flask import Flask

from board.db import db, sqlite

UNKNOWN = -1
_REVISIONS = {
    "article": "SELECT revision FROM article WHERE id = ?",
    "site": "SELECT revision FROM site WHERE id = ?",
    "user": "SELECT revision FROM user WHERE id = ?",
}


class ChangeWatcher:
    """Looks for commits, on a connection that does nothing else. Results are UNKNOWN if the
    database cannot be read, and for a row that does not exist."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._engine = db.engine
        self._connection: Any = None
        self._lock = threading.Lock()

    def version(self) -> int:
        """A number that changes with every commit; not comparable between watchers."""
        return self._query("PRAGMA data_version")

    def revision(self, table: str, id: int) -> int:
        return self._query(_REVISIONS[table], id)

    def close(self) -> None:
        """Close the connection; the next query opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _query(self, sql: str, *values: int) -> int:
        with self._lock, suppress(sqlite.Error):
            if self._connection is None:
                # Detached from the pool: outside any transaction, so it sees each commit.
                connection = self._engine.raw_connection()
                self._connection = connection.dbapi_connection
                connection.detach()
            if row := self._connection.execute(sql, values).fetchone():
                return int(row[0])
        return UNKNOWN
