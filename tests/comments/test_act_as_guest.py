"""A guest presses like, dislike, reply or report, signs in, and is back where they were."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from board.accounts.auth.passwords import hash_password
from board.articles.editing import lifecycle
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.viewer.reactions import Reaction
from board.db import db, now, writing
from board.moderation.reports.models import Report
from board.moderation.rulings import decisions as moderation
from board.moderation.threads.restrictions import restrict
from conftest import PASSWORD, said, say

OLDEST = "/articles/harbour?sort=oldest"


@pytest.fixture
def comment(harbour, ada, bora):
    with writing():
        ada.password_hash = bora.password_hash = hash_password(PASSWORD)
    return say(harbour, ada, "A comment")


def links(page):
    """Where the page leads to sign in and to sign up, and where from there."""
    paths = re.findall(r'<a class="button[^"]*" href="(/sign-[^"]*)"', page.text)
    return [
        (urlsplit(path).path, parse_qs(urlsplit(html.unescape(path)).query)["next"][0])
        for path in paths
    ]


def sign_in(client, user, next):
    fields = {"email": user.email, "password": PASSWORD, "next": next}
    return client.post("/sign-in", data=fields)


def stored(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


def main_of(page):
    return page.text.split("<main")[1].split("</main>")[0]


def fields_of(page):
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main_of(page))
    return {name: html.unescape(value) for name, value in hidden}


def checked(page):
    return re.findall(r'name="reason" value="([^"]*)" required checked', page.text)


@pytest.mark.parametrize("verb", ["like", "dislike"])
def test_a_press_is_finished_after_signing_in_at_the_same_place(guest, bora, comment, verb):
    place = f"{OLDEST}#comment-{comment.id}"
    referrer = {"Referer": f"http://localhost{OLDEST}"}

    asked = guest.post(f"/comments/{comment.id}/{verb}", headers=referrer)
    [(_, back), _up] = links(asked)
    signed_in = sign_in(guest, bora, back)
    form = guest.get(signed_in.location)
    done = guest.post(f"/comments/{comment.id}/{verb}", data=fields_of(form))

    assert asked.status_code == 401
    assert links(asked) == [("/sign-in", back), ("/sign-up", back)]
    assert stored(Reaction) == 1
    assert fields_of(form)["next"] == place
    done_notice = {"like": "liked", "dislike": "disliked"}[verb]
    assert done.location == f"{OLDEST}&notice={done_notice}#comment-{comment.id}"


def test_coming_back_writes_nothing_until_the_button_is_pressed(guest, bora, comment):
    address = f"/comments/{comment.id}/like?next={OLDEST}"
    location = sign_in(guest, bora, address).location

    assert guest.get(location).status_code == 200
    assert guest.head(location).status_code == 200
    assert stored(Reaction) == 0


def test_a_second_press_changes_nothing(as_, bora, comment):
    client = as_(bora)
    path = f"/comments/{comment.id}/like"
    for _ in range(2):
        assert client.post(path, data={"next": OLDEST}).status_code == 303
    again = client.get(path, query_string={"next": OLDEST})

    assert again.location == f"{OLDEST}#comment-{comment.id}"
    assert stored(Reaction) == 1


def test_a_press_from_another_site_is_refused(as_, bora, comment):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": None}):
        answer = as_(bora).post(
            f"/comments/{comment.id}/like", data={"next": OLDEST}, headers=headers
        )
        assert answer.status_code == 403
    assert stored(Reaction) == 0


@pytest.mark.parametrize(
    "hostile",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_no_way_back_leads_to_another_site(as_, guest, bora, comment, hostile):
    own_page = f"/comments/{comment.id}#comment-{comment.id}"
    paths = [f"/comments/{comment.id}/{verb}" for verb in ("like", "report")]
    for path in paths:
        page = guest.get(path, query_string={"next": hostile})
        assert (page.status_code, f'class="back" href="{own_page}"' in page.text) == (200, True)
    fields = {"next": hostile, "reason": "abuse"}
    done = [as_(bora).post(path, data=fields).location for path in paths]
    notices = ("liked", "reported")
    assert done == [own_page.replace("#", f"?notice={each}#") for each in notices]
    asked = guest.post(paths[0], headers={"Referer": "http://evil.example//evil.example"})
    assert f'class="back" href="{own_page}"' in asked.text


def test_a_report_keeps_the_reason_and_the_way_back(guest, bora, comment):
    form = guest.get(f"/comments/{comment.id}/report", query_string={"next": OLDEST})
    chosen = {**fields_of(form), "reason": "spam"}
    asked = guest.get(f"/comments/{comment.id}/report", query_string=chosen)
    [(_, back), _up] = links(asked)
    opened = guest.get(sign_in(guest, bora, back).location)
    fields = {**fields_of(opened), "reason": checked(opened)[0]}
    done = guest.post(f"/comments/{comment.id}/report", data=fields)

    assert "사유: 광고" in asked.text
    assert checked(opened) == ["spam"]
    assert done.location == f"{OLDEST}&notice=reported#comment-{comment.id}"
    [report] = db.session.scalars(select(Report))
    assert (report.comment_id, report.reason) == (comment.id, "spam")


def test_a_reason_that_does_not_exist_is_asked_for_again(guest, comment):
    page = guest.get(f"/comments/{comment.id}/report?reason=<script>")

    assert (page.status_code, links(page)) == (200, [])
    assert "<script>" not in page.text


def test_a_refused_report_keeps_the_way_back(as_, bora, comment):
    page = as_(bora).post(f"/comments/{comment.id}/report", data={"next": OLDEST})

    assert page.status_code == 422
    assert fields_of(page)["next"] == OLDEST


@pytest.mark.parametrize("act", ["like", "report"])
def test_of_a_comment_hidden_meanwhile_one_comes_back_to_the_page(
    as_, guest, bora, mo, comment, act
):
    with writing():
        moderation.hide(comment, reason="abuse", by=mo)

    for client in (guest, as_(bora)):
        answer = client.get(f"/comments/{comment.id}/{act}", query_string={"next": OLDEST})
        assert answer.location == f"{OLDEST}&notice=comment_gone#thread"
        assert said(answer) == "더 이상 볼 수 없는 댓글입니다."
    posted = guest.post(f"/comments/{comment.id}/like")
    assert (posted.status_code, links(posted), "A comment" in posted.text) == (401, [], False)


def test_of_a_comment_deleted_meanwhile_too(as_, guest, bora, comment):
    with writing():
        comment.delete()

    path = f"/comments/{comment.id}/like"
    assert as_(bora).get(path, query_string={"next": OLDEST}).status_code == 303
    assert [guest.get(path).status_code, guest.get("/comments/999/like").status_code] == [404, 404]
    assert guest.post(path).status_code == 404


def test_of_a_withdrawn_article_nothing_is_shown(guest, tess, harbour, comment):
    with writing():
        lifecycle.withdraw(harbour, by=tess)

    assert guest.get(f"/comments/{comment.id}/like").status_code == 410
    assert guest.post(f"/comments/{comment.id}/like").status_code == 410


def test_who_turns_out_to_be_the_author_reads_why_not(guest, ada, comment):
    page = guest.get(sign_in(guest, ada, f"/comments/{comment.id}/like?next={OLDEST}").location)
    refused = guest.post(f"/comments/{comment.id}/like", data=fields_of(page))

    assert refused.status_code == 403
    assert "내 댓글에는" in refused.text
    assert stored(Reaction) == 0


def test_a_read_only_thread_asks_nobody_to_sign_in(guest, mo, comment, harbour):
    with writing():
        terms = RestrictionSpec(measures=(RestrictionKind.FREEZE,), reason="Late", article=harbour)
        restrict(terms, by=mo)

    path = f"/comments/{comment.id}/like"
    for page in (guest.get(path), guest.post(path)):
        assert ("지금은 읽기만 할 수 있는" in page.text, links(page)) == (True, [])


def test_a_board_without_dislikes_offers_none_to_guests(app, guest, comment):
    app.config["DISLIKES"] = False

    path = f"/comments/{comment.id}/dislike"
    assert (guest.get(path).status_code, guest.post(path).status_code) == (404, 404)


def test_report_and_rights_complaint_are_offered_to_everyone(as_, guest, bora, comment):
    article = guest.get("/articles/harbour").text
    page = guest.get(f"/comments/{comment.id}").text

    assert ("data-report-link" in article, "data-claim-link" in article) == (True, True)
    assert f'href="/comments/{comment.id}/report" data-action>신고</a>' in page
    assert f'href="/report/rights?comment={comment.id}"' in page
    claim = guest.get(f"/report/rights?comment={comment.id}").text
    assert f'value="http://localhost/comments/{comment.id}"' in claim
    for client in (guest, as_(bora)):
        form = client.get(f"/comments/{comment.id}/report").text
        assert f'href="/report/rights?comment={comment.id}"' in form


def test_the_article_is_one_page_for_all_guests(app, guest, comment):
    other = app.test_client()
    assert guest.get("/articles/harbour").text == other.get("/articles/harbour").text
    assert "public" in guest.get("/articles/harbour").headers["Cache-Control"]


def test_the_pages_read_in_english(guest, comment):
    page = guest.get(f"/comments/{comment.id}/like?lang=en").text
    assert "Sign in to like comments" in page
    assert (
        "Sign in to report comments"
        in guest.get(f"/comments/{comment.id}/report?reason=spam&lang=en").text
    )


def test_a_suspended_reader_reads_why_and_changes_nothing(guest, bora, comment):
    with writing():
        bora.suspend(until=now() + timedelta(days=1), reason="도배")

    refused = sign_in(guest, bora, f"/comments/{comment.id}/like?next={OLDEST}")

    assert (refused.status_code, "도배" in refused.text) == (403, True)
    assert guest.post(f"/comments/{comment.id}/like").status_code == 401
    assert stored(Reaction) == 0
