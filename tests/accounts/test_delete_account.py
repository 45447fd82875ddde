"""탈퇴: a member deletes the account, with or without the comments."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from board.accounts.auth import passwords
from board.accounts.auth.devices import Device
from board.accounts.display_names import DELETED_USER_NAME
from board.accounts.email import queue as email_queue
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import Session, User
from board.comments.models import Comment
from board.comments.viewer.blocks import Block
from board.comments.viewer.reactions import ReactionLimits, like
from board.comments.writing import edit
from board.comments.writing.errors import AuthorSuspended
from board.db import db, now, writing
from board.law.claims import contact_preferences
from board.law.claims.contact_preferences import ContactPreference
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions as rulings
from board.moderation.users import sanctions, staff_notes
from conftest import NO_LIMITS, PASSWORD, person, say


@pytest.fixture
def settings():
    return NO_LIMITS


@pytest.fixture
def ada(ada):
    with writing():
        ada.password_hash = passwords.hash_password(PASSWORD)
    return ada


@pytest.fixture
def delete_account(as_, ada):
    def send(user=ada, password=PASSWORD, **form):
        return as_(user).post("/account/leave", data={"password": password, **form})

    return send


def test_comments_stay_without_the_name(delete_account, guest, harbour, ada, bora):
    root = say(harbour, ada, "떠나기 전에")
    say(harbour, bora, "답글", to=root)
    assert "ada" in guest.get("/articles/harbour").text

    response = delete_account(comments="keep")

    assert (response.status_code, response.location) == (303, "/?notice=left")
    page = guest.get("/articles/harbour").text
    assert "떠나기 전에" in page and DELETED_USER_NAME in page and "ada" not in page
    payload = guest.get("/api/v1/articles/harbour/comments").json["comments"][0]
    assert payload["author"]["name"] == DELETED_USER_NAME
    assert payload["replies"][0]["to"]["name"] == DELETED_USER_NAME
    assert ada.left_on is not None


@pytest.mark.slow
def test_deleted_comments_leave_a_tombstone_above_replies(
    delete_account, guest, harbour, ada, bora
):
    for number in range(45):
        say(harbour, ada, f"글 {number}")
    root = say(harbour, ada, "답글이 있는 글")
    say(harbour, bora, "남의 답글", to=root)

    assert delete_account(comments="delete").status_code == 303

    rows = db.session.scalars(select(Comment).where(Comment.author_id == ada.id)).all()
    assert {comment.body for comment in rows} == {""}
    assert [comment.id for comment in rows if comment.listed] == [root.id]
    page = guest.get("/articles/harbour").text
    assert "남의 답글" in page and "답글이 있는 글" not in page
    assert harbour.comment_count == 1


def test_no_row_identifies_the_person_any_more(
    delete_account, app, as_, harbour, ada, bora, mo, tmp_path
):
    with writing():
        Device.remember(ada)
        db.session.add(Block(user_id=ada.id, muted_id=bora.id))
        staff_notes.add_note(ada, by=mo, text="Knows the harbour master")
        contact_preferences.set_contact("ada@pier.example", by=ada)
        app.config.update(
            MAIL_SERVER="smtp://x", MAIL_FROM="a@b.example", ORIGIN="http://n.example"
        )
        email_queue.enqueue("legal", 1, to=ada)
    say(harbour, ada, "남는 글")

    delete_account()

    for model, column in (
        (Session, Session.user_id), (Device, Device.user_id), (Block, Block.user_id),
        (QueuedEmail, QueuedEmail.user_id), (ContactPreference, ContactPreference.user_id),
        (staff_notes.StaffNote, staff_notes.StaffNote.user_id),
    ):  # fmt: skip
        count = select(func.count()).select_from(model).where(column == ada.id)
        assert db.session.scalar(count) == 0, model
    row = db.session.execute(text("SELECT * FROM user WHERE id = :id"), {"id": ada.id}).one()
    assert not {"ada", "ada@harbour.example"} & {str(value) for value in row}
    assert row.password_hash == ""


def test_all_sessions_end_and_nobody_can_sign_in_again(as_, delete_account, guest, ada):
    elsewhere = as_(ada)
    assert elsewhere.get("/account").status_code == 200

    response = delete_account()

    assert "board_session=;" in response.headers["Set-Cookie"]
    assert response.headers["Clear-Site-Data"] == '"storage"'
    assert elsewhere.get("/account").status_code == 303
    for email in ("ada@harbour.example", f"#{ada.id}"):
        for password in (PASSWORD, ""):
            form = {"email": email, "password": password}
            assert guest.post("/sign-in", data=form).status_code == 422


def test_email_and_name_can_be_used_for_a_new_account(delete_account, guest, ada):
    delete_account()

    form = {"email": "ada@harbour.example", "name": "ada", "password": PASSWORD, "of_age": "y"}
    assert guest.post("/sign-up", data=form).status_code == 303

    new = db.session.scalar(User.with_email("ada@harbour.example"))
    assert new.id != ada.id and new.name == "ada"


def test_several_accounts_share_the_deleted_name_and_nobody_can_choose_it(
    delete_account, as_, guest, ada, bora
):
    with writing():
        bora.password_hash = passwords.hash_password(PASSWORD)
    assert [delete_account(user).status_code for user in (ada, bora)] == [303, 303]

    form = {"email": "x@harbour.example", "password": PASSWORD, "of_age": "y"}
    for name in (DELETED_USER_NAME, "탈퇴한  이용자", "탈퇴한·이용자"):
        refused = guest.post("/sign-up", data={**form, "name": name})
        assert refused.status_code == 422
        assert "쓸 수 없는 닉네임입니다." in refused.text


@pytest.mark.parametrize(
    "form",
    [
        {"password": "wrong"},
        {"password": ""},
        {"comments": "burn"},
        {"comments": "delete", "password": "wrong"},
    ],
)
def test_without_the_password_or_a_choice_nothing_is_deleted(delete_account, harbour, ada, form):
    say(harbour, ada, "그대로")

    refused = delete_account(**form)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert (ada.name, ada.left_on, harbour.comment_count) == ("ada", None, 1)


def test_an_invalid_choice_is_not_reported_as_a_wrong_password(delete_account):
    page = delete_account(comments="burn").text

    assert page.count("비밀번호가 맞지 않습니다") == 0
    assert 'href="#comments-0"' in page


def test_guessing_the_password_is_limited(delete_account, ada):
    statuses = [delete_account(password=f"wrong {number}").status_code for number in range(11)]

    assert statuses == [422] * 10 + [429]
    assert delete_account().status_code == 429
    with time_machine.travel(now() + timedelta(days=1)):
        assert delete_account().status_code == 303


@pytest.mark.parametrize("who", ["mo", "tess"])
def test_staff_cannot_delete_their_account_until_revoked(request, as_, who):
    user = request.getfixturevalue(who)

    page, refused = as_(user).get("/account/leave"), as_(user).post("/account/leave")

    assert (
        "시스템 관리자가 권한을 회수한 뒤" in page.text and '<form class="stack"' not in page.text
    )
    assert (refused.status_code, user.left_on) == (403, None)


def test_an_administrator_deletes_the_account_of_a_person_who_cannot_sign_in(
    operator, guest, harbour, ada, mo
):
    say(harbour, ada, "남는 글")
    with writing():
        sanctions.ban(ada, by=mo, reason="abuse")

    assert (
        operator("leave", "ada@harbour.example", "--yes").output
        == "ada@harbour.example has left.\n"
    )

    assert ada.left_on and DELETED_USER_NAME in guest.get("/articles/harbour").text
    assert "staff" in operator("leave", "mo@harbour.example", "--yes").output
    assert "no account" in operator("leave", "ada@harbour.example", "--yes").output


def test_requests_under_way_are_refused(delete_account, harbour, ada, bora):
    theirs, mine = say(harbour, bora, "남의 글"), say(harbour, ada, "먼저 쓴 글")
    delete_account()

    with pytest.raises(AuthorSuspended):
        say(harbour, ada, "늦은 글")
    for late in (
        lambda: like(theirs, by=ada, limits=ReactionLimits.none()),
        lambda: reports.report(theirs, by=ada, reason="spam"),
    ):
        with pytest.raises(AuthorSuspended), writing():
            late()
    refusal = edit.edit_refusal(mine, by=ada, window=timedelta(minutes=10))
    assert isinstance(refusal, AuthorSuspended)


def test_a_deleted_account_gets_no_more_email(app, delete_account, harbour, ada, mo):
    app.config.update(MAIL_SERVER="smtp://x", MAIL_FROM="a@b.example", ORIGIN="http://n.example")
    comment = say(harbour, ada, "남는 글")
    app.config.update(ORIGIN="")
    delete_account()
    app.config.update(ORIGIN="http://n.example")
    with writing():
        rulings.hide(comment, by=mo, reason="abuse", note="")

    with writing(), time_machine.travel(now() + timedelta(hours=1)):
        assert email_queue.claim_next() is None


def test_likes_of_a_deleted_account_still_count(delete_account, guest, harbour, ada, bora):
    comment = say(harbour, bora, "좋은 글")
    with writing():
        like(
            db.session.get(Comment, comment.id),
            by=db.session.get(User, ada.id),
            limits=ReactionLimits.none(),
        )

    delete_account()

    assert guest.get("/api/v1/articles/harbour/comments").json["comments"][0]["like_count"] == 1


def test_the_account_page_links_to_it(as_, ada):
    assert 'href="/account/leave"' in as_(ada).get("/account").text
    assert "댓글은 남기고 닉네임만 삭제" in as_(ada).get("/account/leave").text


def test_the_desk_log_shows_decisions_without_the_name(delete_account, as_, harbour, ada, mo):
    with writing():
        sanctions.warn(ada, by=mo, reason="abuse", note="Mind your words")
    delete_account()

    log = as_(mo).get("/desk/rulings").text
    assert DELETED_USER_NAME in log and ">ada<" not in log
    assert as_(mo).get(f"/desk/people/{ada.id}").status_code == 200
    assert person("cyd").name == "cyd"
