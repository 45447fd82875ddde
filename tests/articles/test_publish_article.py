"""Articles are drafts, scheduled, published or withdrawn, and readers see only what is public."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.auth import sessions
from board.articles.editing import lifecycle
from board.articles.models import Article
from board.articles.publication import State
from board.db import db, now, writing
from board.moderation.rulings.models import Ruling
from board.runtime import jobs
from conftest import more_link, person, said, say

FORM = {"title": "등대가 다시 켜졌다", "body": "첫 문단입니다.", "published_at": ""}
# A time ahead, in the middle of an hour, as no cached page outlives one; and as an editor types it.
AHEAD = (now() + timedelta(hours=6)).replace(minute=30, second=0, microsecond=0)
TYPED = AHEAD.astimezone(ZoneInfo("Asia/Seoul")).strftime("%Y-%m-%dT%H:%M")
PAGES = (
    "/articles/{slug}",
    "/articles/{slug}/comments",
    "/articles/{slug}/comments/search?q=문단",
    "/articles/{slug}/feed.atom",
    "/api/v1/articles/{slug}/comments",
    "/api/v1/articles/{slug}/comments/newest",
)


def written(client, **fields):
    """The slug of an article written with this form."""
    response = client.post("/desk/articles/new", data={**FORM, **fields})
    assert response.status_code == 303
    return re.search("/desk/articles/([^?]+)", response.location)[1]


def stored(slug):
    return db.session.scalars(Article.by_slug(slug)).one()


def statuses(client, slug):
    return {client.get(path.format(slug=slug)).status_code for path in PAGES}


def seen(client, slug):
    """The `seen` of the edit form, as a browser would send it back."""
    page = client.get(f"/desk/articles/{slug}").text
    return re.search(r'name="seen" type="hidden" value="([^"]*)"', page)[1]


@pytest.fixture
def editor(as_, tess):
    """The browser of tess, whose session does not end when a test is hours ahead."""
    client = as_(tess)
    with writing():
        tess.sessions[0].seen_at = None
    return client


@pytest.fixture
def withdrawn(editor, harbour):
    editor.post("/desk/articles/harbour/withdraw")
    return harbour


# ---- drafts ----


def test_a_draft_is_seen_by_editors_and_moderators_only(as_, guest, ada, mo, editor):
    slug = written(editor, action="draft")

    assert stored(slug).state == State.DRAFT
    assert statuses(guest, slug) == statuses(as_(ada), slug) == {404}
    assert statuses(as_(person("rita", can_read_tips=True)), slug) == {404}
    for staff in (editor, as_(mo)):
        answers = {path: staff.get(path.format(slug=slug)).status_code for path in PAGES}
        assert answers == {path: 404 if path.startswith("/api/") else 200 for path in PAGES}
    assert FORM["title"] not in guest.get("/").text
    assert guest.get(f"/api/v1/counts?article={slug}").json == {"counts": {}}


def test_the_preview_of_a_draft_is_not_stored_or_indexed(editor):
    response = editor.get(f"/articles/{written(editor, action='draft')}")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in response.text
    assert "첫 문단입니다." in response.text


def test_a_session_without_the_second_factor_sees_no_draft(app, editor, mo):
    slug = written(editor, action="draft")
    client = app.test_client()
    with writing():
        _, token = sessions.sign_in(mo, device="test", today=now().date())
    client.set_cookie("board_session", token)

    assert client.get(f"/articles/{slug}").status_code == 404


def test_a_draft_needs_a_headline_only(editor):
    slug = written(editor, action="draft", body="")
    refused = editor.post("/desk/articles/new", data={**FORM, "action": "draft", "title": " "})

    assert (stored(slug).body_html, refused.status_code) == ("", 422)
    published = editor.post(f"/desk/articles/{slug}", data={**FORM, "body": ""})
    assert (published.status_code, stored(slug).state) == (422, State.DRAFT)


def test_nobody_comments_on_a_draft(as_, ada, mo, editor):
    slug = written(editor, action="draft")

    posts = [
        as_(who).post(f"/articles/{slug}/comments", data={"body": "Hello"}) for who in (ada, mo)
    ]
    assert [response.status_code for response in posts] == [404, 409]
    assert stored(slug).comment_count == 0


def test_a_published_draft_appears_with_the_time_of_its_publication(guest, editor):
    slug = written(editor, action="draft")

    with time_machine.travel(now() + timedelta(hours=3), tick=False):
        response = editor.post(f"/desk/articles/{slug}", data=FORM)
        assert stored(slug).published_at == now()

    assert said(response) == "“등대가 다시 켜졌다” 기사를 발행했습니다."
    assert (stored(slug).state, stored(slug).edited_at) == (State.PUBLISHED, None)
    assert guest.get(f"/articles/{slug}").status_code == 200


def test_a_draft_keeps_the_date_planned_for_it(editor):
    slug = written(editor, action="draft", published_at="2026-12-24T12:00")

    assert 'value="2026-12-24T12:00"' in editor.get(f"/desk/articles/{slug}").text
    assert 'value="20' not in editor.get(f"/desk/articles/{written(editor, action='draft')}").text


# ---- scheduled ----


def test_a_date_ahead_schedules_and_at_that_time_everyone_sees_the_article(guest, editor):
    with time_machine.travel(AHEAD - timedelta(hours=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        assert stored(slug).state == State.SCHEDULED
        assert statuses(guest, slug) == {404}
        assert FORM["title"] not in guest.get("/").text

        clock.move_to(AHEAD - timedelta(seconds=1))
        assert FORM["title"] not in guest.get("/").text
        assert guest.get(f"/api/v1/counts?article={slug}").json == {"counts": {}}

        clock.move_to(AHEAD)
        assert statuses(guest, slug) == {200}
        assert FORM["title"] in guest.get("/").text
        assert guest.get(f"/api/v1/counts?article={slug}").json == {"counts": {slug: 0}}


@pytest.mark.slow
def test_a_page_cached_by_another_worker_shows_a_scheduled_article_at_its_time(
    app, another, guest, editor
):
    with time_machine.travel(AHEAD - timedelta(minutes=10), tick=False) as clock:
        written(editor, published_at=TYPED)
        workers = [app.test_client(), another(app.instance_path).test_client()]
        before = [worker.get("/").text for worker in workers for _ in range(2)]

        clock.move_to(AHEAD)
        after = [worker.get("/").text for worker in workers]

    assert [FORM["title"] in page for page in before] == [False] * 4
    assert [FORM["title"] in page for page in after] == [True] * 2


def test_a_scheduled_article_that_has_appeared_stays_when_the_clock_goes_back(guest, editor):
    with time_machine.travel(AHEAD - timedelta(hours=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        assert jobs.run_pending() == []
        clock.move_to(AHEAD)
        assert jobs.run_pending() == ["scheduled articles"]
        assert jobs.run_pending() == []
        clock.move_to(AHEAD - timedelta(minutes=30))

        assert guest.get(f"/articles/{slug}").status_code == 200


def test_readers_comment_on_a_scheduled_article_from_its_time_on(as_, ada, editor):
    with time_machine.travel(AHEAD - timedelta(hours=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        early = as_(ada).post(f"/articles/{slug}/comments", data={"body": "Early"})
        clock.move_to(AHEAD)
        in_time = as_(ada).post(f"/articles/{slug}/comments", data={"body": "In time"})

    assert (early.status_code, in_time.status_code) == (404, 303)


def test_a_scheduled_article_goes_back_to_a_draft(guest, editor):
    with time_machine.travel(AHEAD - timedelta(hours=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        form = {**FORM, "published_at": TYPED, "action": "draft"}
        editor.post(f"/desk/articles/{slug}", data=form)
        clock.move_to(AHEAD)

        assert (stored(slug).state, guest.get(f"/articles/{slug}").status_code) == ("draft", 404)


def test_an_editor_who_saves_too_late_does_not_take_an_article_back(guest, editor):
    with time_machine.travel(AHEAD - timedelta(minutes=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        clock.move_to(AHEAD + timedelta(minutes=1))
        later = "2099-01-01T00:00"
        responses = [
            editor.post(f"/desk/articles/{slug}", data={**FORM, **late})
            for late in ({"action": "draft"}, {"published_at": later})
        ]

        assert [response.status_code for response in responses] == [422, 422]
        assert "이미 공개된 기사입니다." in responses[0].text
        assert guest.get(f"/articles/{slug}").status_code == 200


# ---- withdrawn ----


def test_a_withdrawn_article_is_gone_for_readers_and_kept_for_staff(
    as_, guest, ada, mo, editor, harbour
):
    comment = say(harbour, ada, "I was there")
    assert guest.get("/articles/harbour").status_code == 200  # and cached

    editor.post("/desk/articles/harbour/withdraw")

    assert statuses(guest, "harbour") == {410}
    assert guest.get(f"/comments/{comment.id}").status_code == 410
    assert guest.get(f"/comments/{comment.id}/revisions").status_code == 410
    assert "The harbour reopens" not in guest.get("/articles/harbour").text
    assert "I was there" not in guest.get("/feed.atom").text
    assert "The harbour reopens" not in guest.get("/").text
    assert guest.get("/api/v1/counts?article=harbour").json == {"counts": {}}
    for staff in (editor, as_(mo)):
        assert "The harbour reopens" in staff.get("/articles/harbour").text
    assert "I was there" in as_(mo).get("/articles/harbour").text


def test_programs_are_told_that_an_article_was_withdrawn(guest, withdrawn):
    response = guest.get("/api/v1/articles/harbour/comments")

    assert (response.status_code, response.mimetype) == (410, "application/problem+json")
    assert response.json["title"] == "내린 기사입니다"


def test_authors_still_see_and_delete_their_comments_under_a_withdrawn_article(
    as_, ada, bora, editor, harbour
):
    comment = say(harbour, ada, "I was there")
    editor.post("/desk/articles/harbour/withdraw")
    client = as_(ada)

    assert "내린 기사" in client.get("/account/comments").text
    assert client.get(f"/comments/{comment.id}").status_code == 200
    assert as_(bora).get(f"/comments/{comment.id}").status_code == 410
    deleted = client.post(f"/comments/{comment.id}/delete")
    assert deleted.location == "/account/comments?notice=deleted"
    assert comment.deleted_at is not None


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/articles/harbour/comments", {"body": "Too late"}),
        ("/comments/{id}/like", {}),
        ("/comments/{id}/report", {"reason": "abuse"}),
    ],
)
def test_nobody_acts_under_a_withdrawn_article(as_, ada, bora, editor, harbour, path, form):
    comment = say(harbour, ada, "I was there")
    editor.post("/desk/articles/harbour/withdraw")

    response = as_(bora).post(path.format(id=comment.id), data=form)

    assert response.status_code == 410
    assert form.get("body", "") in response.text
    assert (harbour.comment_count, comment.like_count) == (1, 0)


def test_an_author_cannot_edit_under_a_withdrawn_article(as_, ada, editor, harbour):
    comment = say(harbour, ada, "I was there")
    editor.post("/desk/articles/harbour/withdraw")

    response = as_(ada).post(f"/comments/{comment.id}/edit", data={"body": "Me?", "version": "0"})

    assert (response.status_code, comment.body) == (409, "I was there")


def test_a_withdrawn_article_is_published_again_as_it_was(guest, ada, editor, harbour):
    say(harbour, ada, "I was there")
    date = harbour.published_at
    editor.post("/desk/articles/harbour/withdraw")
    editor.post("/desk/articles/harbour/publish")

    assert "I was there" in guest.get("/articles/harbour").text
    assert (harbour.published_at, harbour.edited_at) == (date, None)


def test_pressing_twice_withdraws_and_publishes_once(editor, tess, harbour):
    for verb in ("withdraw", "withdraw", "publish", "publish"):
        assert editor.post(f"/desk/articles/harbour/{verb}").status_code == 303

    log = select(Ruling.verdict).where(Ruling.moderator_id == tess.id).order_by(Ruling.id)
    assert db.session.scalars(log).all() == ["withdraw", "publish"]


def test_a_draft_can_be_neither_withdrawn_nor_published_again(editor):
    slug = written(editor, action="draft")

    for verb in ("withdraw", "publish"):
        assert editor.post(f"/desk/articles/{slug}/{verb}").status_code == 409
    assert stored(slug).state == State.DRAFT


def test_saving_a_withdrawn_article_does_not_publish_it(guest, editor, withdrawn):
    editor.post("/desk/articles/harbour", data=FORM)

    assert (withdrawn.title, withdrawn.state) == (FORM["title"], State.WITHDRAWN)
    assert guest.get("/articles/harbour").status_code == 410


def test_the_public_log_names_no_withdrawn_article(as_, guest, ada, mo, editor, harbour):
    comment = say(harbour, ada, "I was there")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    assert "The harbour reopens" in guest.get("/rulings").text

    editor.post("/desk/articles/harbour/withdraw")

    page = guest.get("/rulings").text
    assert ("The harbour reopens" in page, "내린 기사" in page) == (False, True)
    assert guest.get("/rulings.json").json["rulings"][0]["article"] is None
    assert guest.get(f"/rulings?comment={comment.id}").status_code == 410


# ---- two at once, stale pages ----


def test_an_article_sent_twice_is_stored_once(editor):
    form = {**FORM, "key": "a key of the form"}

    first, second = (editor.post("/desk/articles/new", data=form) for _ in range(2))

    assert first.location == second.location
    assert len(db.session.scalars(select(Article)).all()) == 1


def test_another_article_from_the_same_page_replaces_nothing(editor):
    for title in ("One", "Two"):
        editor.post("/desk/articles/new", data={**FORM, "title": title, "key": "the same"})

    assert {article.title for article in db.session.scalars(select(Article))} == {"One", "Two"}


def test_a_form_opened_before_somebody_else_saved_overwrites_nothing_unseen(as_, editor, harbour):
    mine = seen(editor, "harbour")
    other = as_(person("ed", can_edit=True))
    other.post("/desk/articles/harbour", data={**FORM, "title": "Theirs"})

    refused = editor.post("/desk/articles/harbour", data={**FORM, "title": "Mine", "seen": mine})

    assert (refused.status_code, harbour.title) == (409, "Theirs")
    assert 'value="Mine"' in refused.text
    again = re.search(r'name="seen" type="hidden" value="([^"]*)"', refused.text)[1]
    editor.post("/desk/articles/harbour", data={**FORM, "title": "Mine", "seen": again})
    assert harbour.title == "Mine"


def test_a_form_sent_twice_is_no_conflict(editor, harbour):
    form = {**FORM, "seen": seen(editor, "harbour")}

    first, second = (editor.post("/desk/articles/harbour", data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)


def test_an_article_that_appeared_while_it_was_edited_is_no_conflict(editor):
    with time_machine.travel(AHEAD - timedelta(minutes=1), tick=False) as clock:
        slug = written(editor, published_at=TYPED)
        form = {**FORM, "published_at": TYPED, "seen": seen(editor, slug)}
        clock.move_to(AHEAD)
        jobs.run_pending()

        assert editor.post(f"/desk/articles/{slug}", data=form).status_code == 303


# ---- the list ----


def test_the_list_shows_each_state_and_finds_by_words(editor):
    titles = {
        "A draft": {"action": "draft"},
        "One ahead": {"published_at": "2099-01-01T00:00"},
        "A public one": {"section": "지역", "byline": "한바다 기자"},
    }
    slugs = {title: written(editor, title=title, **form) for title, form in titles.items()}

    def found(query):
        page = editor.get("/desk/articles", query_string=query).text
        return {title for title in titles if f">{title}</a></h2>" in page}

    assert found({}) == set(titles)
    assert found({"state": "draft"}) == {"A draft"}
    assert found({"state": "scheduled"}) == {"One ahead"}
    assert found({"state": "published"}) == {"A public one"}
    assert found({"state": "withdrawn"}) == set()
    assert found({"state": "nonsense"}) == set(titles)
    assert found({"q": "지역 한바다"}) == found({"q": "PUBLIC"}) == {"A public one"}
    assert found({"q": "a"}) == set(titles)
    assert found({"q": "지역 nowhere"}) == found({"q": "%"}) == found({"q": "_"}) == set()
    assert found({"q": f"https://board.example/articles/{slugs['A draft']}"}) == {"A draft"}
    assert found({"q": "가" * 300}) == set(titles)


@pytest.mark.parametrize(
    "query",
    [
        "winter-fer", "2026 ferry", "harbour winter-ferry", "/articles/winter-ferry-2026",
        "https://harbour.example/news/7", "http://www.harbour.example/news/7/?utm_source=x",
    ],
)  # fmt: skip
def test_a_search_finds_by_a_part_of_the_slug_and_by_any_form_of_the_address(editor, query):
    with writing():
        Article.publish(
            title="Harbour",
            slug="winter-ferry-2026",
            canonical_url="https://harbour.example/news/7",
        )
        Article.publish(
            title="Harbour", slug="summer", canonical_url="https://harbour.example/news/8"
        )

    page = editor.get("/desk/articles", query_string={"q": query}).text

    assert re.findall(r"/desk/articles/([a-z0-9-]+)\"", page.partition('class="items"')[2]) == [
        "winter-ferry-2026"
    ]


def test_a_search_finds_capitals_that_are_not_ascii(editor):
    written(editor, title="Événement à Séoul")

    page = editor.get("/desk/articles?q=Événement").text

    assert ">Événement à Séoul</a></h2>" in page


def test_a_search_goes_on_to_the_next_page(editor):
    with writing():
        for number in range(Article.PAGE_SIZE + 1):
            Article.publish(title=f"Ferry {number}", slug=f"ferry-{number}")
            Article.publish(title=f"Train {number}", slug=f"train-{number}")

    first = editor.get("/desk/articles?q=ferry&state=published").text
    second = editor.get(more_link(first)).text

    assert [page.count("Ferry ") for page in (first, second)] == [Article.PAGE_SIZE, 1]
    assert "Train" not in first + second


def test_moderators_and_readers_change_no_state(as_, guest, ada, mo, harbour):
    for verb in ("withdraw", "publish", "delete", "undelete"):
        url = f"/desk/articles/harbour/{verb}"
        assert [c.post(url).status_code for c in (guest, as_(ada), as_(mo))] == [401, 403, 403]
    assert (harbour.state, harbour.erase_at) == (State.PUBLISHED, None)


def test_an_article_dated_ahead_before_there_were_states_stays_public(guest):
    with writing():
        Article.publish(slug="early", title="Early", published_at=now() + timedelta(days=400))

    assert guest.get("/articles/early").status_code == 200
    assert lifecycle.next_appearance() is None
