"""What an operator types: `flask --app wsgi serve | doctor | articles | accounts | …`."""

import ctypes
import gc
import logging
import os
import platform
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import Migrate
from granian.constants import Interfaces
from granian.server import Server
from sqlalchemy import select

from board import config, due, schema
from board.accounts import letters
from board.accounts.commands import accounts_cli
from board.accounts.letter_commands import mail_cli
from board.accounts.second_factor import FactorAct, SecondFactor
from board.articles.imports import articles_cli
from board.articles.models import Article
from board.chain import first_broken_of_last
from board.db import PRAGMAS, db, sqlite
from board.law import terms
from board.law.commands import law_cli
from board.lock import Busy
from board.moderation.commands import load_when_untouched, rules_cli
from board.moderation.log_commands import moderation_cli
from board.moderation.models import Ruling
from board.reading import close as close_reading
from board.sample.commands import load_sample_when_empty, print_accounts, sample_cli
from board.schema import State
from board.tips.commands import tips_cli
from board.tips.log import Entry

# Versions of SQLite that may lose a commit when two connections meet in the log (wal.html).
WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))

# Of each worker. Two would keep the interpreter busy; the others are there to wait, for a turn to
# write, to search or to check a password, so that whoever only reads does not (see the queues).
THREADS = 24

LOGS: tuple[tuple[Any, str], ...] = (
    (Ruling, "rulings"),
    (FactorAct, "second factors"),
    (Entry, "tips"),
)

_M_ARENA_MAX = -8  # malloc.h

_WHY_NOT = {
    State.NEWER: "was made by a newer version of the board. Install that version, or restore the "
    "backup made before the update",
    State.NOT_OURS: "holds tables of another program. Name another with BOARD_DATABASE_URL",
    State.UNREADABLE: "cannot be opened: it is no database, or damaged, or not reachable",
}


def init_app(app: Flask) -> None:
    Migrate(app, db, directory=str(schema.MIGRATIONS))
    slices = (
        accounts_cli,
        mail_cli,
        articles_cli,
        rules_cli,
        moderation_cli,
        law_cli,
        tips_cli,
        sample_cli,
    )
    for command in (serve, doctor, due.due, *slices):
        app.cli.add_command(command)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--sample", is_flag=True, help="Load the sample board when there is nothing yet.")
def serve(host: str, port: int, workers: int, sample: bool) -> None:
    """Bring the tables up to date and serve the board."""
    _refuse_taken(host, port)
    _refuse_public_without_origin(host)
    warn_of_old_sqlite()
    prepare()
    if sample and load_sample_when_empty():
        click.echo("The sample board has been loaded.")
    click.echo(f"{current_app.config['SITE_NAME']}: {_address(host, port)}")
    print_accounts()
    sys.stdout.flush()
    # Granian thinks THREADS many: it cannot know that most of them wait, for a turn or a password.
    logging.getLogger("_granian").addFilter(lambda told: "Python threads" not in told.getMessage())
    due.keep_running(current_app._get_current_object())  # type: ignore[attr-defined]
    os.register_at_fork(after_in_child=heed_signals)
    _warm_up()
    _share_memory()
    Server(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,  # seconds
        working_dir=Path(__file__).parent.parent,
        log_enabled=True,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


def heed_signals() -> None:
    """In a worker that has only just been forked: until it has handlers of its own, those it has
    from its parent would note that it shall end, and leave it waiting for ever."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


def _warm_up() -> None:
    """Make a page of each common kind, and with it all that is made once: workers are forked from
    this process and share it. They must not inherit a connection, see `due.keep_running`."""
    newest = db.session.scalar(Article.newest().limit(1))
    for path in ("/", *([f"/articles/{newest.slug}"] if newest else [])):
        request = current_app.test_request_context(path, base_url="http://localhost")
        with current_app.app_context(), request:
            current_app.full_dispatch_request()
    close_reading()
    db.session.remove()


def _share_memory() -> None:
    """What a worker writes to it no longer shares: spare it the marks that garbage collection
    leaves, and a heap for each of its threads."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    gc.freeze()


def warn_of_old_sqlite() -> None:
    """The write lock keeps commits apart, which is when the bug strikes; but say it every time."""
    if db.engine.dialect.name == "sqlite" and not is_safe_sqlite(sqlite.sqlite_version_info):
        click.secho(
            f"Warning: SQLite {sqlite.sqlite_version} may lose a commit (sqlite.org/wal.html, "
            "“the WAL-reset bug”). Install pysqlite3, or Python with SQLite 3.51.3 or newer.",
            fg="yellow",
            err=True,
        )


def prepare() -> None:
    """Make or update the tables, with the first rules in them. One sentence and an end when this
    cannot be done."""
    state = schema.state(db.engine)
    if state in _WHY_NOT:
        raise click.ClickException(f"The database {_database()} {_WHY_NOT[state]}.")
    try:
        if state is not State.CURRENT:
            schema.upgrade()
        load_when_untouched()
    except Busy as error:
        raise click.ClickException("Another start is updating the tables. Try again.") from error


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
    if state in _WHY_NOT:
        return [(False, f"the database {_database()} {_WHY_NOT[state]}")]
    current = state is State.CURRENT
    return [(current, f"the tables are {state.value}" + _unless(current, "start `serve` once"))]


def _look_at_log() -> list[Finding]:
    """The last thousand entries of each; `moderation verify` and `tips verify` read them all."""
    if schema.state(db.engine) is not State.CURRENT:
        return []
    found = []
    for kind, name in LOGS:
        broken = first_broken_of_last(kind, 1000)
        advice = f"entry {broken} was changed behind the board's back"
        found.append((broken is None, f"the log of {name} is whole" + _unless(not broken, advice)))
    return found


def _look_at_second_factors() -> list[Finding]:
    """Who cannot show theirs since the secret key is another."""
    if schema.state(db.engine) is not State.CURRENT:
        return []
    key = current_app.config["SECRET_KEY"]
    factors = db.session.scalars(select(SecondFactor))
    closed = [factor.user_id for factor in factors if not factor.opens(key=key)]
    advice = f"of {len(closed)} staff they do not: put the old secret_key back, or reset them"
    return [(not closed, "second factors open with the secret key" + _unless(not closed, advice))]


def _look_at_letters() -> list[Finding]:
    if not letters.is_possible():
        missing = "BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN"
        return [(True, f"readers are told on the board only (mail needs {missing})")]
    if schema.state(db.engine) is not State.CURRENT:
        return []
    late, refused = letters.count_late(), letters.count_given_up()
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
    whose = "the newsroom’s own" if terms.is_own(current_app) else (
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


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Nothing can listen on {host}:{port} ({error.strerror}). "
                "Stop what runs there, or choose another with --port."
            ) from error


def _refuse_public_without_origin(host: str) -> None:
    if host not in ("127.0.0.1", "localhost", "::1") and not current_app.config["ORIGIN"]:
        raise click.ClickException(
            "To be reached from other machines the board must know its address: "
            "set BOARD_ORIGIN, for example to https://news.example."
        )


def _address(host: str, port: int) -> str:
    return current_app.config["ORIGIN"] or f"http://{host}:{port}"


def _database() -> str:
    return db.engine.url.render_as_string(hide_password=True)
