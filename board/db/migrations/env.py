"""Alembic environment: connects it to the database. Called by `board.db.schema`."""

import logging

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, event, pool, text

from board.db import Base, schema, sqlite

logging.getLogger("alembic").setLevel(logging.WARNING)


def _engine():
    """An engine for migrations. Foreign keys are off while tables are rebuilt, or rows would be
    deleted with the table they point at; they are checked before the commit instead."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(url, module=sqlite, poolclass=pool.NullPool)

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):
        connection.isolation_level = None
        for pragma in ("foreign_keys = 0", "journal_mode = wal", "synchronous = 2"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _run():
    with _engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
            compare_type=True,
            include_name=schema.is_mapped,
        )
        with context.begin_transaction():
            context.run_migrations()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"rows point at nothing after the migration: {broken[:3]}")


_run()
