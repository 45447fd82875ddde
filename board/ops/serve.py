"""The production server: `flask --app wsgi serve`."""

import ctypes
import gc
import platform
import socket
import sys

import click
from flask import current_app

from board.articles.models import Article
from board.db import db, schema, sqlite
from board.db.read_connections import close as close_reading
from board.db.schema import State
from board.db.write_lock import LockTimeout
from board.moderation.cli import load_when_untouched
from board.ops.background.process import background_worker
from board.ops.backup import instance_lock
from board.ops.sample.accounts import print_accounts
from board.ops.sample.loader import load_if_empty
from board.ops.server.supervisor import keep_signals_at_fork
from board.ops.server.workers import serve_workers
from board.ops.version import MIN_SQLITE, is_safe_sqlite
from board.runtime import jobs
from board.runtime.app import current_app_object
from board.runtime.metrics.cells import cells

_M_ARENA_MAX = -8  # malloc.h


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--sample", is_flag=True, help="Load the sample board when there is nothing yet.")
def serve(host: str, port: int, workers: int, sample: bool) -> None:
    """Bring the tables up to date and serve the board."""
    _refuse_taken_port(host, port)
    _refuse_public_without_origin(host)
    refuse_old_sqlite()
    instance_lock.share()
    with instance_lock.starting():
        prepare_tables()
        if sample and load_if_empty():
            click.echo("The sample board has been loaded.")
    click.echo(f"{current_app.config['SITE_NAME']}: {_address(host, port)}")
    print_accounts()
    sys.stdout.flush()
    keep_signals_at_fork()
    jobs.start_scheduler(current_app_object())
    _warm_up()
    _share_memory()
    cells.share(workers + 2)
    with background_worker(current_app_object()):
        serve_workers(host, port, workers)


def _warm_up() -> None:
    """Render a page of each common kind, and so fill all lazy caches: workers are forked from this
    process and share its memory. They must not inherit a connection, see `jobs.start_scheduler`."""
    newest = db.session.scalar(Article.newest().limit(1))
    for path in ("/", *([f"/articles/{newest.slug}"] if newest else [])):
        request = current_app.test_request_context(path, base_url="http://localhost")
        with current_app.app_context(), request:
            current_app.full_dispatch_request()
    close_reading()
    db.session.remove()


def _share_memory() -> None:
    """Limit what workers copy: a page of memory is shared until written to. Freezing keeps garbage
    collection from marking objects, and threads share two heaps instead of having one each."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    gc.freeze()


def refuse_old_sqlite() -> None:
    """Refuse an SQLite that is too old, and warn of one with the WAL-reset bug. The write lock
    prevents that bug, since it keeps commits apart. Raises ClickException."""
    if db.engine.dialect.name != "sqlite" or is_safe_sqlite(sqlite.sqlite_version_info):
        return
    advice = "Install pysqlite3, or Python with SQLite 3.51.3 or newer."
    if sqlite.sqlite_version_info < MIN_SQLITE:
        oldest = ".".join(map(str, MIN_SQLITE))
        raise click.ClickException(
            f"SQLite {sqlite.sqlite_version} is too old: the board needs {oldest}. {advice}"
        )
    click.secho(
        f"Warning: SQLite {sqlite.sqlite_version} may lose a commit (sqlite.org/wal.html, "
        f"“the WAL-reset bug”). {advice}",
        fg="yellow",
        err=True,
    )


def prepare_tables() -> None:
    """Create or upgrade the tables, and load the first rules. Raises ClickException when that
    cannot be done."""
    state = schema.state(db.engine)
    if problem := schema.describe_problem(state):
        raise click.ClickException(f"The {problem}.")
    try:
        if state is not State.CURRENT:
            schema.upgrade()
        load_when_untouched()
    except LockTimeout as error:
        raise click.ClickException("Another start is updating the tables. Try again.") from error


def _refuse_taken_port(host: str, port: int) -> None:
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
