"""Files of a claim: stored encrypted, opened by moderators while it is open, then deleted."""

import io
import os
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board.db import db, now, writing
from board.law.claims import evidence, uploads
from board.law.claims import views as claim_views
from board.law.claims.evidence import Evidence, Upload
from board.law.claims.models import Claim, Step
from board.law.claims.workflow import block, receive_claim, reject
from board.moderation.rulings.models import Ruling, Verdict
from board.runtime import jobs
from board.text import normalize_file_name
from conftest import say

PNG = b"\x89PNG\r\n\x1a\n" + b"picture of a pier" * 20
PDF = b"%PDF-1.7 a power of attorney"


def form_data(comment, **changes):
    return {
        "url": f"/comments/{comment.id}", "sentence": "3 Pier Street", "kind": "privacy",
        "text": "My address.", "wish": "block", "requester": "person", "name": "Kim Harbour",
        "contact": "kim@pier.example", "consent": "y", **changes,
    }  # fmt: skip


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def received(comment):
    with writing():
        made, _ = receive_claim(
            comment, name="Kim", contact="kim@pier.example", kind="privacy", sentence="3",
            text="Mine", wish="block", requester="person",
        )  # fmt: skip
        db.session.flush()
        evidence.attach(
            made,
            evidence.encrypt_uploads(
                [Upload("proof", "pier.png", PNG), Upload("identity", "id.pdf", PDF)]
            ),
        )
    return made


def files(kind=None):
    rows = select(Evidence).order_by(Evidence.id)
    return list(db.session.scalars(rows.where(Evidence.kind == kind) if kind else rows))


def folder(app):
    return os.path.join(app.instance_path, "evidence")


def test_a_guest_attaches_files_that_are_encrypted_on_disk(app, guest, comment):
    data = form_data(
        comment,
        proof=[(io.BytesIO(PNG), "부두.png"), (io.BytesIO(b"dated notes"), "notes.txt")],
        identity=(io.BytesIO(PDF), "me/card.pdf"),
    )

    response = guest.post("/report/rights", data=data)

    assert response.status_code == 201
    assert [(f.kind, f.name, f.media_type) for f in files()] == [
        ("proof", "부두.png", "image/png"),
        ("proof", "notes.txt", "text/plain"),
        ("identity", "card.pdf", "application/pdf"),
    ]
    assert [file.decrypt() for file in files()] == [PNG, b"dated notes", PDF]
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
def test_other_types_of_files_are_refused_and_the_form_keeps_its_values(guest, comment, name, data):
    response = guest.post("/report/rights", data=form_data(comment, proof=(io.BytesIO(data), name)))

    assert response.status_code == 422
    assert "받을 수 없는 형식입니다" in response.text
    assert "Kim Harbour" in response.text
    assert (files(), db.session.scalar(select(Claim))) == ([], None)


def test_only_who_has_chosen_files_is_asked_to_choose_them_again(guest, comment):
    hint = "파일을 다시 선택해 주세요."
    empty = {"proof": (io.BytesIO(), "")}  # as a browser sends a field in which none was chosen

    without = guest.post("/report/rights", data=form_data(comment, name="", **empty))
    chosen = guest.post(
        "/report/rights", data=form_data(comment, name="", proof=(io.BytesIO(PNG), "a.png"))
    )

    assert (without.status_code, chosen.status_code) == (422, 422)
    assert (hint in without.text, hint in chosen.text) == (False, True)


def test_too_many_files_or_too_large_ones_are_refused(guest, comment, monkeypatch):
    many = [(io.BytesIO(PNG), f"{number}.png") for number in range(6)]
    assert guest.post("/report/rights", data=form_data(comment, proof=many)).status_code == 422

    monkeypatch.setattr(Evidence, "BYTES_MAX", len(PNG) * 2 - 1)
    two = [(io.BytesIO(PNG), "1.png"), (io.BytesIO(PNG), "2.png")]
    assert guest.post("/report/rights", data=form_data(comment, proof=two)).status_code == 422
    monkeypatch.setattr(uploads, "BYTES_MAX", 1000)
    huge = form_data(comment, proof=(io.BytesIO(PNG + bytes(100_000)), "1.png"))
    assert guest.post("/report/rights", data=huge).status_code == 413
    assert files() == []


def test_a_moderator_opens_a_file_and_it_is_logged(as_, mo, received):
    file = files("proof")[0]

    response = as_(mo).post(f"/desk/claims/files/{file.id}/open")

    assert (response.status_code, response.data) == (200, PNG)
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.mimetype == "application/octet-stream"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response.headers["Cache-Control"]
    [ruling] = db.session.scalars(select(Ruling).where(Ruling.verdict == Verdict.OPEN_FILE))
    assert (ruling.moderator_id, ruling.detail["sha256"]) == (mo.id, file.sha256)


def test_only_moderators_open_a_file_and_only_while_the_case_is_open(
    as_, guest, ada, mo, tess, received
):
    url = f"/desk/claims/files/{files()[0].id}/open"

    statuses = [as_(ada).post(url).status_code, as_(tess).post(url).status_code]
    assert [guest.post(url).status_code, *statuses] == [401, 403, 403]
    assert as_(mo).get(url).status_code == 405
    with writing():
        reject(db.session.get_one(Claim, received.id), by=mo, says="No.")
    assert as_(mo).post(url).status_code == 403


def test_a_damaged_or_missing_file_cannot_be_opened(app, as_, mo, received):
    first, second = files()
    with open(os.path.join(folder(app), first.file), "r+b") as file:
        file.write(b"x")
    os.unlink(os.path.join(folder(app), second.file))

    for each in (first, second):
        assert as_(mo).post(f"/desk/claims/files/{each.id}/open").status_code == 404


def test_proof_of_identity_is_deleted_after_a_month_and_evidence_after_three_years(
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


def test_nothing_is_deleted_while_the_case_is_open(mo, received):
    with writing():
        block(db.session.get_one(Claim, received.id), by=mo, says="Down.")

    with time_machine.travel(now() + timedelta(days=29)):
        jobs.run_pending()
    assert len(files()) == 2


def test_an_upload_without_a_claim_is_deleted(app, received):
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
def test_the_database_refuses_impossible_changes_of_a_claim(received, statement):
    with pytest.raises(IntegrityError), writing():
        db.session.execute(db.text(statement))
    db.session.rollback()


def test_the_database_allows_exactly_the_transitions_of_the_model(received):
    """Every pair of states is tried."""
    from board.law.claims.models import TRANSITIONS, State  # noqa: PLC0415

    def force(state):
        """Put the claim into this state, with the trigger away meanwhile."""
        with writing():
            connection = db.session.connection()
            sql = "SELECT sql FROM sqlite_master WHERE name = 'rights_claim_moves'"
            trigger = connection.exec_driver_sql(sql).scalar()
            connection.exec_driver_sql("DROP TRIGGER rights_claim_moves")
            connection.exec_driver_sql(f"UPDATE rights_claim SET state = '{state.value}'")
            connection.exec_driver_sql(trigger)

    allowed = set()
    for start in State:
        for end in State:
            force(start)
            try:
                with writing():
                    db.session.execute(db.text(f"UPDATE rights_claim SET state = '{end.value}'"))
                allowed.add((start, end))
            except IntegrityError:
                pass

    transitions = {(start, end) for start, ends in TRANSITIONS.items() for end in ends}
    assert allowed == transitions | {(state, state) for state in State}


def test_each_step_records_who_took_it_and_its_legal_basis(mo, received):
    with writing():
        block(db.session.get_one(Claim, received.id), by=mo, says="Down.")

    steps = db.session.scalars(select(Step).order_by(Step.id)).all()
    assert [(s.state, s.by_id, s.basis) for s in steps] == [
        ("received", None, "정보통신망법 44조의2"),
        ("blocked", mo.id, "정보통신망법 44조의2"),
    ]
    assert steps[1].ruling_id is not None


def test_a_refused_claim_leaves_no_file(app, guest, comment, monkeypatch):
    monkeypatch.setattr(claim_views, "PER_HOUR", 1)
    guest.post("/report/rights", data=form_data(comment))

    response = guest.post(
        "/report/rights", data=form_data(comment, proof=(io.BytesIO(PNG), "1.png"))
    )

    assert response.status_code == 429
    assert os.listdir(folder(app)) == files() == []


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("C:\\me\\card.pdf", "card.pdf"),
        ("../../etc/passwd", "passwd"),
        ("...", "file"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("가" * 200 + ".png", "가" * 116 + ".png"),
    ],
)
def test_file_names_lose_paths_and_invisible_characters(given, stored):
    assert normalize_file_name(given, length_max=Evidence.NAME_MAX) == stored
