"""An author edits a comment within the edit window; what is refused, and with what message."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from board.comments.body import Body
from board.comments.models import Comment, Revision
from board.comments.writing import create
from board.comments.writing.errors import ThreadClosed
from board.db import db, writing
from board.moderation.queue import QueueItem
from board.moderation.rulings import decisions as moderation
from conftest import say

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def edit(client, comment, body, version=0, **fields):
    data = {"body": body, "version": version, **fields}
    return client.post(f"/comments/{comment.id}/edit", data=data)


def alert(response):
    match = re.search(r'role="alert"[^>]*>(.*?)</(?:p|div)>', response.text, re.S)
    return match and re.sub("<[^>]+>", "", match[1]).strip()


def revisions():
    return [(each.text, each.comment_id) for each in db.session.scalars(select(Revision))]


def test_everyone_reads_the_new_text_and_that_it_was_edited(as_, guest, ada, harbour):
    comment = say(harbour, ada, "The bridge is closed")

    response = edit(as_(ada), comment, "The bridge is open")

    assert response.status_code == 303
    assert response.location == f"/comments/{comment.id}?notice=edited#comment-{comment.id}"
    page = guest.get("/articles/harbour?lang=en").text
    assert "<p>The bridge is open</p>" in page
    assert "The bridge is closed" not in page
    assert "(edited)" in page
    assert revisions() == [("The bridge is closed", comment.id)]


def test_an_edit_renews_the_cached_page_of_guests(as_, guest, ada, harbour):
    comment = say(harbour, ada, "Before")
    tag = guest.get("/articles/harbour").headers["ETag"]

    edit(as_(ada), comment, "After")

    again = guest.get("/articles/harbour", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "After" in again.text


def test_the_form_has_the_current_text_and_an_edit_renders_new_links(as_, guest, ada, harbour):
    comment = say(harbour, ada, "See https://a.example/old")
    client = as_(ada)

    form = client.get(f"/comments/{comment.id}/edit").text
    edit(client, comment, "See https://a.example/new")

    assert "See https://a.example/old</textarea>" in form
    assert 'name="version" type="hidden" value="0"' in form
    assert '<a href="https://a.example/new"' in guest.get("/articles/harbour").text


def test_the_window_closes_on_the_minute(app, as_, ada, harbour):
    app.config["EDIT_WINDOW_MINUTES"] = 10
    with time_machine.travel(MONDAY, tick=False) as clock:
        comment = say(harbour, ada, "One")
        client = as_(ada)
        clock.shift(599)
        in_time = edit(client, comment, "Two")
        clock.shift(1)
        late, form = edit(client, comment, "Three", 1), client.get(f"/comments/{comment.id}/edit")

    assert (in_time.status_code, late.status_code, form.status_code) == (303, 403, 403)
    assert alert(late) == alert(form) == "이 댓글을 수정할 수 있는 시간이 지났습니다."
    assert "Three</textarea>" in late.text
    assert "textarea" not in form.text
    assert comment.body == "Two"


def test_a_board_can_switch_off_editing(app, as_, ada, harbour):
    app.config["EDIT_WINDOW_MINUTES"] = 0
    comment = say(harbour, ada, "Carved in stone")
    client = as_(ada)

    assert client.get(f"/comments/{comment.id}/edit").status_code == 404
    assert edit(client, comment, "Or not").status_code == 404
    for page in ("/articles/harbour", f"/comments/{comment.id}"):
        assert "/edit" not in client.get(page).text


def test_nobody_can_edit_the_comment_of_another(as_, guest, ada, bora, mo, harbour):
    comment = say(harbour, ada, "Mine")
    clients = [guest, as_(bora), as_(mo)]

    forms = [client.get(f"/comments/{comment.id}/edit").status_code for client in clients]
    posts = [edit(client, comment, "Yours").status_code for client in clients]
    wrong = [edit(client, comment, "").status_code for client in clients]

    assert (forms, posts, wrong) == ([303, 403, 403], [401, 403, 403], [401, 403, 403])
    assert (comment.body, revisions()) == ("Mine", [])


def test_an_edit_without_changes_stores_nothing(as_, guest, ada, harbour):
    comment = say(harbour, ada, "As it was")
    revision = harbour.revision

    response = edit(as_(ada), comment, "  As it was \r\n\r\n")

    assert response.status_code == 303
    assert (revisions(), comment.edited_at, harbour.revision) == ([], None, revision)


def test_a_form_sent_twice_stores_one_edit_and_succeeds_after_the_window(as_, ada, harbour):
    with time_machine.travel(MONDAY, tick=False) as clock:
        comment = say(harbour, ada, "One")
        client = as_(ada)
        first = edit(client, comment, "Two")
        clock.shift(3600)
        retry = edit(client, comment, "Two")

    assert (first.status_code, retry.status_code) == (303, 303)
    assert first.location == retry.location
    assert revisions() == [("One", comment.id)]


def test_a_form_older_than_another_edit_is_refused_with_both_texts(as_, ada, harbour):
    comment = say(harbour, ada, "Beginning")
    client = as_(ada)
    edit(client, comment, "From the first tab")

    stale = edit(client, comment, "From the second tab", version=0)

    assert stale.status_code == 409
    assert "From the second tab</textarea>" in stale.text
    assert "<p>From the first tab</p>" in stale.text
    assert comment.body == "From the first tab"
    version = re.search(r'name="version"[^>]* value="(\d+)"', stale.text)[1]
    assert edit(client, comment, "From the second tab", version=version).status_code == 303
    assert [text for text, _ in revisions()] == ["Beginning", "From the first tab"]


def test_of_two_tabs_at_once_one_saves_and_the_other_is_refused(app, as_, ada, harbour):
    comment = say(harbour, ada, "Beginning")
    clients, answers = [as_(ada), as_(ada)], []
    address = f"/comments/{comment.id}/edit"  # built here: each thread has its own session

    def send(number):
        fields = {"body": f"From tab {number}", "version": 0}
        with app.app_context():
            answers.append(clients[number].post(address, data=fields).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert sorted(answers) == [303, 409]
    assert revisions() == [("Beginning", comment.id)]


def test_a_comment_hidden_meanwhile_cannot_be_edited(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Rude")
    client = as_(ada)
    with writing():
        moderation.hide(comment, by=mo, reason="abuse")

    refused, form = edit(client, comment, "Polite"), client.get(f"/comments/{comment.id}/edit")

    assert (refused.status_code, form.status_code) == (409, 409)
    assert "Polite</textarea>" in refused.text
    assert (comment.body, revisions()) == ("Rude", [])


def test_a_comment_deleted_meanwhile_cannot_be_edited(as_, ada, bora, harbour):
    bare, answered = say(harbour, ada, "Bare"), say(harbour, ada, "Answered")
    say(harbour, bora, "Reply", to=answered)
    client = as_(ada)
    for comment in (bare, answered):
        client.post(f"/comments/{comment.id}/delete")

    statuses = [edit(client, comment, "Back again").status_code for comment in (bare, answered)]

    assert statuses == [404, 409]
    assert (bare.body, answered.body, revisions()) == ("", "", [])


def test_comments_in_a_closed_thread_cannot_be_edited(as_, ada, harbour):
    comment = say(harbour, ada, "Before")
    client = as_(ada)
    with writing():
        harbour.close(reason="Three days are over.")

    assert edit(client, comment, "After").status_code == 409
    assert comment.body == "Before"
    assert "/edit" not in client.get("/articles/harbour").text


def test_a_suspension_in_the_meantime_stops_the_edit(as_, ada, harbour):
    comment = say(harbour, ada, "Before")
    client = as_(ada)
    with writing():
        ada.suspended_until = datetime.now(UTC) + timedelta(days=1)

    assert edit(client, comment, "After").status_code == 401
    assert comment.body == "Before"


def test_twenty_edits_and_no_more(as_, ada, harbour):
    comment = say(harbour, ada, "Version 0")
    client = as_(ada)
    for number in range(1, 21):
        assert edit(client, comment, f"Version {number}", number - 1).status_code == 303

    refused = edit(client, comment, "Version 21", 20)

    assert refused.status_code == 403
    assert "20" in alert(refused)
    assert (comment.body, len(revisions())) == ("Version 20", 20)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"body=a%00b&version=0", 400),
        (b"body=%ED%A0%80&version=0", 400),
        (b"body=a&body=b&version=0", 400),
        (b"body=&version=0", 422),
        (b"body=%E3%85%A4&version=0", 422),  # a Hangul filler looks like nothing
        (b"body=a", 422),
        (b"body=a&version=", 422),
        (b"body=a&version=x", 422),
        (b"body=a&version=-1", 422),
        (b"body=a&version=99999999999999999999", 422),
        (b"body=a&version=7", 409),
        (b"body=" + b"a" * 301 + b"&version=0", 422),
        (b"body=" + b"x" * 70_000, 413),
    ],
)
def test_invalid_edit_forms_are_refused(as_, ada, harbour, raw, status):
    comment = say(harbour, ada, "Still here")

    response = as_(ada).post(
        f"/comments/{comment.id}/edit",
        data=raw,
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == status
    assert (comment.body, revisions()) == ("Still here", [])


def test_an_edit_cannot_repeat_a_text_that_a_new_comment_cannot(app, as_, ada, harbour):
    app.config["SAME_TEXT_HOURS"] = 24
    say(harbour, ada, "Buy this")
    other = say(harbour, ada, "Something else")

    assert edit(as_(ada), other, "BUY  this").status_code == 429
    assert other.body == "Something else"


def test_an_edited_text_counts_for_the_limit_on_the_same_text(app, as_, ada, harbour):
    app.config["SAME_TEXT_HOURS"] = 24
    comment = say(harbour, ada, "Something else")
    client = as_(ada)
    edit(client, comment, "Buy this")

    again = client.post("/articles/harbour/comments", data={"body": "Buy this"})

    assert again.status_code == 429


def test_a_comment_can_be_edited_back_to_an_earlier_text(app, as_, ada, harbour):
    app.config["SAME_TEXT_HOURS"] = 24
    comment = say(harbour, ada, "One")
    client = as_(ada)

    edit(client, comment, "Two")
    back = edit(client, comment, "One", 1)

    assert back.status_code == 303
    assert [text for text, _ in revisions()] == ["One", "Two"]


def test_search_finds_the_new_text_and_not_the_old(as_, guest, ada, harbour):
    comment = say(harbour, ada, "등대 아래에서")
    edit(as_(ada), comment, "방파제 위에서")

    def found(word):
        page = guest.get("/articles/harbour/comments/search", query_string={"q": word}).text
        return f"comment-{comment.id}" in page

    assert (found("등대"), found("방파제")) == (False, True)
    with writing():
        comment.delete()
    assert not found("방파제")


def test_deleting_a_comment_deletes_its_earlier_texts(as_, ada, bora, harbour):
    comment = say(harbour, ada, "Words I regret")
    say(harbour, bora, "Reply", to=comment)
    client = as_(ada)
    edit(client, comment, "Better words")

    client.post(f"/comments/{comment.id}/delete")

    everything = [
        *db.session.execute(text("SELECT body, html FROM comment")),
        *db.session.execute(text("SELECT * FROM revision")),
    ]
    assert "regret" not in str(everything)
    assert "Better" not in str(everything)


def test_a_hidden_comment_keeps_its_text(ada, mo, harbour):
    comment = say(harbour, ada, "One")
    with writing():
        comment._set_hidden(reason="abuse")
        comment.edit(Body.from_text("Two"))

    assert comment.body == "One"


def test_only_the_author_sees_the_link_to_edit(as_, guest, ada, bora, harbour):
    comment = say(harbour, ada, "Mine")
    own, other = as_(ada), as_(bora)

    def options(client):
        page = client.get(f"/comments/{comment.id}").text
        return page[page.index('id="options"') : page.index("</nav>", page.index('id="options"'))]

    link = f'<a class="button" href="/comments/{comment.id}/edit">수정</a>'
    assert link in options(own)
    for client in (other, guest):
        assert link not in options(client)


def test_the_json_api_and_the_feed_have_the_time_of_the_edit(as_, guest, ada, harbour):
    comment = say(harbour, ada, "One")
    edit(as_(ada), comment, "Two")

    [payload] = guest.get("/api/v1/articles/harbour/comments").json["comments"]
    feed = guest.get("/articles/harbour/feed.atom").text

    assert payload["edited_at"] == comment.edited_at.isoformat()
    assert payload["posted_at"] < payload["edited_at"]
    published, updated = (
        re.search(f"<{name}>(.*?)</{name}>", feed[feed.index("<entry>") :])[1]
        for name in ("published", "updated")
    )
    assert published <= updated
    assert db.session.scalar(select(Comment.edited_at)) == comment.edited_at


def test_checks_of_other_slices_refuse_or_hold_an_edit_too(
    as_, guest, ada, mo, harbour, monkeypatch
):
    def check(pending):
        if "vile" in pending.body.text:
            raise ThreadClosed
        return "word" if "rude" in pending.body.text else None

    monkeypatch.setattr(create, "pre_post_checks", [check])
    comment = say(harbour, ada, "Kind words")
    client = as_(ada)

    refused = edit(client, comment, "vile words")
    held = edit(client, comment, "rude words")

    assert (refused.status_code, held.status_code) == (409, 303)
    assert "rude words" not in guest.get("/articles/harbour").text
    assert guest.get(f"/comments/{comment.id}/revisions").status_code == 404
    assert "rude words" in client.get(held.location).text
    assert [item.reason for item in db.session.scalars(QueueItem.for_comment(comment))] == ["word"]
    with writing():
        moderation.keep(comment, by=mo)
    assert "rude words" in guest.get("/articles/harbour/comments/search?q=rude").text
