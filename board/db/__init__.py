"""The database: engines, the write transaction, the write lock, the schema."""

from board.db.engine import (
    PRAGMAS,
    Base,
    BigId,
    UtcDateTime,
    close_connections,
    db,
    forget_log,
    init_app,
    now,
    run,
    sqlite,
    writing,
    writing_engine,
)

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
