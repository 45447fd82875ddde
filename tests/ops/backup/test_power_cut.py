"""Power cut: files that a backup would contain are there afterwards, and so is the backup.

A file whose folder was not synced loses its name. So here the disk is what was synced: the content
of files, and the names that a folder had when it was synced last.
"""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from board.articles.models import Article
from board.config import durable_files
from board.db import writing_engine
from board.ops.backup import instance_lock, status
from board.ops.backup.folder import BackupFolder, Manifest, publish, store_manifest
from board.tips.crypto import key_files
from conftest import say
from tips.conftest import ReaderClient, SourceClient


class Disk:
    """What a power cut would leave below a folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.names: dict[int, dict[str, int]] = {}  # inodes: of a folder, and of what is in it
        self.synced = {path.stat().st_ino for path in top.rglob("*")}
        self.lost_at_commit: set[str] = set()
        for folder in (top, *(path for path in top.rglob("*") if path.is_dir())):
            self.names[folder.stat().st_ino] = _entries(folder)

    def sync(self, path: Path) -> None:
        self.synced.add(path.stat().st_ino)
        if path.is_dir():
            self.names[path.stat().st_ino] = _entries(path)

    def lost(self) -> set[str]:
        return {str(path.relative_to(self.top)) for path in self._lost(self.top)}

    def _lost(self, folder: Path) -> Iterator[Path]:
        names = self.names.get(folder.stat().st_ino, {})
        for path in folder.iterdir():
            inode = path.stat().st_ino
            is_named = names.get(path.name) == inode
            if not is_named or (path.is_file() and inode not in self.synced):
                yield path
            if path.is_dir():
                yield from self._lost(path)


def _entries(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


# Empty files that are locked, and SQLite’s own.
NO_MATTER = (".lock", ".turnstile", ".turn", "-shm", "-wal", "presses")


@pytest.fixture
def disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(Path(app.instance_path))
    fsync = os.fsync

    def note(descriptor: int) -> None:
        fsync(descriptor)
        disk.sync(Path(os.readlink(f"/proc/self/fd/{descriptor}")))

    monkeypatch.setattr(os, "fsync", note)

    def at_commit(_connection: object) -> None:
        disk.lost_at_commit |= needed(disk)

    event.listen(engine := writing_engine(), "commit", at_commit)
    yield disk
    event.remove(engine, "commit", at_commit)


def needed(disk: Disk) -> set[str]:
    return {name for name in disk.lost() if not name.endswith(NO_MATTER)}


def in_folder(disk: Disk, name: str) -> int:
    return sum(1 for _ in (disk.top / name).iterdir())


def test_evidence_of_a_claim_is_there_after_a_power_cut(
    disk: Disk, guest: FlaskClient, harbour: Article, ada: object
) -> None:
    comment = say(harbour, ada, "She lives at 3 Pier Street")
    form = {
        "url": f"/comments/{comment.id}", "sentence": "3 Pier Street", "kind": "privacy",
        "text": "My address.", "wish": "block", "requester": "person", "name": "Kim Harbour",
        "contact": "kim@pier.example", "consent": "y", "proof": (io.BytesIO(b"notes"), "n.txt"),
    }  # fmt: skip

    assert guest.post("/report/rights", data=form).status_code == 201

    assert in_folder(disk, "evidence") == 1
    assert (needed(disk), disk.lost_at_commit) == (set(), set())


def test_a_tip_with_a_file_is_there_after_a_power_cut(
    disk: Disk, tess: object, at_desk: Callable[..., ReaderClient], source: SourceClient
) -> None:
    at_desk(tess)
    assert needed(disk) == set()  # the pepper and the first checkpoints
    assert source.send("장부가 두 권입니다.", files=((b"ledger", "ledger.txt"),)).status_code == 200

    assert (in_folder(disk, "tips/keys"), in_folder(disk, "tips/files")) == (1, 1)
    assert (needed(disk), disk.lost_at_commit) == (set(), set())


def test_a_tip_that_waits_for_its_turn_is_there_after_a_power_cut(
    disk: Disk, desk: ReaderClient, source: SourceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.tips.source.sending._seconds_to_wait", lambda _: 60)

    assert source.send("장부", files=((b"ledger", "ledger.txt"),)).status_code == 202

    assert (in_folder(disk, "tips/waiting"), in_folder(disk, "tips/drafts")) == (1, 2)
    assert needed(disk) == set()


def test_the_erasure_of_a_tip_is_not_undone_by_a_power_cut(
    disk: Disk, desk: ReaderClient, source: SourceClient
) -> None:
    source.send("장부")
    (key,) = key_files.folder("keys").iterdir()

    desk.post("/desk/tips/1/erase", sure="yes")

    assert key.name not in disk.names[key.parent.stat().st_ino]


def test_the_secrets_of_a_new_board_are_there_after_a_power_cut(
    disk: Disk, another: Callable[..., Flask]
) -> None:
    another(disk.top / "new")

    assert {"new/secret_key", "new/board.db"} & disk.lost() == set()


def test_a_backup_that_counts_is_there_after_a_power_cut(disk: Disk) -> None:
    (disk.top / "store").mkdir()
    durable_files.sync_folder(disk.top)
    store = BackupFolder(disk.top / "store")
    store.make()
    draft = store.boards / "000001-2026-12-01T0000Z.partial"
    draft.mkdir()
    store_manifest(draft, Manifest("", "", "", "", 0, "", False))
    publish(draft)
    status.begin()

    assert needed(disk) == set()


def test_that_files_are_being_replaced_is_noted_before_the_first_one_is(disk: Disk) -> None:
    with instance_lock.exclusive() as lock, instance_lock.replacing(lock):
        assert "instance.lock" not in disk.lost()
