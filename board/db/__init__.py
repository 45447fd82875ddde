"""The database: engines, the write transaction, the write lock, the schema."""

from board.db.clock import now
from board.db.engine import PRAGMAS, close_connections, db, init_app, sqlite, writing_engine
from board.db.transaction import forget_log, run, writing
from board.db.types import Base, BigId, UtcDateTime

__all__ = [
    "PRAGMAS",
    "Base",
    "BigId",
    "UtcDateTime",
    "close_connections",
    "db",
    "forget_log",
    "init_app",
    "now",
    "run",
    "sqlite",
    "writing",
    "writing_engine",
]
