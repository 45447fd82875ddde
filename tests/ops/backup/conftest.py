"""Fixtures of backups: a folder for them, and proofs in this process."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from pyrage.x25519 import Identity

from board.db import close_connections, db
from board.ops.backup import proof
from board.ops.backup.cli import backup as backup_command
from board.ops.backup.cli import restore as restore_command
from board.ops.backup.folder import Backup, BackupFolder
from board.ops.backup.make import make
from board.ops.backup.retention import Periods
from tips.conftest import at_desk, desk, quick, sent, source  # noqa: F401 - fixtures

KEEP = Periods(7, 4, 3)


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> BackupFolder:
    """An empty folder for backups."""
    path = tmp_path_factory.mktemp("backups") / "store"
    path.mkdir()
    return BackupFolder(path)


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder to restore into."""
    return tmp_path_factory.mktemp("restored")


@pytest.fixture
def age() -> Identity:
    """The operator's key, on another computer."""
    return Identity.generate()


@pytest.fixture
def proven_here(monkeypatch: pytest.MonkeyPatch, another: Callable[..., Flask]) -> None:
    """Prove backups in this process, in an app of their own: a new process takes seconds."""

    def prove(folder: Path, *, restored: bool = False) -> list[str]:
        with another(folder, BACKUP_FOLDER="", DATABASE_URL="").app_context():
            missing = proof.check(restored=restored)
            db.session.remove()
            close_connections()
        return missing

    monkeypatch.setattr(proof, "prove", prove)


@pytest.fixture
def backed_up(app: Flask, store: BackupFolder, proven_here: None) -> Callable[..., Backup]:
    """Makes a backup of the board of this test."""

    def back_up(recipient: str = "") -> Backup:
        db.session.rollback()
        return make(store, recipient=recipient, periods=KEEP)

    return back_up


@pytest.fixture
def restored(
    another: Callable[..., Flask], empty: Path, proven_here: None
) -> Callable[..., Result]:
    """Runs `restore` in another instance folder, the empty one unless named with `into`."""

    def run(*words: Any, into: Path | None = None) -> Result:
        other = another(into or empty)
        with other.app_context():
            return other.test_cli_runner().invoke(restore_command, [str(word) for word in words])

    return run


@pytest.fixture
def backup_by_command(app: Flask, proven_here: None) -> Callable[..., Result]:
    """Runs `backup` on the board of this test."""

    def run(*words: Any) -> Result:
        db.session.rollback()
        return app.test_cli_runner().invoke(backup_command, [str(word) for word in words])

    return run


@pytest.fixture
def careless_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)
