"""An operator restores a backup, and the board goes on from there."""

import os
import stat
from datetime import timedelta

import pytest
import time_machine
from alembic import command
from pyrage.x25519 import Identity

from board.accounts.auth.passwords import hash_password
from board.accounts.models import User
from board.comments.models import Comment
from board.db import close_connections, db, now, schema, writing
from board.ops.backup import instance_lock, proof
from board.ops.backup import restore as restoring
from board.ops.backup.cli import backup
from board.ops.backup.restore import ASIDE
from board.ops.doctor import doctor
from board.runtime.app import instance_folder
from board.tips.crypto import key_files
from board.tips.models.tip import Tip
from conftest import NO_LIMITS, PASSWORD, say
from tips.conftest import ReaderClient, SourceClient

pytestmark = pytest.mark.slow

LATER = "나중에 온 제보"


def names_in(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.fixture
def age_file(age, tmp_path_factory):
    path = tmp_path_factory.mktemp("offline") / "key.txt"
    path.write_text(f"# created: 2026-12-01\n# public key: {age.to_public()}\n{age}\n")
    return path


@pytest.fixture
def served(another, empty):
    """The restored board, as `serve` opens it."""
    return lambda folder=empty: another(folder, **NO_LIMITS)


def test_the_board_is_there_again_and_members_sign_in(
    backed_up, restored, served, store, ada, harbour
):
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    say(harbour, ada, "Root")
    made = backed_up()
    say(harbour, ada, "lost")

    result = restored(store.boards.parent)

    assert (result.exit_code, result.output.splitlines()[0]) == (
        0, f"{made.path.name} was restored into {result_folder(served)}.",
    )  # fmt: skip
    app = served()
    client = app.test_client()
    page = client.get("/articles/harbour").text
    assert "Root" in page and "lost" not in page
    form = {"email": ada.email, "password": PASSWORD}
    same_origin = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/sign-in", data=form, headers=same_origin).status_code == 303
    with app.app_context():
        assert [c.body for c in db.session.query(Comment)] == ["Root"]


def result_folder(served):
    return served().instance_path


def test_everything_restored_is_private(backed_up, restored, empty, store, sent, careless_umask):
    backed_up()
    restored(store.boards.parent)

    loose = {
        str(path): oct(stat.S_IMODE(path.stat().st_mode))
        for path in empty.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    }
    assert loose == {}


class TestEncrypted:
    def test_it_opens_with_the_operators_key(
        self, backed_up, restored, served, store, ada, age, age_file
    ):
        backed_up(str(age.to_public()))

        assert restored(store.boards.parent, "--identity", age_file).exit_code == 0
        with served().app_context():
            assert db.session.query(User).one().name == "ada"

    def test_another_key_or_none_restores_nothing(
        self, backed_up, restored, empty, store, age, age_file
    ):
        backed_up(str(age.to_public()))
        age_file.write_text(str(Identity.generate()))
        sentence = "Nothing was restored. None of the age identities opens this backup."

        for words in (["--identity", age_file], []):
            assert sentence in restored(store.boards.parent, *words).output
        assert "tips" not in os.listdir(empty)

    def test_a_file_that_is_no_key_is_not_repeated(self, backed_up, restored, store, age_file):
        backed_up()
        age_file.write_text("AGE-SECRET-KEY-1WRONG")

        refused = restored(store.boards.parent, "--identity", age_file)

        assert refused.output == f"Error: {age_file} is no file of age identities.\n"


class TestRefusals:
    def test_a_folder_without_a_proven_backup(self, restored, store):
        store.make()
        (store.boards / "000001-2026-12-01T0000Z.partial").mkdir()

        assert f"no proven backup in {store.boards.parent}" in restored(store.boards.parent).output

    def test_a_damaged_archive(self, backed_up, restored, store, empty):
        made = backed_up()
        with open(made.archive, "r+b") as file:
            file.seek(3000)
            file.write(b"x")

        assert "The backup is damaged" in restored(store.boards.parent).output
        assert not (empty / f"{ASIDE}-1").exists()

    def test_a_running_server(self, backed_up, restored, another, store, empty):
        backed_up()
        with another(empty).app_context():
            instance_lock.share()

        assert instance_lock.IN_USE in restored(store.boards.parent).output

    def test_a_board_that_is_there(self, backed_up, restored, served, store, ada, tmp_path, app):
        made = backed_up()
        with writing():
            ada.name = "renamed"
        db.session.remove()
        refused = restored(made.path, into=tmp_path)
        assert "There is a board in this instance folder." in refused.output

        db.session.remove()
        close_connections()  # of a server that was ended
        assert restored(made.path, "--replace", into=tmp_path).exit_code == 0

        assert db.session.query(User).one().name == "ada"
        assert "board.db" in names_in(tmp_path / f"{ASIDE}-1")

    def test_a_database_elsewhere(self, backed_up, another, store, empty, tmp_path, app):
        from board.ops.backup.cli import restore  # noqa: PLC0415

        backed_up()
        other = another(empty, DATABASE_URL=f"sqlite:///{empty}/other.db")

        with other.app_context():
            refused = other.test_cli_runner().invoke(restore, [str(store.boards.parent)])

        assert "BOARD_DATABASE_URL names a database elsewhere" in refused.output

    def test_one_that_was_interrupted_keeps_the_server_from_starting(
        self, backed_up, restored, another, store, empty, monkeypatch
    ):
        backed_up()
        monkeypatch.setattr(restoring, "_drop_copied_keys", killed)
        restored(store.boards.parent)
        monkeypatch.undo()
        with another(empty).app_context(), pytest.raises(Exception, match="was interrupted"):
            instance_lock.share()


def killed(*args):
    raise KeyboardInterrupt


class TestBackupMeanwhile:
    """A backup made while files are replaced would have half of each board."""

    @pytest.fixture
    def back_up(self, another, empty, store):
        """Runs `backup` on the board that is restored. Returns what it printed."""

        def run():
            with (other := another(empty)).app_context():
                result = other.test_cli_runner().invoke(backup, [str(store.boards.parent)])
            return result.output

        return run

    def test_no_backup_is_made_while_files_are_replaced(
        self, backed_up, restored, store, back_up, monkeypatch
    ):
        made, said = backed_up(), []
        monkeypatch.setattr(restoring, "_drop_copied_keys", lambda *_: said.append(back_up()))

        assert restored(made.path).exit_code == 0

        assert said == [f"Error: {instance_lock.RESTORING}\n"]
        assert [each.path for each in store.backups()] == [made.path]

    def test_no_backup_is_made_after_a_restore_that_was_interrupted(
        self, backed_up, restored, store, back_up, monkeypatch
    ):
        made = backed_up()
        monkeypatch.setattr(restoring, "_drop_copied_keys", killed)
        restored(made.path)

        assert back_up() == f"Error: {instance_lock.INTERRUPTED}\n"
        assert [each.path for each in store.backups()] == [made.path]

    def test_nothing_is_restored_while_a_backup_is_made(
        self, backed_up, restored, store, tmp_path, monkeypatch
    ):
        made, said = backed_up(), []

        def restore_meanwhile(*args, **kwargs):
            said.append(restored(made.path, "--replace", into=tmp_path).output)
            return []

        monkeypatch.setattr(proof, "prove", restore_meanwhile)
        backed_up()

        assert said == [f"Error: {instance_lock.IN_USE}\n"]


def test_a_backup_of_an_earlier_version_is_migrated_to_prove_it(
    backed_up, restored, served, store, ada
):
    command.downgrade(schema.alembic_config(), "0031")
    made = backed_up()
    assert made.manifest.tables == "0031"

    assert restored(made.path).exit_code == 0
    with served().app_context():
        assert schema.version(db.engine) == schema.revisions()[-1]


def test_a_database_that_was_elsewhere_is_in_the_instance_folder_afterwards(
    backed_up, restored, store, empty, tmp_path
):
    toml = f'site_name = "우리신문"\ndatabase_url = "sqlite:///{tmp_path}/board.db"\n'
    (instance_folder() / "board.toml").write_text(toml)
    backed_up()
    restored(store.boards.parent)

    assert (empty / "board.toml").read_text().splitlines() == [
        'site_name = "우리신문"',
        f'# restored as board.db: database_url = "sqlite:///{tmp_path}/board.db"',
    ]


class TestTips:
    @pytest.fixture
    def reader(self, desk, served):
        """The reader's browser at the restored board."""

        def at(app=None):
            app = app or served()
            client = app.test_client()
            client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
            for name in ("board_session",):
                client.set_cookie(name, desk.client.get_cookie(name).value)
            return ReaderClient(desk.user, client, desk.passphrase)

        return at

    def test_a_reader_confirms_that_a_backup_was_restored_and_reads_on(
        self, backed_up, restored, store, sent, reader
    ):
        backed_up()
        assert restored(store.boards.parent).exit_code == 0
        desk = reader()

        assert desk.unlock().status_code == 303
        assert "이전 상태로 돌아갔습니다" in desk.get("/desk/tips").text
        assert "<textarea" not in desk.client.get("/tips/new", follow_redirects=True).text
        assert desk.post("/desk/tips/went-back").status_code == 303
        assert "과장이 장부를 두 권 씁니다." in desk.get("/desk/tips/1").text
        assert "<textarea" in desk.client.get("/tips/new", follow_redirects=True).text

    def test_an_erased_tip_stays_erased_when_an_older_backup_is_restored(
        self, backed_up, restored, store, sent, desk, reader, app
    ):
        SourceClient(app).send(LATER)
        older = backed_up()
        desk.post("/desk/tips/1/erase", sure="yes")
        with time_machine.travel(now() + timedelta(days=1)):
            backed_up()

        result = restored(older.path)

        assert "1 tips have no erase key" in result.output
        again = reader()
        again.unlock()
        again.post("/desk/tips/went-back")
        assert LATER in again.get("/desk/tips/2").text
        assert "과장이 장부를" not in again.get("/desk/tips/1").text

    def test_a_board_put_back_in_its_place_keeps_its_own_newer_erase_keys(
        self, backed_up, restored, store, sent, desk, app, tmp_path
    ):
        SourceClient(app).send(LATER)
        refs = [tip.ref for tip in db.session.query(Tip).order_by(Tip.id)]
        backed_up()
        desk.post("/desk/tips/1/erase", sure="yes")
        db.session.remove()

        result = restored(store.boards.parent, "--replace", into=tmp_path)

        assert "1 tips have no erase key" in result.output
        assert [path.name for path in key_files.folder("keys").iterdir()] == [refs[1]]
        assert names_in(tmp_path / f"{ASIDE}-1" / "tips" / "keys") == []
        assert desk.client.get("/desk/tips/2").status_code in (200, 303)

    def test_doctor_says_that_tips_went_back(self, backed_up, restored, store, sent, served):
        backed_up()
        restored(store.boards.parent)

        with (other := served()).app_context():
            output = other.test_cli_runner().invoke(doctor).output
        assert "BAD the database of tips went back" in output
        assert "ok  every tip has its erase key" in output

    def test_without_a_copy_of_erase_keys_the_operator_is_told(
        self, backed_up, restored, store, sent
    ):
        backed_up()
        for path in store.key_copies():
            path.unlink()

        assert "1 tips have no erase key" in restored(store.boards.parent).output

    def test_keys_from_elsewhere_are_taken(self, backed_up, restored, store, sent, tmp_path):
        backed_up()
        (path,) = store.key_copies()
        moved = path.rename(tmp_path / path.name)

        assert "no erase key" not in restored(store.boards.parent, "--erase-keys", moved).output


def test_evidence_of_a_claim_comes_back(backed_up, restored, served, store, app, ada, harbour):
    from board.law.claims.evidence import Upload, encrypt_uploads  # noqa: PLC0415

    (file,) = encrypt_uploads([Upload("proof", "a.txt", b"what was written")])
    backed_up()
    restored(store.boards.parent)

    with served().app_context():
        assert file.decrypt() == b"what was written"


def test_a_board_without_tips_takes_tips_at_once(backed_up, restored, served, store, empty, ada):
    backed_up()
    restored(store.boards.parent)

    assert "went_back" not in "".join(names_in(empty))
    assert not (empty / "tips" / "checkpoints").exists()


def test_proof_names_what_is_wrong(another, empty):
    with (other := another(empty)).app_context():
        result = other.test_cli_runner().invoke(proof.prove_backup)
    assert (result.exit_code, result.output) == (1, "Error: The database is empty.\n")
