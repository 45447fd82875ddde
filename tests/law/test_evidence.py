"""Files come with a claim: kept sealed, read by moderators while it is open, and then erased."""

import io
import os
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board.db import db, now, writing
from board.law.claims import evidence
from board.law.claims import views as claim_views
from board.law.claims.evidence import Evidence, Upload
from board.law.claims.models import Claim, Step
from board.law.claims.workflow import block, claim, reject
from board.moderation.rulings.models import Ruling, Verdict
from board.runtime import jobs
from board.text import normalize_file_name
from conftest import say

PNG = b"\x89PNG\r\n\x1a\n" + b"picture of a pier" * 20
PDF = b"%PDF-1.7 a power of attorney"


def told(comment, **changes):
    return {
        "url": f"/comments/{comment.id}", "sentence": "3 Pier Street", "kind": "privacy",
        "text": "My address.", "wish": "block", "requester": "person", "name": "Kim Harbour",
        "contact": "kim@pier.example", "consent": "y", **changes,
    }  # fmt: skip


@pytest.fixture
def hurting(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def received(hurting):
    with writing():
        made, _ = claim(
            hurting, name="Kim", contact="kim@pier.example", kind="privacy", sentence="3",
            text="Mine", wish="block", requester="person",
        )  # fmt: skip
        db.session.flush()
        evidence.attach(
            made,
            evidence.encrypt_upload(
                [Upload("proof", "pier.png", PNG), Upload("identity", "id.pdf", PDF)]
            ),
        )
    return made


def files(kind=None):
    found = select(Evidence).order_by(Evidence.id)
    return list(db.session.scalars(found.where(Evidence.kind == kind) if kind else found))


def folder(app):
    return os.path.join(app.instance_path, "evidence")


def test_a_claim_brings_files_that_nobody_can_read_from_the_disk(app, guest, hurting):
    data = told(
        hurting,
        proof=[(io.BytesIO(PNG), "부두.png"), (io.BytesIO(b"dated notes"), "notes.txt")],
        identity=(io.BytesIO(PDF), "me/card.pdf"),
    )

    answer = guest.post("/report/rights", data=data)

    assert answer.status_code == 201
    assert [(f.kind, f.name, f.media_type) for f in files()] == [
        ("proof", "부두.png", "image/png"),
        ("proof", "notes.txt", "text/plain"),
        ("identity", "card.pdf", "application/pdf"),
    ]
    assert [file.data() for file in files()] == [PNG, b"dated notes", PDF]
    for name in os.listdir(folder(app)):
        path = os.path.join(folder(app), name)
        assert os.stat(path).st_mode & 0o077 == 0
        with open(path, "rb") as file:
            assert b"picture" not in file.read()
    assert os.stat(folder(app)).st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.html", b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0"),
        ("run.exe", b"MZ\x90\0"),
        ("archive.zip", b"PK\x03\x04\0\0"),
        ("empty.txt", b" "),
    ],
)
def test_other_kinds_of_files_are_refused_and_the_rest_stays_typed(guest, hurting, name, data):
    answer = guest.post("/report/rights", data=told(hurting, proof=(io.BytesIO(data), name)))

    assert answer.status_code == 422
    assert "받을 수 없는 형식입니다" in answer.text
    assert "Kim Harbour" in answer.text
    assert (files(), db.session.scalar(select(Claim))) == ([], None)


def test_too_many_files_or_too_large_ones_are_refused(guest, hurting, monkeypatch):
    many = [(io.BytesIO(PNG), f"{number}.png") for number in range(6)]
    assert guest.post("/report/rights", data=told(hurting, proof=many)).status_code == 422

    monkeypatch.setattr(Evidence, "BYTES_MAX", len(PNG) * 2 - 1)
    two = [(io.BytesIO(PNG), "1.png"), (io.BytesIO(PNG), "2.png")]
    assert guest.post("/report/rights", data=told(hurting, proof=two)).status_code == 422
    monkeypatch.setattr(claim_views, "_UPLOADS_MAX", 1000)
    huge = told(hurting, proof=(io.BytesIO(PNG + bytes(100_000)), "1.png"))
    assert guest.post("/report/rights", data=huge).status_code == 413
    assert files() == []


def test_a_moderator_saves_a_file_and_the_log_tells_of_it(as_, mo, received):
    file = files("proof")[0]

    answer = as_(mo).post(f"/desk/claims/files/{file.id}/open")

    assert (answer.status_code, answer.data) == (200, PNG)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer.headers["Cache-Control"]
    [ruling] = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.OPEN_FILE))
    assert (ruling.moderator_id, ruling.detail["sha256"]) == (mo.id, file.sha256)


def test_nobody_else_gets_a_file_and_no_moderator_once_the_case_has_ended(
    as_, guest, ada, mo, tess, received
):
    url = f"/desk/claims/files/{files()[0].id}/open"

    statuses = [as_(ada).post(url).status_code, as_(tess).post(url).status_code]
    assert [guest.post(url).status_code, *statuses] == [401, 403, 403]
    assert as_(mo).get(url).status_code == 405
    with writing():
        reject(db.session.get_one(Claim, received.id), by=mo, says="No.")
    assert as_(mo).post(url).status_code == 403


def test_a_damaged_or_missing_file_is_not_handed_out(app, as_, mo, received):
    first, second = files()
    with open(os.path.join(folder(app), first.file), "r+b") as file:
        file.write(b"x")
    os.unlink(os.path.join(folder(app), second.file))

    for each in (first, second):
        assert as_(mo).post(f"/desk/claims/files/{each.id}/open").status_code == 404


def test_who_somebody_is_goes_a_month_after_the_end_and_the_rest_after_three_years(
    app, mo, received
):
    with writing():
        reject(db.session.get_one(Claim, received.id), by=mo, says="No.")

    with time_machine.travel(now() + timedelta(days=29)):
        assert "evidence" not in jobs.run_pending()
    with time_machine.travel(now() + timedelta(days=31)):
        assert "evidence" in jobs.run_pending()
    assert [file.kind for file in files()] == ["proof"]
    assert os.listdir(folder(app)) == [files()[0].file]
    with time_machine.travel(now() + timedelta(days=3 * 365 + 1)):
        jobs.run_pending()
    assert (files(), os.listdir(folder(app))) == ([], [])


def test_nothing_goes_while_the_case_is_open(mo, received):
    with writing():
        block(db.session.get_one(Claim, received.id), by=mo, says="Down.")

    with time_machine.travel(now() + timedelta(days=29)):
        jobs.run_pending()
    assert len(files()) == 2


def test_an_upload_that_was_never_stored_is_swept_away(app, received):
    stray = os.path.join(folder(app), "stray")
    with open(stray, "w") as file:
        file.write("half an upload")
    assert "evidence" not in jobs.run_pending()
    os.utime(stray, (0, 0))

    assert "evidence" in jobs.run_pending()
    assert len(os.listdir(folder(app))) == len(files()) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rights_step SET state = 'restored'",
        "DELETE FROM rights_step",
        "UPDATE rights_claim SET state = 'restored'",
        "UPDATE rights_claim SET state = 'nowhere'",
    ],
)
def test_the_database_refuses_what_no_claim_may_do(received, statement):
    with pytest.raises(IntegrityError), writing():
        db.session.execute(db.text(statement))
    db.session.rollback()


def test_every_move_the_model_knows_is_one_the_database_lets_pass(received):
    """And no other: the two lists are compared by trying all pairs."""
    from board.law.claims.models import MOVES, State  # noqa: PLC0415

    def reach(state):
        """A row in this state, put there without the guard."""
        with writing():
            connection = db.session.connection()
            sql = "SELECT sql FROM sqlite_master WHERE name = 'rights_claim_moves'"
            guard = connection.exec_driver_sql(sql).scalar()
            connection.exec_driver_sql("DROP TRIGGER rights_claim_moves")
            connection.exec_driver_sql(f"UPDATE rights_claim SET state = '{state.value}'")
            connection.exec_driver_sql(guard)

    allowed = set()
    for start in State:
        for end in State:
            reach(start)
            try:
                with writing():
                    db.session.execute(db.text(f"UPDATE rights_claim SET state = '{end.value}'"))
                allowed.add((start, end))
            except IntegrityError:
                pass

    moves = {(start, end) for start, ends in MOVES.items() for end in ends}
    assert allowed == moves | {(state, state) for state in State}


def test_each_step_is_kept_with_when_by_whom_and_on_what_ground(mo, received):
    with writing():
        block(db.session.get_one(Claim, received.id), by=mo, says="Down.")

    steps = db.session.scalars(select(Step).order_by(Step.id)).all()
    assert [(s.state, s.by_id, s.basis) for s in steps] == [
        ("received", None, "정보통신망법 44조의2"),
        ("blocked", mo.id, "정보통신망법 44조의2"),
    ]
    assert steps[1].ruling_id is not None


def test_a_claim_that_is_not_taken_leaves_no_file(app, guest, hurting, monkeypatch):
    monkeypatch.setattr(claim_views, "PER_HOUR", 1)
    guest.post("/report/rights", data=told(hurting))

    answer = guest.post("/report/rights", data=told(hurting, proof=(io.BytesIO(PNG), "1.png")))

    assert answer.status_code == 429
    assert os.listdir(folder(app)) == files() == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\me\\card.pdf", "card.pdf"),
        ("../../etc/passwd", "passwd"),
        ("...", "file"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("가" * 200 + ".png", "가" * 116 + ".png"),
    ],
)
def test_names_of_files_lead_nowhere_and_hide_nothing(given, kept):
    assert normalize_file_name(given, length_max=Evidence.NAME_MAX) == kept
