"""Proof of a backup: it is restored into a scratch folder, where another process opens the board.

That process has nothing in common with this one: its own app, settings and connections.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from board.articles.models import Article
from board.db import db, schema
from board.db.schema import State
from board.law.claims.evidence import Evidence
from board.ops.logs import tampered_logs
from board.tips.integrity import checkpoints
from board.tips.integrity.findings import check_secrets
from board.tips.models.tip import Tip, TipItem

ROOT = Path(__file__).parents[3]


class NotProven(Exception):
    """What was restored is not a whole board. Its text is a sentence."""


def prove(folder: Path, *, restored: bool = False) -> list[str]:
    """Check the board in this folder. Returns the files its database names that are not there.

    `restored`: it goes into service, so tips are told that the database went back. Raises
    NotProven.
    """
    words = ["prove-backup", *(["--restored"] if restored else [])]
    result = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT, env=environment(folder, DATABASE_URL="", BACKUP_FOLDER=""),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        raise NotProven((result.stderr.strip().splitlines() or ["it could not be opened"])[-1])
    return list(json.loads(result.stdout.splitlines()[-1]))


def environment(instance: Path, **settings: str) -> dict[str, str]:
    """For a process of ours about another instance folder, with other settings."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("FLASK_")}
    changed = {f"BOARD_{name}": value for name, value in settings.items()}
    return {**inherited, **changed, "BOARD_INSTANCE": str(instance), "PYTHONUTF8": "1"}


@click.command("prove-backup", hidden=True)
@click.option("--restored", is_flag=True)
@with_appcontext
def prove_backup(restored: bool) -> None:
    """Check the board in BOARD_INSTANCE, a restored one. Prints the files that are missing."""
    try:
        click.echo(json.dumps(check(restored=restored)))
    except NotProven as error:
        raise click.ClickException(str(error)) from error


def check(*, restored: bool) -> list[str]:
    """What `prove` does, in the process of its own. Raises NotProven."""
    if problem := next(_problems(), None):
        raise NotProven(problem)
    if restored and (checkpoints.snapshot()["log"] or checkpoints.check()):
        checkpoints.report(["tips"])
    return sorted(_missing_files())


def _problems() -> Iterator[str]:
    state = schema.state(db.engine)
    if problem := schema.describe_problem(state):
        yield f"The {problem}."
    if state is State.EMPTY:
        yield "The database is empty."
    yield from _unsound()
    if state is State.BEHIND:
        schema.upgrade()
    yield from tampered_logs()
    yield from (sentence for is_good, sentence in check_secrets() if not is_good)
    yield from _broken_pages()


def _unsound() -> Iterator[str]:
    with db.engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
            yield "The database is damaged."
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            yield "Rows of the database point at nothing."


def _broken_pages() -> Iterator[str]:
    article = db.session.scalar(Article.newest().limit(1))
    db.session.rollback()
    paths = ("/readyz", "/", "/rulings", *([f"/articles/{article.slug}"] if article else []))
    for path in paths:
        client = current_app.test_client()
        if client.get(path, base_url="http://localhost").status_code != 200:
            yield f"The board does not answer at {path}."


def _missing_files() -> set[str]:
    folder = Path(current_app.instance_path)
    with db.session.no_autoflush:
        evidence, files, refs = (
            db.session.scalars(select(column)) for column in (Evidence.file, TipItem.file, Tip.ref)
        )
        named = {
            *(f"evidence/{name}" for name in evidence),
            *(f"tips/files/{name}" for name in files if name),
            *(f"tips/keys/{ref}" for ref in refs),
        }
    return {name for name in named if not (folder / name).is_file()}
