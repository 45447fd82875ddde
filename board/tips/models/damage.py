"""Damage: values in rows of tips that no program writes. SQLite stores any value in any column."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    func,
    or_,
    select,
    type_coerce,
)

from board.db import Base, db

_STORED_AS = {Integer: "integer", LargeBinary: "blob", String: "text"}


def is_damaged(table: Table) -> ColumnElement[bool]:
    """Whether a row of this table has a value of another type than its column, or none of its
    words.
    """
    return or_(*(_is_wrong(column) for column in table.columns))


def damaged_tables() -> dict[str, int]:
    """How many damaged rows each table of tips has; tables without any are left out."""
    tables = (table for name, table in Base.metadata.tables.items() if name.split("_")[0] == "tip")
    counts = {
        table.name: db.session.scalar(select(func.count()).where(is_damaged(table))) or 0
        for table in tables
    }
    return {name: count for name, count in counts.items() if count}


def _is_wrong(column: Column[object]) -> ColumnElement[bool]:
    value = type_coerce(column, String)
    if isinstance(column.type, Date):
        return column.is_not(None) & func.date(value).is_distinct_from(value)
    if isinstance(column.type, Boolean):
        return column.is_not(None) & type_coerce(column, Integer).not_in((0, 1))
    if words := column.info.get("words"):
        return column.not_in(words)
    stored = next(name for kind, name in _STORED_AS.items() if isinstance(column.type, kind))
    return func.typeof(column).not_in((stored, "null"))
