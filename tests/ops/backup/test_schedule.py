"""`serve` makes backups when they are due, and `doctor` says how old the last proven one is."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from board import create_app
from board.articles.models import Article
from board.comments.models import Comment
from board.config import BadSetting
from board.db import db, now
from board.ops.background import commands as command_module
from board.ops.background.commands import Commands
from board.ops.backup import schedule, status
from board.ops.backup.folder import Manifest, store_manifest
from board.ops.backup.status import BackupFailed, attempt
from board.ops.wiring import COMMANDS
from board.runtime.app import instance_folder
from board.runtime.background import TaskRun
from conftest import say


@pytest.fixture
def configured(app, store):
    app.config["BACKUP_FOLDER"] = str(store.boards.parent)
    store.make()
    return store


def add(store, made_at: datetime, *, is_encrypted: bool = True) -> Path:
    """A backup that was proven then."""
    path = store.boards / store.next_name(made_at)
    path.mkdir()
    (path / "board.tar").write_bytes(b"12345")
    moment = made_at.isoformat()
    store_manifest(path, Manifest(moment, moment, "0032", "board.tar", 5, "", is_encrypted))
    return path


def test_nothing_is_due_unless_a_folder_is_set(app):
    assert not schedule.is_due()


def test_a_board_without_a_backup_makes_one(configured):
    assert schedule.is_due()


@pytest.mark.parametrize(
    ("hours", "due"), [(0, False), (23.9, False), (24.1, True), (-48, True), (-0.05, False)]
)
def test_the_next_is_due_a_day_after_the_last(configured, hours, due):
    """One from the future was made by a clock that was wrong, and stops nothing."""
    add(configured, now() - timedelta(hours=hours))

    assert schedule.is_due() == due


def test_one_that_failed_is_tried_again_an_hour_later(configured):
    with pytest.raises(BackupFailed), attempt():
        raise BackupFailed("No space left.")

    assert not schedule.is_due()
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert schedule.is_due()


def test_none_is_due_while_one_is_being_made(configured, app):
    with attempt():
        assert not schedule.is_due()


def test_erase_keys_that_must_go_make_one_due(configured):
    add(configured, now())
    assert not schedule.is_due()
    name = configured.next_name(now() - timedelta(days=15))
    (configured.keys / f"{name}.tar").write_bytes(b"")

    assert schedule.is_due()


def findings():
    return [f"{'ok' if is_good else 'BAD'} {sentence}" for is_good, sentence in schedule.findings()]


def test_doctor_says_when_no_backups_are_made(app):
    assert findings() == ["ok the board makes no backups (BOARD_BACKUP_FOLDER is not set)"]


def test_doctor_says_when_none_was_ever_proven(configured):
    assert findings() == ["BAD no backup was ever proven: run `backup`"]


@pytest.mark.parametrize(("hours", "begin"), [(5, "ok"), (48, "ok"), (49, "BAD")])
def test_doctor_tells_the_age_of_the_last(configured, hours, begin):
    path = add(configured, now() - timedelta(hours=hours, minutes=1))
    advice = ": run `backup` and see what it says" if begin == "BAD" else ""

    assert findings() == [
        f"{begin} the last proven backup is {path.name}, {hours} hours old{advice}"
    ]


def test_doctor_tells_why_the_last_try_failed(configured):
    add(configured, now())
    with pytest.raises(BackupFailed), attempt():
        raise BackupFailed("No space left.")

    assert findings()[1:] == ["BAD the last try to make a backup failed: No space left."]


def test_doctor_tells_of_a_try_that_was_killed(configured):
    add(configured, now())
    with attempt():
        assert findings()[1:] == [f"BAD the last try to make a backup failed: {status.INTERRUPTED}"]
    assert findings()[1:] == []


def test_doctor_tells_of_an_archive_that_is_cut_off(configured):
    path = add(configured, now())
    (path / "board.tar").write_bytes(b"1234")

    assert findings()[0].endswith("its archive is missing or cut off, run `backup`")
    assert findings()[0].startswith("BAD")


def test_doctor_advises_to_encrypt(configured):
    add(configured, now(), is_encrypted=False)

    assert findings()[1].startswith("ok backups are not encrypted, and contain the board’s secrets")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_damaged_status_is_none(configured, content):
    status.work_folder()
    (instance_folder() / "backup" / "status.json").write_text(content)

    assert status.last_attempt() is None
    assert schedule.is_due()


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [("BACKUP_FOLDER", "backups"), ("BACKUP_RECIPIENT", "age1x"), ("BACKUP_HOURS", "0")],
    )
    def test_a_bad_value_is_refused(self, tmp_path, name, value):
        with pytest.raises(BadSetting, match=f"BOARD_{name} must be"):
            create_app({"INSTANCE": str(tmp_path), name: value})

    def test_a_secret_key_given_by_mistake_is_not_repeated(self, tmp_path, age):
        with pytest.raises(BadSetting) as refusal:
            create_app({"INSTANCE": str(tmp_path), "BACKUP_RECIPIENT": str(age)})

        assert "it is the secret key" in refusal.value.format_message()
        assert str(age)[:20] not in refusal.value.format_message().replace("AGE-SECRET-KEY-…", "")


@pytest.mark.slow
def test_serve_makes_one_while_people_write(
    app, store, ada, harbour, restored, another, empty, monkeypatch
):
    """The real thing: a process of its own, which proves it in another."""
    app.config["BACKUP_FOLDER"] = str(store.boards.parent)
    (instance_folder() / "board.toml").write_text(f'backup_folder = "{store.boards.parent}"\n')
    say(harbour, ada, "before")

    commands = Commands()
    monkeypatch.setattr(command_module, "scheduled_commands", [COMMANDS[0]])
    assert commands.start_next()
    posted = 1
    while len(commands):
        say(harbour, ada, f"meanwhile {posted}")
        posted += 1
        commands.collect()

    assert TaskRun.of("backup").problem == ""
    assert (len(store.backups()), status.last_attempt().problem) == (1, "")
    assert not schedule.is_due()
    assert restored(store.boards.parent).exit_code == 0
    with another(empty).app_context():
        texts = set(db.session.scalars(select(Comment.body)))
        count = db.session.scalars(select(Article.comment_count)).one()
    assert len(texts) == count <= posted and "before" in texts
