"""The database: engines, the write transaction, the write lock, the schema."""

from board.db.clock import now
from board.db.engine import PRAGMAS, close_connections, db, init_app, sqlite, writing_engine
from board.db.transaction import (
    execute_core,
    has_large_wal,
    truncate_wal,
    write_unless_locked,
    writing,
)
from board.db.types import Base, BigId, UtcDateTime

__all__ = [
    "PRAGMAS",
    "Base",
    "BigId",
    "UtcDateTime",
    "close_connections",
    "db",
    "execute_core",
    "has_large_wal",
    "init_app",
    "now",
    "sqlite",
    "truncate_wal",
    "write_unless_locked",
    "writing",
    "writing_engine",
]
