"""What an operator asks first: is this installation healthy, and if not, what to do."""

import os
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import select

from board import config
from board.accounts.email import queue as email_queue
from board.accounts.two_factor.models import SecondFactor, TwoFactorEvent
from board.db import PRAGMAS, db, schema, sqlite
from board.db.hash_chain import find_tampered_tail
from board.db.schema import State
from board.law.terms import documents as terms_documents
from board.moderation.rulings.models import Ruling
from board.tips.models.audit_log import AuditEntry

# Versions of SQLite that may lose a commit when two connections meet in the log (wal.html).
WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
OLDEST_SQLITE = (3, 42, 0)  # before it, what is taken out of the search index stays in the file

LOGS: tuple[tuple[Any, str], ...] = (
    (Ruling, "rulings"),
    (TwoFactorEvent, "second factors"),
    (AuditEntry, "tips"),
)


@click.command("doctor")
def doctor() -> None:
    """Look whether this installation is healthy, and say what to do if it is not."""
    findings = [
        *_look_at_tables(),
        *_look_at_sqlite(),
        *_look_at_log(),
        *_look_at_second_factors(),
        *_look_at_letters(),
        *_look_at_settings(),
    ]
    for is_good, sentence in findings:
        click.secho(f"{'ok ' if is_good else 'BAD'} {sentence}", fg=None if is_good else "red")
    if not all(is_good for is_good, _ in findings):
        raise SystemExit(1)


Finding = tuple[bool, str]


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the bug that loses commits in WAL mode."""
    newest, *backports = WAL_RESET_FIXED
    return version >= newest or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in backports
    )


def _look_at_sqlite() -> list[Finding]:
    if db.engine.dialect.name != "sqlite" or schema.state(db.engine) is State.UNREADABLE:
        return []
    version = sqlite.sqlite_version_info
    safe = is_safe_sqlite(version)
    found = [(safe, f"SQLite {sqlite.sqlite_version}" + _unless(safe, "install pysqlite3"))]
    with db.engine.connect() as connection:
        for name, value in PRAGMAS.items():
            actual = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            found.append((actual == value, f"PRAGMA {name} is {actual}"))
        sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
    found.append((sound, "the file is sound" + _unless(sound, "restore the last backup")))
    mode = os.stat(str(db.engine.url.database)).st_mode & 0o077
    found.append((mode == 0, "only its owner can read it" + _unless(mode == 0, "chmod 600")))
    return found


def _look_at_tables() -> list[Finding]:
    state = schema.state(db.engine)
    if why := schema.describe_problem(state):
        return [(False, f"the {why}")]
    current = state is State.CURRENT
    return [(current, f"the tables are {state.value}" + _unless(current, "start `serve` once"))]


def _look_at_log() -> list[Finding]:
    """The last thousand entries of each; `moderation verify` and `tips verify` read them all."""
    if schema.state(db.engine) is not State.CURRENT:
        return []
    found = []
    for kind, name in LOGS:
        broken = find_tampered_tail(kind, 1000)
        advice = f"entry {broken} was changed behind the board's back"
        found.append((broken is None, f"the log of {name} is whole" + _unless(not broken, advice)))
    return found


def _look_at_second_factors() -> list[Finding]:
    """Who cannot show theirs since the secret key is another."""
    if schema.state(db.engine) is not State.CURRENT:
        return []
    key = current_app.config["SECRET_KEY"]
    factors = db.session.scalars(select(SecondFactor))
    closed = [factor.user_id for factor in factors if not factor.can_decrypt(key=key)]
    advice = f"of {len(closed)} staff they do not: put the old secret_key back, or reset them"
    return [(not closed, "second factors open with the secret key" + _unless(not closed, advice))]


def _look_at_letters() -> list[Finding]:
    if not email_queue.is_configured():
        missing = "BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN"
        return [(True, f"readers are told on the board only (mail needs {missing})")]
    if schema.state(db.engine) is not State.CURRENT:
        return []
    late, refused = email_queue.count_late(), email_queue.count_given_up()
    often = f"{late} wait for over an hour: run `mail send` every five minutes"
    who = f"{refused} were refused by the mail server within a month"
    return [
        (not late, "letters leave" + _unless(not late, often)),
        (not refused, "the mail server takes them" + _unless(not refused, who)),
    ]


def _look_at_settings() -> list[Finding]:
    origin = current_app.config["ORIGIN"]
    key = Path(current_app.instance_path) / "secret_key"
    private = not key.exists() or key.stat().st_mode & 0o077 == 0
    whose = "the newsroom’s own" if terms_documents.is_own(current_app) else (
        "those the board ships with; read them, and lay your own into the folder terms"
    )  # fmt: skip
    misspelt = [(False, f"{name} is no setting of the board") for name in config.misspelt()]
    return [
        *misspelt,
        (True, f"readers reach it at {origin or 'this machine only (BOARD_ORIGIN is not set)'}"),
        (True, f"the terms of use are {whose}"),
        (private, "the secret key is private" + _unless(private, f"chmod 600 {key}")),
    ]


def _unless(is_good: bool, advice: str) -> str:
    return "" if is_good else f": {advice}"
