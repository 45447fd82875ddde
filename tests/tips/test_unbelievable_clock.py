"""A clock that is wrong for a while erases no tip, no form, and no key that a backup keeps."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from board.db import db
from board.ops.backup import proof
from board.ops.backup.folder import BackupFolder
from board.ops.backup.make import make
from board.ops.backup.retention import Periods
from board.runtime import jobs
from board.tips.attachments import draft_space
from board.tips.cli import tidy
from board.tips.crypto import key_files
from board.tips.models.tip import Tip
from support.host_clock import HostClock, host_clock
from tips.conftest import ReaderClient, SourceClient

FAR = timedelta(days=200)


@pytest.fixture
def believable_clock() -> None:
    """The check itself, instead of a clock that is always believed."""


@pytest.fixture
def clock(sent: SourceClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostClock]:
    with host_clock(monkeypatch) as clock:
        yield clock


def test_no_tip_is_erased(clock: HostClock, app: Flask) -> None:
    clock.step(FAR)
    assert jobs.run_pending() == jobs.run_pending() == []
    db.session.rollback()
    result = app.test_cli_runner().invoke(tidy)
    assert (result.exit_code, result.output.partition(",")[0]) == (
        1, "Error: The clock is not where it was",
    )  # fmt: skip
    assert db.session.query(Tip).count() == len([*key_files.folder("keys").iterdir()]) == 1

    clock.step(-FAR)
    clock.go(FAR)
    assert "tips" in jobs.run_pending()
    assert db.session.query(Tip).count() == 0


def test_no_form_that_is_being_written_is_deleted(
    clock: HostClock, desk: ReaderClient, app: Flask
) -> None:
    other = SourceClient(app)
    other.preview("장부", files=((b"ledger", "ledger.txt"),))
    clock.step(FAR)
    draft_space.sweep()
    assert len([*key_files.folder("drafts").iterdir()]) == 2

    clock.step(-FAR)
    clock.go(FAR)
    draft_space.sweep()
    assert [*key_files.folder("drafts").iterdir()] == []


def test_no_erase_keys_of_backups_are_deleted(
    clock: HostClock, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "prove", lambda *args, **kwargs: [])
    store = BackupFolder(tmp_path_factory.mktemp("store"))

    def back_up() -> list[int]:
        db.session.rollback()
        make(store, recipient="", periods=Periods(7, 4, 3))
        return [int(path.name[:6]) for path in store.key_copies()]

    assert back_up() == [1]
    clock.step(FAR)
    assert back_up() == [1, 2]

    clock.step(-FAR)
    assert back_up() == [1, 3]  # but for the one from the future
