"""A database that went back says so to everyone it concerns, and takes nothing in until a reader
has looked. A pepper, a key or an entry of the log that is missing is noticed.
"""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select, text

from board.db import db, now, writing
from board.db.hash_chain import row_hash
from board.ops.doctor import doctor
from board.ops.sample.loader import load_if_empty
from board.runtime import jobs
from board.tips.cli import tips_cli
from board.tips.crypto import key_files, pepper
from board.tips.crypto.private_files import checkpoint_path
from board.tips.dates import today
from board.tips.integrity import checkpoint_file, checkpoints
from board.tips.models import roster
from board.tips.models.audit_log import AuditEntry
from board.tips.models.roster import Roster
from board.tips.models.tip import Tip
from board.tips.sealed import retention
from conftest import person
from tips.conftest import ReaderClient, SourceClient, form_fields, holder_id, tamper
from tips.test_retention import copy_database

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."
CLOSED = "지금은 제보를 받지 않습니다"
ALARM = "제보 데이터베이스가 이전 상태로 돌아갔습니다. 담당자가 살펴볼 때까지"


@pytest.fixture
def backup(tmp_path):
    """Copies the database; `restore` puts a copy back and leaves all other files alone."""
    copy, live = tmp_path / "backup.db", tmp_path / "board.db"

    def restore(path=copy):
        db.session.rollback()
        copy_database(path, live)

    return SimpleNamespace(make=lambda: copy_database(live, copy), restore=restore)


def told_by(app, command, *arguments):
    db.session.rollback()
    return app.test_cli_runner().invoke(command, [*arguments])


@pytest.fixture
def went_back(desk, second_desk, sent, backup):
    """After the backup a message came and jin left; then the backup is put back."""
    sent.enter()
    desk.get("/desk/tips/1")
    backup.make()
    sent.add_message("나중 이야기")
    second_desk.leave_roster()
    desk.get("/desk/tips/1")
    backup.restore()


class TestTheDatabaseWentBack:
    def test_readers_are_told_on_every_page(self, desk, went_back):
        for page in ("", "/1", "/log", "/export", "/readers", "/mail"):
            assert ALARM in desk.get(f"/desk/tips{page}").text, page

    def test_the_form_is_closed_until_a_reader_has_looked(self, app, desk, went_back):
        stranger = SourceClient(app)
        for page in (stranger.client.get("/tips"), stranger.form()):
            assert CLOSED in page.text
        assert "<textarea" not in stranger.form().text

        page = desk.get("/desk/tips/went-back").text
        for row in ("기록의 마지막 번호", "명단 번호"):
            assert row in page
        assert desk.post("/desk/tips/went-back").status_code == 303

        assert stranger.send("새 제보").status_code == 200
        assert ALARM not in desk.get("/desk/tips").text
        assert "tess: 이전 데이터베이스로 복원되었음을 확인" in desk.get("/desk/tips/log").text

    def test_a_form_begun_before_keeps_its_words(self, app, desk, sent, backup):
        backup.make()
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        stranger = SourceClient(app)
        form = form_fields(stranger.preview("새 제보 이야기"))
        backup.restore()

        page = stranger.client.post("/tips/new", data=form)

        assert page.status_code == 503
        assert "새 제보 이야기" in page.text
        assert "시스템이 복원되었거나 바뀌어 제보 담당자가 먼저 확인해야 합니다" in page.text
        assert "담당자가 없어" not in page.text
        desk.post("/desk/tips/went-back")
        assert stranger.client.post("/tips/new", data=form_fields(page)).status_code == 200

    def test_the_source_is_told_and_can_write_again_after_a_reader_has_looked(
        self, desk, sent, went_back
    ):
        sent.enter()
        assert "저희 데이터베이스가 이전 상태로 돌아갔습니다" in sent.mailbox().text
        refused = sent.add_message("나중 이야기, noch einmal")
        assert refused.status_code == 503
        assert "noch einmal" in refused.text

        desk.post("/desk/tips/went-back")

        sent.add_message("나중 이야기, noch einmal")
        assert "noch einmal" in desk.get("/desk/tips/1").text

    def test_a_code_of_a_lost_tip_is_told_why_it_is_unknown(self, app, desk, backup, source):
        backup.make()
        source.send(STORY)
        desk.get("/desk/tips")
        backup.restore()

        refused = source.enter()

        assert refused.status_code == 422
        assert "코드를 버리지 말고 나중에 다시" in refused.text

    @pytest.mark.parametrize(
        ("path", "fields"),
        [
            ("reply", {"text": "언제부터였습니까?"}), ("note", {"text": "작년 기사"}),
            ("let-in", {"reader": "1"}), ("shut-out", {"reader": "1"}), ("erase", {"sure": "yes"}),
        ],
    )  # fmt: skip
    def test_nothing_is_sealed_given_or_erased(self, desk, sent, went_back, path, fields):
        page = desk.post(f"/desk/tips/1/{path}", **fields)

        assert page.status_code == 409
        assert fields.get("text", "") in page.text
        assert key_files.erase_key(db.session.get(Tip, 1).ref)
        assert STORY in desk.get("/desk/tips/1").text

    def test_nobody_is_signed_for_or_removed(self, desk, second_desk, at_desk, sent, backup):
        sol = at_desk(person("sol", can_read_tips=True))
        backup.make()
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        backup.restore()
        assert desk.sign_for(sol.user).status_code == 409
        with writing():
            second_desk.user.revoke("can_read_tips")

        path = f"/desk/tips/readers/{holder_id(second_desk.user)}/remove"

        assert desk.post(path).status_code == 409

    def test_retention_waits(self, app, desk, sent, went_back):
        later = now() + timedelta(days=app.config["TIP_DAYS"] + 1)
        with time_machine.travel(later):
            assert "tips" not in jobs.run_pending()
            with writing():
                assert retention.erase_outdated() == 0
        assert key_files.erase_key(db.session.get(Tip, 1).ref)

        desk.post("/desk/tips/went-back")
        with time_machine.travel(later), writing():
            assert retention.erase_outdated() == 1

    def test_verify_and_doctor_say_so(self, app, went_back):
        verify = told_by(app, tips_cli, "verify")

        assert verify.exit_code == 1
        assert "went back" in verify.output
        assert "BAD the database of tips went back" in told_by(app, doctor).output

    def test_it_is_remembered_when_the_newer_database_comes_back(
        self, desk, second_desk, sent, backup, tmp_path
    ):
        backup.make()
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        copy_database(tmp_path / "board.db", tmp_path / "newer.db")
        backup.restore()
        assert ALARM in desk.get("/desk/tips").text
        backup.restore(tmp_path / "newer.db")

        assert ALARM in desk.get("/desk/tips").text

    def test_a_colleague_learns_that_it_was_confirmed_and_the_form_stays_open(
        self, desk, second_desk, sent, backup, source
    ):
        backup.make()
        second_desk.get("/desk/tips/1")
        second_desk.get("/desk/tips")
        backup.restore()
        desk.unlock()
        desk.post("/desk/tips/went-back")
        second_desk.unlock()

        assert "동료가 확인했거나" in second_desk.get("/desk/tips").text
        assert source.send("새 제보").status_code == 200
        second_desk.post("/desk/tips/went-back")
        assert "동료가 확인했거나" not in second_desk.get("/desk/tips").text

    def test_what_a_reader_saw_counts_even_if_the_file_of_the_board_is_forged(
        self, app, desk, second_desk, sent, backup, source
    ):
        """Somebody who writes database and files, but has no reader’s key."""
        backup.make()
        second_desk.leave_roster()
        desk.get("/desk/tips")
        backup.restore()
        with checkpoint_file.changing() as state:
            state.board = checkpoints.snapshot()
        assert "<textarea" in source.form().text
        desk.unlock()

        assert ALARM in desk.get("/desk/tips").text
        assert CLOSED in source.form().text

    def test_another_reader_cannot_write_what_one_saw(self, desk, second_desk, sent):
        desk.get("/desk/tips")
        with checkpoint_file.changing() as state:
            mine, other = (f"r{holder_id(each.user)}" for each in (desk, second_desk))
            state.holders[mine] = state.holders.get(other, "AAAA")

        assert "전에 열어 본 기록이 없습니다" in desk.get("/desk/tips/readers").text

    def test_a_removed_checkpoint_file_closes_the_form(self, app, desk, sent, source):
        checkpoint_path().unlink()
        assert CLOSED in source.form().text
        assert "checkpoints" in desk.get("/desk/tips/went-back").text

        desk.post("/desk/tips/went-back")

        assert "<textarea" in source.form().text

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{}",
            b'{"board": null}',
            b'{"holders": []}',
            b'{"board": {"log": 1}}',
            b"null",
            b"{",
            b"[]",
            b'{"board": 1, "x": 2}',
        ],
    )
    def test_an_emptied_or_forged_checkpoint_file_closes_the_form(
        self, app, desk, sent, source, content
    ):
        checkpoint_path().write_bytes(content)

        assert CLOSED in source.form().text
        assert ALARM in desk.get("/desk/tips").text
        assert told_by(app, tips_cli, "verify").exit_code == 1
        desk.post("/desk/tips/went-back")
        assert "<textarea" in source.form().text

    def test_an_empty_database_closes_the_form(self, app, desk, sent, source, backup, migrated):
        desk.get("/desk/tips")
        backup.restore(migrated)

        assert "<textarea" not in source.form().text
        assert told_by(app, tips_cli, "verify").exit_code == 1

    def test_only_somebody_on_the_roster_confirms(self, app, desk, sent, at_desk, backup):
        sol = at_desk(person("sol", can_read_tips=True))
        backup.make()
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        backup.restore()
        sol.unlock()

        sol.post("/desk/tips/went-back")

        assert checkpoints.check() == ["log"]

    def test_a_board_of_an_earlier_version_is_taken_as_it_is(self, app, desk, sent, source):
        """It has neither a digest of its pepper nor checkpoints."""
        with writing():
            db.session.execute(text("DELETE FROM tip_pepper"))
        checkpoint_path().unlink()

        assert "<textarea" in source.form().text
        assert "tip checkpoints" in jobs.run_pending()
        assert pepper.stored_digest() == pepper.digest(pepper.load())


class TestOrdinaryWork:
    def test_a_day_of_everything_raises_no_alarm(self, app, desk, second_desk, source, at_desk):
        for number in range(3):
            source.send(f"{STORY} {number}")
        source.enter()
        source.add_message("더 있습니다.")
        desk.get("/desk/tips/1")
        desk.post("/desk/tips/1/erase", sure="yes")
        desk.post("/desk/tips/2/shut-out", reader=holder_id(second_desk.user))
        second_desk.restart()
        second_desk.unlock()
        desk.sign_for(second_desk.user)
        second_desk.leave_roster()
        second_desk.set_up()
        second_desk.unlock()
        desk.sign_for(second_desk.user)
        with time_machine.travel(now() + timedelta(days=app.config["TIP_DAYS"])):
            jobs.run_pending()

        assert ALARM not in desk.get("/desk/tips").text
        assert "동료가 확인했거나" not in desk.get("/desk/tips").text
        assert told_by(app, tips_cli, "verify").exit_code == 0
        assert "BAD the" not in told_by(app, doctor).output

    def test_a_crash_between_commit_and_checkpoint_raises_none(self, desk, sent, monkeypatch):
        monkeypatch.setattr(checkpoint_file, "_save", lambda checkpoints: None)
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        monkeypatch.undo()

        assert checkpoints.check() == []

    def test_an_old_snapshot_of_a_request_raises_none(self, desk, sent):
        """The request began before another committed, and looks after it."""
        db.session.scalars(select(Tip)).all()
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        assert checkpoints.check() == []

    def test_a_roster_begun_anew_is_told_to_readers_and_closes_nothing(
        self, app, desk, second_desk, sent, source
    ):
        desk.get("/desk/tips")
        told_by(app, tips_cli, "begin-roster", "--yes")
        assert desk.sign_for(desk.user).status_code == 303

        assert "명단을 새로 시작했습니다" in desk.get("/desk/tips").text
        assert source.send("새 제보").status_code == 200

    def test_boards_without_tips_write_no_file(self, app):
        jobs.run_pending()
        told_by(app, doctor)

        assert not (checkpoint_path().exists() or (key_files.folder() / "pepper").exists())


class TestOfSources:
    def test_fewer_visits_than_before_are_told_with_the_higher_number(self, sent, backup, desk):
        """Somebody used the code, and put an older database back to hide it."""
        sent.enter()
        backup.make()
        thief = SourceClient(sent.client.application)
        thief.enter(sent.code)
        thief.mailbox()
        backup.restore()
        sent.enter()

        page = sent.mailbox().text
        assert "저희 데이터베이스가 이전 상태로 돌아갔습니다" in page
        assert "2번" in page

    def test_each_visit_tells_the_number_of_the_next(self, sent):
        numbers = []
        for _ in range(3):
            sent.enter()
            numbers.append(sent.mailbox().text)

        assert all(f"다음에는 {count}번이라고" in page for count, page in enumerate(numbers, 1))
        assert "저희 데이터베이스가" not in "".join(numbers)

    def test_a_removed_checkpoint_of_a_source_is_told_once(self, sent):
        """Somebody who writes the file cannot write a checkpoint of theirs, but delete it."""
        pages = []
        for visit in range(5):
            if visit == 3:
                with checkpoint_file.changing() as state:
                    state.holders = {}
            sent.enter()
            pages.append("저희 데이터베이스가 이전 상태로 돌아갔습니다" in sent.mailbox().text)

        assert pages == [False, False, False, True, False]

    def test_a_checkpoint_goes_when_the_tip_is_erased(self, desk, sent):
        sent.enter()
        sent.mailbox()
        ref = db.session.get(Tip, 1).ref
        assert ref in checkpoint_file.load().holders

        desk.post("/desk/tips/1/erase", sure="yes")
        desk.get("/desk/tips")

        assert ref not in checkpoint_file.load().holders


class TestPepper:
    def test_a_missing_one_is_not_replaced(self, app, desk, sent, source):
        path = key_files.folder() / "pepper"
        content = path.read_bytes()
        path.unlink()

        assert CLOSED in source.form().text
        assert sent.enter().status_code == 503
        assert desk.unlock().status_code == 503
        assert desk.post("/desk/tips/recover", passphrase=desk.recovery).status_code == 503
        assert "pepper" in told_by(app, tips_cli, "verify").output
        assert "BAD the pepper of tips" in told_by(app, doctor).output
        assert not path.exists()

        path.write_bytes(content)
        assert sent.enter().status_code == 303
        assert desk.unlock().status_code == 303

    @pytest.mark.parametrize("content", [bytes(48), b"", b"short"])
    def test_another_one_is_noticed(self, app, desk, sent, source, content):
        (key_files.folder() / "pepper").write_bytes(content)

        assert CLOSED in source.form().text
        assert sent.enter().status_code == 503
        assert told_by(app, tips_cli, "verify").exit_code == 1

    def test_words_typed_meanwhile_stay(self, desk, source):
        preview = source.preview(STORY)
        (key_files.folder() / "pepper").unlink()

        page = source.client.post("/tips/new", data=form_fields(preview))

        assert (page.status_code, STORY in page.text) == (503, True)

    def test_a_database_that_has_lost_the_digest_does_not_make_a_new_one(self, desk, sent):
        with writing():
            db.session.execute(text("DELETE FROM tip_pepper"))
        (key_files.folder() / "pepper").unlink()

        with pytest.raises(pepper.PepperLost):
            pepper.load()


class TestVerify:
    """What `tips verify` and `doctor` see."""

    def is_bad(self, app):
        verify, health = told_by(app, tips_cli, "verify"), told_by(app, doctor)
        tips = [line for line in health.output.splitlines() if "tips" in line or "tip " in line]
        assert (verify.exit_code == 1) == any(line.startswith("BAD") for line in tips)
        return verify.exit_code == 1

    def test_a_sound_board_is_sound(self, app, desk, second_desk, sent):
        assert not self.is_bad(app)

    def test_a_log_cut_at_its_end(self, app, desk, sent):
        desk.get("/desk/tips/1")
        desk.get("/desk/tips")
        tamper("DELETE FROM tip_log WHERE id = (SELECT max(id) FROM tip_log)")

        assert self.is_bad(app)

    def test_a_log_written_anew_with_a_right_chain(self, app, desk, second_desk, sent):
        """Every hash is right, but they are not the hashes that were seen."""
        desk.get("/desk/tips")
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        previous, statements = b"", []
        for entry in entries:
            fields = {**entry.as_dict, "made_on": "2020-01-01"}
            previous = row_hash(previous, fields)
            statements.append(f"UPDATE tip_log SET made_on = '2020-01-01',"
                              f" hash = x'{previous.hex()}' WHERE id = {entry.id}")  # fmt: skip
        tamper(*statements)

        assert self.is_bad(app)

    def test_a_forged_roster(self, app, desk, second_desk, sent):
        desk.get("/desk/tips")
        tamper("UPDATE tip_roster SET body = replace(body, 'by', 'hy') WHERE id = 2")

        assert self.is_bad(app)

    @pytest.mark.parametrize(
        "body",
        ["{", "[]", '{"readers": [], "before": ""}', '{"readers": {"1": 5}, "before": ""}',
         '{"readers": {"1": {"verifier": "zz"}}, "before": ""}', '{"readers": {}}'],
    )  # fmt: skip
    def test_a_roster_that_is_no_roster(self, app, desk, source, body):
        desk.get("/desk/tips")
        tamper(f"UPDATE tip_roster SET body = '{body}'".replace(":", "\\:"))

        assert self.is_bad(app)
        assert CLOSED in source.form().text
        assert desk.get("/desk/tips").status_code == 503  # a page that says so

    @pytest.mark.parametrize("which", ["number = 2", "number = 1"])
    def test_a_message_deleted_alone(self, app, desk, sent, which):
        sent.enter()
        sent.add_message("둘째")
        assert not self.is_bad(app)
        tamper(f"DELETE FROM tip_item WHERE {which}")

        assert self.is_bad(app)

    @pytest.mark.parametrize(
        "change",
        [
            *("tip_log SET made_on = 'x'", "tip_pepper SET digest = 'x'"),
            *("tip_log SET hash = 'x'", "tip_roster SET signature = 'x'"),
            "tip_holder SET public = 'x' WHERE kind = 'reader'",
        ],
    )
    def test_a_value_of_another_type(self, app, desk, sent, change):
        tamper(f"UPDATE {change}")

        outcome = app.test_cli_runner().invoke(tips_cli, ["verify"])

        assert (outcome.exit_code, type(outcome.exception)) == (1, SystemExit)

    def test_titles_and_reasons_that_are_replaced_are_no_deletion(self, app, desk, sent):
        for title in ("하나", "둘", "셋"):
            desk.post("/desk/tips/1/describe", title=title)
            assert not self.is_bad(app)

    def test_a_message_deleted_from_a_tip_whose_title_was_replaced(self, app, desk, sent):
        for title in ("하나", "둘"):
            desk.post("/desk/tips/1/describe", title=title)
        assert not self.is_bad(app)
        tamper("DELETE FROM tip_item WHERE kind = 'message'")

        assert self.is_bad(app)

    @pytest.mark.parametrize(
        "change",
        [
            *("tip_item SET purpose = 'x'", "tip_key SET purpose = 'x' WHERE purpose = 'desk'"),
            "tip SET epoch = epoch + 1",
        ],
    )
    def test_a_purpose_or_an_epoch_that_is_none(self, app, desk, sent, change):
        tamper(f"UPDATE {change}")

        assert self.is_bad(app)

    def test_a_roster_cut_at_its_end(self, app, desk, second_desk, sent):
        """jin’s removal is undone: each version left is signed and names the one before."""
        second_desk.leave_roster()
        desk.get("/desk/tips")
        tamper("DELETE FROM tip_roster WHERE id = 3")
        assert roster.members()

        assert self.is_bad(app)

    def test_a_roster_replaced_whole(self, app, desk, sent):
        desk.get("/desk/tips")
        body = json.loads(db.session.scalars(Roster.newest()).one().body)
        tamper("DELETE FROM tip_roster")

        assert body["readers"]
        assert self.is_bad(app)

    def test_a_missing_erase_key(self, app, desk, sent):
        (key_files.folder("keys") / db.session.get(Tip, 1).ref).unlink()

        assert self.is_bad(app)
        assert "1 tips have no erase key (the first is 1)" in told_by(app, doctor).output

    def test_a_reader_whose_key_was_deleted(self, app, desk, second_desk, sent):
        desk.get("/desk/tips")
        id = holder_id(second_desk.user)
        tamper(
            f"DELETE FROM tip_unlocked WHERE holder_id = {id}",
            f"DELETE FROM tip_grant WHERE holder_id = {id}",
            f"DELETE FROM tip_gist WHERE holder_id = {id}",
            f"DELETE FROM tip_holder WHERE id = {id}",
        )

        assert self.is_bad(app)

    def test_a_tip_that_is_gone_without_an_entry(self, app, desk, sent, source):
        source.send("두 번째 제보")
        desk.get("/desk/tips")
        tamper(
            "DELETE FROM tip_item WHERE tip_id = 2",
            "DELETE FROM tip_grant WHERE key_id IN (SELECT id FROM tip_key WHERE tip_id = 2)",
            "DELETE FROM tip_key WHERE tip_id = 2",
            "DELETE FROM tip WHERE id = 2",
        )

        assert self.is_bad(app)


class TestTidy:
    def keys(self):
        return {path.name for path in key_files.folder("keys").iterdir()}

    def tidy(self, app, days):
        with time_machine.travel(now() + timedelta(days=days)):
            return told_by(app, tips_cli, "tidy")

    def test_an_empty_database_deletes_no_key(self, app, desk, sent, source, backup, migrated):
        keys = self.keys()
        backup.restore(migrated)

        for days in (0, 8, 30, 400):
            assert "no tip and no file was deleted" in self.tidy(app, days).output
        assert self.keys() == keys

    def test_an_empty_database_in_a_new_folder_deletes_no_key(self, app, migrated, desk, sent):
        """Keys were copied to a new machine; the database is still on its way."""
        (key_files.folder("keys") / "a-key").write_bytes(bytes(32))
        checkpoint_path().unlink()
        tamper(*(f"DELETE FROM {table}" for table in (
            "tip_item", "tip_grant", "tip_key", "tip_gist", "tip", "tip_unlocked", "tip_ticket",
            "tip_roster", "tip_log", "tip_holder", "tip_pepper")))  # fmt: skip
        keys = self.keys()

        for days in (0, 8, 30):
            assert "Is it the right database?" in self.tidy(app, days).output
        assert self.keys() == keys

    def test_an_older_database_deletes_no_key(self, app, desk, sent, source, backup):
        backup.make()
        source.send("두 번째 제보")
        desk.get("/desk/tips")
        backup.restore()
        keys = self.keys()

        for days in (0, 8, 30):
            answer = self.tidy(app, days)
            assert answer.exit_code == 1
            assert "older than it was" in answer.output
        assert self.keys() == keys

    def test_an_older_database_a_reader_accepted_deletes_them_a_week_after_they_were_seen(
        self, app, desk, sent, source, backup
    ):
        backup.make()
        source.send("두 번째 제보")
        desk.get("/desk/tips")
        backup.restore()
        desk.post("/desk/tips/went-back")
        assert len(self.keys()) == 2

        for days, count in ((0, 2), (1, 2), (6, 2), (7, 1)):
            self.tidy(app, days)
            assert len(self.keys()) == count

    @pytest.mark.parametrize("folder", ["keys", "files"])
    def test_a_file_without_a_tip_is_deleted_when_seen_again_a_week_later(self, app, sent, folder):
        stray = key_files.folder(folder) / "stray"
        stray.write_bytes(b"x")
        with time_machine.travel(now() + timedelta(days=30)):
            first = told_by(app, tips_cli, "tidy")
            assert stray.exists()
            assert "1 files belong to no tip" in first.output
        self.tidy(app, 36)
        assert stray.exists()

        assert "1 files without a tip deleted" in self.tidy(app, 37).output

        assert not stray.exists()

    def test_a_file_that_found_its_tip_again_begins_anew(self, app, desk, sent, source, backup):
        """Seen without a tip, then with it, then without: that is not twice in a row."""
        source.send("두 번째 제보")
        ref = db.session.get(Tip, 2).ref
        tamper("UPDATE tip SET ref = 'x' WHERE id = 2")
        self.tidy(app, 0)
        tamper(f"UPDATE tip SET ref = '{ref}' WHERE id = 2")
        self.tidy(app, 3)
        tamper("UPDATE tip SET ref = 'x' WHERE id = 2")

        self.tidy(app, 8)

        assert ref in self.keys()

    def test_a_fresh_board_has_nothing_to_tidy(self, app):
        assert told_by(app, tips_cli, "tidy").output.startswith("0 tips deleted.")


def test_the_readers_page_tells_the_last_visit_and_the_number_of_the_roster(desk, sent, as_):
    desk.get("/desk/tips")
    day = today()
    with time_machine.travel(now() + timedelta(days=3)):
        later = ReaderClient(desk.user, as_(desk.user), *desk.phrases)
        later.unlock()
        page = later.get("/desk/tips/readers").text

    assert f"{day.month}월 {day.day}일입니다" in page.split("지난번에 제보를 연 날은")[1]
    assert f"1 · {roster.current_fingerprint()}" in page
    assert f"1 · {roster.current_fingerprint()}" in sent.client.get("/tips").text


def test_the_sample_board_takes_tips_from_the_start(app, guest):
    load_if_empty()

    assert checkpoints.check() == []
    assert guest.get("/tips/new", follow_redirects=True).status_code == 200
