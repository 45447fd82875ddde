"""A backup counts once it was restored and checked; nothing that went wrong does."""

import builtins
import errno
import os
import signal
import stat
from datetime import timedelta

import pytest
import time_machine

from board.db import close_connections, db, now, read_connections, schema
from board.db.engine import sqlite
from board.ops.backup import archive, contents, proof, status
from board.ops.backup import folder as folders
from board.ops.backup import make as making
from board.ops.backup.folder import BackupFolder
from board.ops.backup.status import BackupFailed
from board.runtime.app import instance_folder
from conftest import say

pytestmark = pytest.mark.slow  # each opens a board of its own to prove the backup

NOT_IN_BACKUPS = {
    "backup",  # where they are put together
    "drafts", "waiting",  # forms that are not sent, for two hours, or wait for their turn
    "this-hour", "presses",  # how many tips came, for an hour; a lock
    "sample-accounts.json", "sample-tips.json", "clock.json", "reserve",
}  # fmt: skip


def folder_of(store):
    return store.boards.parent


def names_in(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_backup_has_a_manifest_with_its_hash(backed_up, store, ada, harbour):
    say(harbour, ada, "first")
    made = backed_up()

    assert [each.path for each in store.backups()] == [made.path]
    assert made.manifest.sha256 == archive.sha256_of(made.archive)
    assert made.manifest.tables == schema.revisions()[-1]
    assert made.is_complete()
    assert [path.name for path in store.key_copies()] == [f"{made.path.name}.tar"]
    assert status.last_attempt().problem == ""


def test_nobody_else_can_read_anything_of_it(backed_up, store, careless_umask, age):
    backed_up(str(age.to_public()))
    paths = [*folder_of(store).rglob("*"), *(instance_folder() / "backup").rglob("*")]
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in paths}

    assert {name: mode for name, mode in modes.items() if mode not in ("0o600", "0o700")} == {}


def test_nothing_is_left_in_the_work_folder(backed_up, store):
    backed_up()

    assert names_in(instance_folder() / "backup") == ["lock", "status.json"]
    assert list(folder_of(store).rglob("*.partial")) == []


def test_an_encrypted_backup_is_proven_without_the_operators_key(backed_up, ada, age, empty):
    made = backed_up(str(age.to_public()))

    assert made.manifest.is_encrypted
    assert ada.email.encode() not in made.archive.read_bytes()
    archive.extract(made.archive, empty, identities=[age])
    assert ada.email.encode() in (empty / "board.db").read_bytes()


def test_every_file_of_a_used_board_is_in_it(backed_up, store, empty, sent):
    for name in ("board.toml", "reasons.toml", "tip-ways.toml"):
        (instance_folder() / name).write_text("")
    made = backed_up()
    for path in (made.archive, *store.key_copies()):
        archive.extract(path, empty, identities=[])

    left_out = {
        name
        for name in names_in(instance_folder())
        if not name.endswith((".lock", ".turn", ".turnstile", "-wal", "-shm"))
        and not NOT_IN_BACKUPS.intersection(name.split("/"))
        and name not in names_in(empty)
    }
    assert left_out == set()
    assert {"tips/pepper", "tips/checkpoints", "secret_key"} < set(names_in(empty))


def test_what_is_posted_while_it_is_copied_is_in_it_whole_or_not_at_all(
    backed_up, ada, harbour, monkeypatch, empty
):
    """Files of the copy are those of its database, even if somebody writes in between."""
    copy = making.copy_database

    def copy_and_post(path):
        say(harbour, ada, "before")
        copy(path)
        say(harbour, ada, "after")

    monkeypatch.setattr(making, "copy_database", copy_and_post)
    archive.extract(backed_up().archive, empty, identities=[])

    live = sqlite.connect(empty / "board.db")
    rows = live.execute("SELECT count(*), (SELECT comment_count FROM article) FROM comment")
    assert rows.fetchall() == [(1, 1)]
    live.close()


def damage_log(path):
    copy = sqlite.connect(path)
    for trigger in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.execute(f"DROP TRIGGER {trigger[0]}")
    copy.execute("UPDATE ruling SET reason = 'other'")
    copy.commit()
    copy.close()


def zero_a_page(path):
    with open(path, "r+b") as file:
        file.seek(20 * 4096)
        file.write(bytes(4096))


def orphan_a_row(path):
    copy = sqlite.connect(path)
    copy.execute("PRAGMA foreign_keys = OFF")
    copy.execute("DELETE FROM article")
    copy.commit()
    copy.close()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (zero_a_page, "damaged|cannot be opened"),
        (orphan_a_row, "Rows of the database point at nothing"),
        (damage_log, "Entry 1 of the log of rulings is not as it was written"),
        (lambda path: path.write_bytes(b""), "The database is empty"),
    ],
)  # fmt: skip
def test_a_copy_that_is_not_whole_does_not_count(
    backed_up, store, ada, mo, harbour, as_, monkeypatch, change, sentence
):
    comment = say(harbour, ada, "to be hidden")
    assert as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"}).status_code == 303
    copy = making.copy_database
    monkeypatch.setattr(making, "copy_database", lambda path: (copy(path), change(path)))

    with pytest.raises(BackupFailed, match=sentence):
        backed_up()
    assert store.backups() == []
    assert names_in(folder_of(store)) == []
    assert status.last_attempt().problem.startswith("What was restored from it is not whole.")


def test_a_file_that_is_missing_in_it_is_noticed(backed_up, store, sent, monkeypatch):
    monkeypatch.setattr(contents, "KEYS", "tips/none")

    with pytest.raises(BackupFailed, match="1 files of the board are missing in it"):
        backed_up()
    assert store.backups() == []


def test_a_missing_pepper_makes_no_backup(backed_up, store, sent):
    (instance_folder() / "tips" / "pepper").unlink()

    with pytest.raises(BackupFailed, match="pepper"):
        backed_up()


def test_a_full_disk_leaves_the_earlier_backup_and_nothing_else(backed_up, store, monkeypatch):
    first = backed_up()
    before = names_in(folder_of(store))

    def full(tar, name, file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive, "_add", full)
    with pytest.raises(BackupFailed, match="No space left on device"):
        backed_up()

    assert names_in(folder_of(store)) == before
    assert [each.path for each in store.backups()] == [first.path]
    assert "No space left" in status.last_attempt().problem


def test_a_folder_that_is_not_mounted_is_not_made(backup_by_command, tmp_path):
    refused = backup_by_command(tmp_path / "not mounted")

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: No backup was made. A file could not be read or")
    assert "No such file or directory" in refused.output
    assert not (tmp_path / "not mounted").exists()


def test_a_backup_is_made_in_a_folder_that_is_named(backup_by_command, store):
    result = backup_by_command(folder_of(store))

    (made,) = store.backups()
    assert (result.exit_code, result.output) == (
        0, f"{made.path}: made, restored and checked; {made.manifest.size} bytes.\n",
    )  # fmt: skip


def test_two_at_once_are_one(backed_up, store):
    with making._alone(), pytest.raises(BackupFailed, match=r"Another backup is being made\."):
        backed_up()
    assert backed_up().number == 1


PHASES = [
    (making, "_copy_changing_files"),
    (making, "copy_database"),
    (archive, "_add"),
    (making, "_prove"),
    (proof, "prove"),
    (folders, "store_manifest"),
    (folders, "publish"),
    (BackupFolder, "thin_out"),
]


@pytest.mark.parametrize(("owner", "name"), PHASES, ids=[name for _, name in PHASES])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_backup_that_is_killed_does_not_count_and_the_next_one_tidies(
    backed_up, store, monkeypatch, owner, name, when
):
    backed_up()
    original = getattr(owner, name)

    def killed(*args, **kwargs):
        if when == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    run_in_child(lambda: (monkeypatch.setattr(owner, name, killed), backed_up()))

    made = [each.path.name for each in store.backups()]
    is_complete = name == "thin_out"
    assert made[-1].startswith(f"{1 + is_complete:06}-") and len(made) <= 1 + is_complete
    assert status.last_attempt().problem == status.INTERRUPTED
    second = backed_up()
    assert second.number >= 2 and store.backups()[-1] == second
    assert list(folder_of(store).rglob("*.partial")) == []
    assert names_in(instance_folder() / "backup") == ["lock", "status.json"]


def run_in_child(act):
    """Run `act` in a forked process, which must not inherit connections, until it is killed."""
    db.session.remove()
    read_connections.close()
    close_connections()
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_erase_keys_are_kept_twice_and_for_14_days(backed_up, store):
    start = now()
    for day in range(3):
        with time_machine.travel(start + timedelta(days=day)):
            backed_up()
    assert [folders.number_of(path) for path in store.key_copies()] == [2, 3]

    store.delete_expired_keys(start + timedelta(days=16, hours=1))

    assert store.key_copies() == []
    assert len(store.backups()) == 3


def test_copies_of_a_week_are_thinned_out(backed_up, store):
    start = now().replace(hour=3)
    for hours in (0, 1, 24, 25):
        with time_machine.travel(start + timedelta(hours=hours)):
            backed_up()

    assert [each.number for each in store.backups()] == [2, 4]


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", '{"made_at": 1}'])
def test_a_folder_without_a_whole_manifest_does_not_count(backed_up, store, manifest):
    made = backed_up()
    (made.path / "manifest.json").write_text(manifest)

    assert store.backups() == []
    assert backed_up().number == 2


def test_the_database_itself_is_never_opened_as_a_file(backed_up, monkeypatch):
    """Closing a descriptor of it would drop the locks of this process."""
    opened = []
    for owner, name in ((builtins, "open"), (os, "open")):
        original = getattr(owner, name)

        def record(path, *args, _original=original, **kwargs):
            opened.append(str(path))
            return _original(path, *args, **kwargs)

        monkeypatch.setattr(owner, name, record)
    backed_up()

    assert str(instance_folder() / "board.db") not in opened
    assert any(name.endswith("copies/board.db") for name in opened)
