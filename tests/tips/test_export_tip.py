"""A reader exports a tip to an offline computer, and colleagues see that in the log."""

import hashlib
import io
import json
import re
import tarfile
import unicodedata
from html import unescape

import pyrage
import pytest
from sqlalchemy import select, text

from board.db import db, writing
from board.runtime.limiter import long_work
from board.tips.crypto import key_files
from board.tips.crypto.primitives import SIZE_STEP
from board.tips.models.audit_log import AuditEntry
from board.tips.models.key_holders import TipReader
from tips.conftest import SourceClient, holder_id, multipart

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."


@pytest.fixture
def offline():
    """The key pair of the offline computer."""
    return pyrage.x25519.Identity.generate()


def offer_recipient(desk, offline):
    return desk.post("/desk/tips/export/recipient", recipient=str(offline.to_public()))


def decrypted_code(desk, offline):
    lines = re.search(r'id="riddle">(.+?)</pre>', desk.get("/desk/tips/export").text, re.S)
    return pyrage.decrypt(unescape(lines[1]).encode(), [offline]).decode()


def prove_recipient(desk, offline):
    assert offer_recipient(desk, offline).status_code == 303
    answer = desk.post("/desk/tips/export/prove", code=decrypted_code(desk, offline))
    assert answer.status_code == 303


def unpacked(answer, offline):
    assert answer.status_code == 200
    plain = pyrage.decrypt(answer.data, [offline])
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive.getmembers()}


def logged_actions():
    return [entry.act for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_reader_exports_a_tip(desk, source, offline):
    big = bytes(range(256)) * 1000
    source.send(STORY, files=((big, "장부 사본.xlsx"), (b"", "빈.txt")), contact="010-9999-0000")
    desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/note", text="작년 기사와 이어집니다.")
    desk.client.post("/desk/tips/1/reply", **multipart({"text": "언제부터였습니까?"}, ()))
    prove_recipient(desk, offline)

    answer = desk.post("/desk/tips/1/export")

    assert answer.headers["Content-Disposition"] == "attachment; filename=tip-1.tar.age"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    files = unpacked(answer, offline)
    listed = files.pop("tip-1/SHA256SUMS").decode().splitlines()
    assert sorted(listed) == sorted(
        f"{hashlib.sha256(data).hexdigest()}  {name.removeprefix('tip-1/')}"
        for name, data in files.items()
    )
    named = {name.rpartition("-")[2]: data for name, data in files.items() if "/files/" in name}
    assert named == {"장부 사본.xlsx": big, "빈.txt": b""}
    talk = files["tip-1/talk.txt"].decode()
    assert STORY in talk and "언제부터였습니까?" in talk and "작년 기사와 이어집니다." in talk
    manifest = json.loads(files["tip-1/manifest.json"])
    assert (manifest["tip"], manifest["exported_by"]) == (1, "tess")
    entries = {each["name"]: each for each in manifest["contents"] if each["kind"] == "file"}
    assert entries["장부 사본.xlsx"]["sha256"] == hashlib.sha256(big).hexdigest()
    assert "key" not in entries["장부 사본.xlsx"]
    assert "010-9999-0000" not in str(files)
    assert logged_actions()[-1] == "export"
    assert "tess: 제보를 암호화해 내보내기" in desk.get("/desk/tips/1").text


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("가" * 116 + ".hwp", "가" * 39 + ".hwp"),
        ("ㅎ" * 120, "ㅎ" * 80),
        ("a" * 100 + ".html", "a" * 100 + ".html"),
        ("이름." + "확" * 100, "이름." + "확" * 24),
    ],
    ids=["syllables", "letters", "latin", "no extension"],
)
def test_files_with_long_names_are_unpacked_on_any_file_system(
    desk, source, offline, tmp_path, name, short
):
    """255 bytes are the limit, and a syllable has up to nine where names are decomposed."""
    source.send(STORY, files=((b"x", name),))
    prove_recipient(desk, offline)

    found = unpacked(desk.post("/desk/tips/1/export"), offline)

    (path,) = (path for path in found if "/files/" in path)
    assert path == f"tip-1/files/002-{short}"
    (tmp_path / unicodedata.normalize("NFD", path.rpartition("/")[2])).write_bytes(b"x")
    manifest = json.loads(found["tip-1/manifest.json"])
    (entry,) = (entry for entry in manifest["contents"] if entry["kind"] == "file")
    assert (entry["name"], entry["file"]) == (name, path.removeprefix("tip-1/"))


def test_exports_of_short_tips_have_one_size(app, desk, offline):
    prove_recipient(desk, offline)
    sizes = []
    for number, told in enumerate((STORY, STORY * 50), 1):
        SourceClient(app).send(told)
        archive = desk.post(f"/desk/tips/{number}/export").data
        sizes.append(len(pyrage.decrypt(archive, [offline])))

    assert sizes == [SIZE_STEP, SIZE_STEP]


def test_contact_details_are_exported_on_request_and_logged(desk, source, offline):
    source.send(STORY, contact="010-9999-0000")
    prove_recipient(desk, offline)

    found = unpacked(desk.post("/desk/tips/1/export", contact="yes"), offline)

    assert "010-9999-0000" in found["tip-1/talk.txt"].decode()
    assert logged_actions()[-2:] == ["export", "contact"]


def test_an_export_contains_no_spreadsheet_formulas(desk, source, offline):
    """A formula stays a line of text; files of sources keep their bytes, behind a number."""
    formula = '=HYPERLINK("http://evil.example","x")'
    source.send(formula, files=((formula.encode(), "=cmd.csv"),))
    prove_recipient(desk, offline)

    found = unpacked(desk.post("/desk/tips/1/export"), offline)

    ours = {name: data for name, data in found.items() if "/files/" not in name}
    assert {name.rpartition("/")[2] for name in ours} == {"talk.txt", "manifest.json", "SHA256SUMS"}
    assert formula in ours["tip-1/talk.txt"].decode()
    assert [name for name in found if name.rpartition("/")[2].startswith("=")] == []


def test_it_is_encrypted_to_the_readers_own_computer_only(desk, sent, offline):
    prove_recipient(desk, offline)
    answer = desk.post("/desk/tips/1/export")

    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(answer.data, [pyrage.x25519.Identity.generate()])
    assert STORY.encode() not in answer.data


def test_an_export_leaves_no_plaintext_on_disk(app, desk, source, offline, monkeypatch):
    source.send(STORY, files=((b"rooftop7731" * 9000, "a.bin"),))
    prove_recipient(desk, offline)
    stored = []
    encrypt = pyrage.encrypt_io

    def spy(reader, writer, to):
        encrypt(reader, writer, to)
        writer.seek(0)
        stored.append(writer.read())

    monkeypatch.setattr(pyrage, "encrypt_io", spy)
    desk.post("/desk/tips/1/export")

    assert b"rooftop7731" not in stored[0]
    assert list(key_files.folder("drafts").iterdir()) == []


def test_an_export_that_finds_the_board_busy_is_not_logged(desk, sent, offline, monkeypatch):
    prove_recipient(desk, offline)
    monkeypatch.setattr(long_work, "wait", 0)
    with long_work:
        busy = desk.post("/desk/tips/1/export")

    assert busy.status_code == 503
    assert "export" not in logged_actions()


def test_without_a_proven_recipient_nothing_is_exported(desk, sent, offline):
    assert desk.post("/desk/tips/1/export").location == "/desk/tips/export"
    offer_recipient(desk, offline)

    assert desk.post("/desk/tips/1/export").location == "/desk/tips/export"
    assert "export" not in logged_actions()


@pytest.mark.parametrize("code", ["", "00000000", "x", "１２３"])
def test_a_wrong_code_does_not_prove_a_recipient(desk, sent, offline, code):
    offer_recipient(desk, offline)

    assert desk.post("/desk/tips/export/prove", code=code).status_code == 422
    assert desk.post("/desk/tips/1/export").location == "/desk/tips/export"


def test_a_code_proves_one_recipient_once(desk, sent, offline):
    offer_recipient(desk, offline)
    code = decrypted_code(desk, offline)
    other = pyrage.x25519.Identity.generate()
    offer_recipient(desk, other)

    assert desk.post("/desk/tips/export/prove", code=code).status_code == 422
    code = decrypted_code(desk, other)
    assert desk.post("/desk/tips/export/prove", code=code).status_code == 303
    assert desk.post("/desk/tips/export/prove", code=code).status_code == 422


def test_until_another_recipient_is_proven_the_first_is_used(desk, sent, offline):
    prove_recipient(desk, offline)
    offer_recipient(desk, pyrage.x25519.Identity.generate())

    assert unpacked(desk.post("/desk/tips/1/export"), offline)


def test_an_invalid_recipient_is_refused(desk, sent):
    for wrong in ("", "age1xyz", "ssh-ed25519 AAAA", "age1" + "q" * 58, "가" * 62):
        assert desk.post("/desk/tips/export/recipient", recipient=wrong).status_code == 422, wrong


def test_a_secret_key_is_refused_and_not_shown_again(desk, sent, offline):
    page = desk.post("/desk/tips/export/recipient", recipient=f" {offline} ")

    assert page.status_code == 422
    assert "비밀 열쇠를 입력하셨습니다" in page.text
    assert str(offline) not in page.text


def test_a_recipient_slipped_into_the_database_is_not_taken(app, desk, second_desk, sent, offline):
    """It is encrypted with the reader's own key: another reader's, moved, does not decrypt."""
    prove_recipient(second_desk, offline)
    theirs, mine = holder_id(second_desk.user), holder_id(desk.user)
    with writing():
        move = "UPDATE tip_holder SET export_to = (SELECT export_to FROM tip_holder WHERE id = :a)"
        db.session.execute(text(f"{move} WHERE id = :b"), {"a": theirs, "b": mine})
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    assert desk.post("/desk/tips/1/export").status_code == 409


def test_a_new_passphrase_keeps_the_recipient_and_a_new_key_forgets_it(
    desk, second_desk, sent, offline
):
    prove_recipient(desk, offline)
    page = desk.post("/desk/tips/renew", passphrase=desk.passphrase)
    desk.remember_phrases(page)
    desk.unlock()
    assert unpacked(desk.post("/desk/tips/1/export"), offline)

    desk.restart()
    desk.unlock()
    assert db.session.scalars(TipReader.for_user(desk.user)).one().export_to is None


def test_a_damaged_file_stops_it_before_anything_is_sent(app, desk, source, offline):
    source.send(STORY, files=((b"x" * 200_000, "a.bin"),))
    prove_recipient(desk, offline)
    (path,) = key_files.folder("files").iterdir()
    data = bytearray(path.read_bytes())
    data[100_000] ^= 1
    path.write_bytes(data)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = desk.post("/desk/tips/1/export")

    assert answer.status_code == 409
    assert list(key_files.folder("drafts").iterdir()) == []


def test_a_reader_without_a_key_of_the_tip_cannot_export_it(desk, second_desk, sent, offline):
    prove_recipient(second_desk, offline)
    desk.post("/desk/tips/1/shut-out", reader=holder_id(second_desk.user))

    assert second_desk.post("/desk/tips/1/export").status_code == 404
    assert "export" not in logged_actions()
