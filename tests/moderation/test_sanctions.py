"""A moderator warns, holds, suspends, bans and lifts; the user and other staff read it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.comments.models import Comment
from board.db import db, writing
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.users import bulk_bans, sanctions, staff_notes
from conftest import count_queries, person, say


def send(client, text="Hello"):
    return client.post("/articles/harbour/comments", data={"body": text})


def act(client, user, verb, **fields):
    return client.post(f"/desk/people/{user.id}/{verb}", data={"reason": "abuse", **fields})


def verdicts():
    return [ruling.verdict for ruling in db.session.scalars(select(Ruling).order_by(Ruling.id))]


def test_a_warned_user_posts_again_only_after_acknowledging(as_, ada, mo, harbour):
    act(as_(mo), ada, "warn")
    client = as_(ada)

    refused = send(client, "My view")
    page = client.get("/account/notices").text
    client.post("/account/notices/seen")
    accepted = send(client, "My view")

    assert refused.status_code == 403
    assert "My view" in refused.text
    assert "경고를 받았습니다" in page
    assert "욕설·인신공격" in page
    assert accepted.status_code == 303
    assert "경고를 받았습니다" not in client.get("/account/notices").text


def test_comments_by_a_held_user_are_held(as_, guest, ada, mo, harbour):
    act(as_(mo), ada, "hold", term="3d")

    send(as_(ada), "My view")

    [comment] = db.session.scalars(select(Comment))
    assert comment.held_for == "account"
    assert "My view" not in guest.get("/articles/harbour").text


def test_a_suspended_user_is_signed_out_at_the_next_request(as_, ada, mo, harbour):
    client = as_(ada)

    act(as_(mo), ada, "suspend", term="3d")

    assert send(client).status_code == 401
    assert ada.suspended_for == "욕설·인신공격"
    assert 2 < (ada.suspended_until - ada.joined_at).days <= 3


def test_a_ban_needs_the_display_name(as_, ada, mo, harbour):
    moderator = as_(mo)

    slip = act(moderator, ada, "ban", name="bora")
    meant = act(moderator, ada, "ban", name=" ADA ")

    assert slip.status_code == 422
    assert 'id="ban-name"' in slip.text
    assert meant.status_code == 303
    assert ada.suspended_until == sanctions.FOREVER
    assert verdicts() == ["ban"]


def test_lifting_ends_all_sanctions_once(as_, ada, mo, harbour):
    moderator = as_(mo)
    act(moderator, ada, "hold", term="3d")
    act(moderator, ada, "suspend", term="3d")

    moderator.post(f"/desk/people/{ada.id}/lift")
    moderator.post(f"/desk/people/{ada.id}/lift")

    assert (ada.is_suspended, ada.is_held) == (False, False)
    assert verdicts() == ["hold", "suspend", "lift"]
    assert send(as_(ada)).status_code == 303


@pytest.mark.parametrize("verb", ["warn", "hold", "suspend", "ban", "lift"])
def test_staff_cannot_be_sanctioned_from_the_desk(as_, verb, tess, mo):
    moderator = as_(mo)

    for user in (tess, mo):
        fields = {"term": "3d", "name": user.name}
        assert act(moderator, user, verb, **fields).status_code == 403
    assert verdicts() == []


@pytest.mark.parametrize("verb", ["warn", "hold", "suspend", "ban"])
def test_a_sanction_without_a_reason_is_refused(as_, verb, ada, mo):
    answer = as_(mo).post(f"/desk/people/{ada.id}/{verb}", data={"term": "3d", "name": "ada"})

    assert answer.status_code == 422
    assert "사유를 선택하거나" in answer.text
    assert verdicts() == []


@pytest.mark.parametrize(("term", "hours"), [("1h", 1), ("6h", 6), ("12h", 12), ("90d", 2160)])
def test_a_suspension_lasts_as_long_as_chosen(as_, ada, mo, term, hours):
    with time_machine.travel(ada.joined_at, tick=False):
        act(as_(mo), ada, "suspend", term=term)

    assert ada.suspended_until - ada.joined_at == timedelta(hours=hours)


@pytest.mark.parametrize("term", ["0", "-1h", "2h", "99999999999d", "3", "x", ""])
def test_a_length_not_offered_is_refused(as_, term, ada, mo):
    assert act(as_(mo), ada, "suspend", term=term).status_code == 422
    assert not ada.is_suspended


def test_a_bulk_ban_takes_two_moderators(as_, ada, bora, mo):
    min_ = person("min", can_moderate=True, can_supervise=True)
    fields = {"person": [ada.id, bora.id, mo.id], "reason": "spam"}
    as_(mo).post("/desk/people/bans", data=fields)
    [proposal] = db.session.scalars(select(bulk_bans.BanProposal))
    path = f"/desk/people/bans/{proposal.id}/approve"

    same = as_(mo).post(path)
    assert (same.status_code, ada.is_suspended) == (403, False)
    other = as_(min_).post(path)
    as_(min_).post(path)

    assert other.status_code == 303
    assert [user.suspended_until for user in (ada, bora)] == [sanctions.FOREVER] * 2
    assert not mo.is_suspended
    assert verdicts() == ["ban", "ban"]


def test_a_rejected_proposal_bans_nobody(as_, ada, mo):
    as_(mo).post("/desk/people/bans", data={"person": [ada.id], "reason": "spam"})
    [proposal] = db.session.scalars(select(bulk_bans.BanProposal))

    as_(mo).post(f"/desk/people/bans/{proposal.id}/reject")
    late = as_(person("min", can_moderate=True, can_supervise=True)).post(
        f"/desk/people/bans/{proposal.id}/approve"
    )

    assert late.status_code == 303
    assert not ada.is_suspended


@pytest.mark.parametrize("chosen", [[], ["x"], ["9" * 30], list(range(1, 102))])
def test_an_invalid_proposal_is_refused(as_, chosen, ada, mo):
    fields = {"person": chosen, "reason": "spam"}

    assert as_(mo).post("/desk/people/bans", data=fields).status_code == 422


def test_staff_read_notes_and_the_user_does_not(as_, ada, mo):
    as_(mo).post(f"/desk/people/{ada.id}/note", data={"text": "Writes for a firm?"})
    other = person("min", can_moderate=True, can_supervise=True)

    assert "Writes for a firm?" in as_(other).get(f"/desk/people/{ada.id}").text
    assert "Writes for a firm?" not in as_(ada).get("/account/notices").text


@pytest.mark.slow
def test_no_page_of_users_takes_a_query_per_row(as_, ada, mo, harbour):
    def queries(path):
        with count_queries() as seen:
            assert as_(mo).get(path).status_code == 200
        return len(seen)

    page = f"/desk/people/{ada.id}"
    paths = ("/desk/people", page, f"{page}/comments", f"{page}/clear")
    say(harbour, ada, "Hello")
    one_more_of_each("제드", ada, mo, harbour)
    one = [queries(path) for path in paths]
    for number in range(40):
        one_more_of_each(f"제드 {chr(ord('가') + 28 * number)}", ada, mo, harbour)

    assert [queries(path) for path in paths] == one


def one_more_of_each(name, subject, mo, harbour):
    user = person(name)
    comment = say(harbour, subject, f"To {name}")
    with writing():
        sanctions.suspend(user, by=mo, until=sanctions.FOREVER, reason="spam")
        staff_notes.add_note(subject, by=mo, text="note")
        decisions.hide(comment, by=mo, reason="spam")
