"""A moderator restricts a thread: closes, slows, holds or collapses it, with a reason."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.articles.models import Article
from board.articles.thread_controls.models import (
    RestrictionKind,
    RestrictionSpec,
    ThreadRestriction,
)
from board.articles.thread_controls.state import ThreadState, thread_state
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.viewer import reactions
from board.db import db, now, writing
from board.moderation.cli import moderation_cli
from board.moderation.rulings.models import Ruling
from board.moderation.threads.restrictions import end_restriction, restrict
from board.runtime import jobs
from conftest import count_queries, keep, person, said, say, without_notice

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)  # in Seoul
REASON = "Tempers are high tonight."


@pytest.fixture
def set_(mo, harbour):
    """mo restricts the thread of the harbour, unless another scope is given."""

    def set_(*measures, reason=REASON, **more):
        with writing():
            where = {} if "sections" in more else {"article": db.session.get(Article, harbour.id)}
            terms = RestrictionSpec(measures=measures, reason=reason, **{**where, **more})
            return restrict(terms, by=mo)

    return set_


def post(client, text, slug="harbour", **fields):
    return client.post(f"/articles/{slug}/comments", data={"body": text, "key": text, **fields})


def notices_of(page):
    """The restriction notices of a page."""
    notes = re.findall(r'<div class="thread-notice" role="note">(.*?)</div>', page, re.S)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", note)).split()) for note in notes]


# ---- slow mode ----


def test_in_slow_mode_a_user_waits_between_two_comments(as_, set_, ada, bora, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    with time_machine.travel(NOON, tick=False) as clock:
        set_(RestrictionKind.SLOW, seconds=180)
        client = as_(ada)
        assert post(client, "First").status_code == 303
        clock.shift(30)
        refused = post(client, "Second")
        elsewhere = say(other, ada, "Elsewhere")
        assert post(as_(bora), "Somebody else").status_code == 303
        clock.shift(151)
        accepted = post(client, "Second")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "150")
    assert "느린 모드입니다. 댓글은 3분에 한 번 쓸 수 있습니다." in refused.text
    assert ">Second</textarea>" in refused.text
    assert elsewhere.id
    assert accepted.status_code == 303


def test_slow_mode_counts_replies_and_deleted_comments_but_not_edits(as_, set_, ada, harbour):
    first = say(harbour, ada, "First")
    set_(RestrictionKind.SLOW, seconds=60)
    client = as_(ada)

    edited = client.post(f"/comments/{first.id}/edit", data={"body": "First!", "version": "0"})
    client.post(f"/comments/{first.id}/delete")
    reply = post(client, "Reply", parent=str(first.id))
    again = post(client, "Again")

    assert (edited.status_code, reply.status_code, again.status_code) == (303, 409, 429)


# ---- pre-moderation ----


def test_in_pre_moderation_the_author_reads_it_before_and_after_posting(
    as_, guest, set_, ada, mo, harbour
):
    set_(RestrictionKind.HOLD)
    client = as_(ada)

    page = client.get("/articles/harbour").text
    preview = post(client, "Wait for me", preview="1").text
    after = client.get(post(client, "Wait for me").location).text

    beforehand = "운영자가 확인한 뒤 공개됩니다."
    assert (page.count(beforehand), preview.count(beforehand)) == (1, 2)
    assert "운영자가 확인한 뒤 공개됩니다." in after
    assert "승인을 기다리고 있습니다." in after.split('id="held"')[1]
    assert "Wait for me" not in guest.get("/articles/harbour").text
    waiting = as_(mo).get("/desk/comments?queue=held").text
    assert "Wait for me" in waiting
    assert "사전 승인제 댓글창" in waiting


def test_in_pre_moderation_an_edit_is_held_too(as_, guest, set_, ada, harbour):
    comment = say(harbour, ada, "Harmless")
    set_(RestrictionKind.HOLD)

    as_(ada).post(f"/comments/{comment.id}/edit", data={"body": "Not so", "version": "0"})

    assert comment.held_for == "thread"
    assert "Not so" not in guest.get("/articles/harbour").text


# ---- closed, read-only, hidden ----


def test_a_read_only_thread_takes_no_posts_edits_or_reactions(as_, guest, set_, ada, bora, harbour):
    comment = say(harbour, ada, "What stands, stands")
    with time_machine.travel(NOON, tick=False):
        set_(RestrictionKind.FREEZE, ends_at=NOON + timedelta(hours=2))
        client = as_(bora)
        page = client.get("/articles/harbour").text
        answers = [
            post(client, "Too late"),
            client.post(f"/comments/{comment.id}/like"),
            as_(ada).post(f"/comments/{comment.id}/edit", data={"body": "x", "version": "0"}),
        ]
        reported = client.post(f"/comments/{comment.id}/report", data={"reason": "abuse"})

    assert "What stands, stands" in page
    assert "<textarea" not in page
    assert "data-reactions-closed" in page
    assert notices_of(page) == [
        "지금은 댓글을 읽을 수만 있습니다. 등록, 수정, 공감은 잠시 멈춥니다. "
        f"사유: {REASON} 2026.11.23. 14:00까지입니다."
    ]
    assert [(a.status_code, a.headers.get("Retry-After")) for a in answers] == [(409, "7200")] * 3
    assert reported.status_code == 303
    assert (harbour.comment_count, comment.like_count) == (1, 0)
    assert as_(ada).post(f"/comments/{comment.id}/delete").status_code == 303


def test_a_closed_thread_still_takes_reactions(as_, set_, ada, bora, harbour):
    comment = say(harbour, ada, "Hello")
    set_(RestrictionKind.CLOSE)

    assert post(as_(bora), "Too late").status_code == 409
    assert as_(bora).post(f"/comments/{comment.id}/like").status_code == 303


def test_comments_of_a_hidden_thread_are_shown_nowhere(as_, guest, set_, ada, bora, mo, harbour):
    comment = say(harbour, ada, "Lantern light")
    with writing():
        db.session.get(Comment, comment.id).edit(Body.from_text("Lantern lights"))
    set_(RestrictionKind.STOP)
    pages = {
        path: guest.get(path)
        for path in (
            "/articles/harbour",
            "/articles/harbour/comments",
            "/articles/harbour/comments/search?q=Lantern",
            f"/comments/{comment.id}",
            f"/comments/{comment.id}/revisions",
            "/articles/harbour/feed.atom",
            "/feed.atom",
            "/api/v1/articles/harbour/comments",
            "/",
        )
    }

    assert [path for path, page in pages.items() if "Lantern" in page.text.split("<main")[-1]
            and "search" not in path] == []  # fmt: skip
    assert 'class="comment' not in pages["/articles/harbour/comments/search?q=Lantern"].text
    assert "ada" not in pages[f"/comments/{comment.id}"].text
    assert pages[f"/comments/{comment.id}/revisions"].status_code == 404
    assert notices_of(pages["/articles/harbour"].text) == [
        f"지금은 댓글을 제공하지 않습니다. 사유: {REASON}"
    ]
    assert 'class="comment-count"' not in pages["/"].text
    assert '"commentCount": 0' in pages["/articles/harbour"].text
    thread = pages["/api/v1/articles/harbour/comments"].json
    assert (thread["comments"], thread["article"]["comment_count"]) == ([], 0)
    assert thread["steering"]["state"] == "withdrawn"
    newest = guest.get("/api/v1/articles/harbour/comments/newest").json
    assert newest == {"newest": [], "steered": "stop"}
    assert guest.get("/api/v1/counts?article=harbour").json == {
        "counts": {"harbour": 0},
        "states": {"harbour": "withdrawn"},
    }
    assert as_(bora).post(f"/comments/{comment.id}/like").status_code == 409


def test_in_a_hidden_thread_moderators_read_and_authors_delete(as_, set_, ada, mo, harbour):
    comment = say(harbour, ada, "Lantern light")
    set_(RestrictionKind.STOP)

    for path in ("/articles/harbour", f"/comments/{comment.id}"):
        assert "Lantern light" in as_(mo).get(path).text
        assert "Lantern light" not in as_(ada).get(path).text
    assert f'action="/comments/{comment.id}/delete"' in as_(ada).get(f"/comments/{comment.id}").text
    assert as_(ada).post(f"/comments/{comment.id}/delete").status_code == 303


def test_a_thread_closed_by_an_editor_stays_closed_when_a_restriction_ends(
    as_, guest, set_, mo, harbour
):
    with writing():
        harbour.close(reason="The festival is over.")
    steering = set_(RestrictionKind.CLOSE, ends_at=now() + timedelta(hours=1))
    with writing():
        end_restriction(db.session.get(ThreadRestriction, steering.id), by=mo)

    page = guest.get("/articles/harbour").text

    assert "The festival is over." in page
    assert notices_of(page) == []
    assert thread_state(harbour).closed_by is RestrictionKind.CLOSE
    assert thread_state(harbour).opens_at is None


# ---- account age and order ----


def test_a_new_account_reads_from_when_it_may_write(as_, set_, ada, harbour):
    set_(RestrictionKind.ESTABLISHED_ONLY)
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        refused = post(as_(ada), "Hello")
    with time_machine.travel(now() + timedelta(days=7, minutes=1), tick=False):
        accepted = post(as_(ada), "Hello")

    assert refused.status_code == 403
    assert "가입한 지 7일 이상인 회원만 이 댓글창에 쓸 수 있습니다." in refused.text
    assert accepted.status_code == 303


def test_newest_first_only_redirects_every_other_order(guest, set_, ada, harbour):
    first, second = say(harbour, ada, "First"), say(harbour, ada, "Second")
    set_(RestrictionKind.LATEST)

    page = guest.get("/articles/harbour").text
    answer = guest.get("/api/v1/articles/harbour/comments?sort=oldest").json

    assert 'class="sort-tabs"' not in page
    moved = (
        guest.get("/articles/harbour?sort=liked"),
        guest.get("/articles/harbour/comments?sort=oldest"),
    )
    assert [each.location for each in moved] == [
        "/articles/harbour#thread",
        "/articles/harbour/comments",
    ]
    assert answer["sort"] == "latest"
    assert [each["id"] for each in answer["comments"]] == [second.id, first.id]
    assert guest.get("/articles/harbour?sort=sideways").status_code == 200


def test_newest_first_only_holds_for_readers_who_chose_another_order(guest, set_, harbour):
    set_(RestrictionKind.LATEST)
    guest.set_cookie("sort", "liked", path="/articles")

    for page in ("/articles/harbour", "/articles/harbour/comments"):
        answer = guest.get(page)
        assert (answer.status_code, 'data-sort="latest"' in answer.text) == (200, True)


def test_a_collapsed_thread_opens_without_a_script_and_is_the_same_for_all(
    guest, set_, ada, harbour
):
    for number in range(Comment.PAGE_SIZE + 1):
        say(harbour, ada, f"Comment {number}")
    set_(RestrictionKind.FOLD)

    page = guest.get("/articles/harbour").text
    older = guest.get(re.search(r'href="([^"]+before=[^"]+)"', page)[1]).text

    assert re.search(
        r'<details class="collapsed-comments">\s*<summary>댓글 21개 보기</summary>', page
    )
    assert '<details class="collapsed-comments" open>' in older
    assert "Comment 20" in page


# ---- the strictest wins ----


def steering(*measures, seconds=0, **more):
    sample = {"starts_at": NOON, "ended_at": None, "ends_at": None, "reason": "", **more}
    return ThreadRestriction(measures=[each.value for each in measures], seconds=seconds, **sample)


Kind = RestrictionKind


@pytest.mark.parametrize(
    ("acts", "measures"),
    [
        ([[Kind.STOP], [Kind.FREEZE, Kind.FOLD]], {Kind.STOP}),
        ([[Kind.FREEZE], [Kind.CLOSE, Kind.FOLD]], {Kind.FREEZE, Kind.FOLD}),
        ([[Kind.CLOSE], [Kind.HOLD, Kind.LATEST]], {Kind.CLOSE, Kind.LATEST}),
        ([[Kind.HOLD], [Kind.ESTABLISHED_ONLY]], {Kind.HOLD, Kind.ESTABLISHED_ONLY}),
        ([], set()),
    ],
)  # fmt: skip
def test_the_strictest_restriction_in_force_counts(acts, measures):
    course = ThreadState([steering(*each) for each in acts], at=NOON)

    assert course.measures == measures


def test_the_slowest_slow_mode_counts_and_only_it_is_shown():
    slow, slower = (
        steering(RestrictionKind.SLOW, seconds=60),
        steering(RestrictionKind.SLOW, seconds=300),
    )

    course = ThreadState([slow, slower], at=NOON)

    assert course.seconds == 300
    assert course.notices == [(slower, [RestrictionKind.SLOW])]


def test_a_thread_opens_when_its_last_closing_restriction_ends():
    one = steering(RestrictionKind.FREEZE, ends_at=NOON + timedelta(hours=1))
    two = steering(RestrictionKind.CLOSE, ends_at=NOON + timedelta(hours=3))

    assert ThreadState([one, two], at=NOON).opens_at == two.ends_at
    assert ThreadState([one, steering(RestrictionKind.CLOSE)], at=NOON).opens_at is None


# ---- scope ----


def test_restricting_a_section_includes_its_future_articles(guest, set_, harbour):
    with writing():
        harbour.revise(section="정치")
    keep(Article.publish(slug="other", title="Other", section="문화"))
    revision = harbour.revision

    set_(RestrictionKind.CLOSE, sections=["정치", "사회"])
    keep(Article.publish(slug="later", title="Later", section="정치"))

    assert harbour.revision == revision + 1
    steered = {slug: bool(notices_of(guest.get(f"/articles/{slug}").text))
               for slug in ("harbour", "other", "later")}  # fmt: skip
    assert steered == {"harbour": True, "other": False, "later": True}


def test_the_whole_board_is_restricted_at_once(guest, set_, harbour):
    other = keep(Article.publish(slug="other", title="Other", section="문화"))
    before = other.revision

    set_(RestrictionKind.FREEZE, sections=[])
    db.session.refresh(other)

    assert other.revision == before + 1
    assert all(notices_of(guest.get(f"/articles/{slug}").text) for slug in ("harbour", "other"))


def test_an_unrestricted_thread_takes_no_extra_queries(guest, as_, set_, ada, harbour):
    with count_queries() as queries:
        say(harbour, ada, "Hello")
        guest.get("/articles/harbour")

    assert [each for each in queries if "FROM steering \n" in each] == []


# ---- schedule ----


def test_a_cached_page_changes_on_time_without_the_job(guest, set_, ada, harbour):
    """The page comes from the cache until the restriction begins, and until it ends."""
    say(harbour, ada, "Hello")
    with time_machine.travel(NOON, tick=False) as clock:
        set_(
            RestrictionKind.STOP,
            starts_at=NOON + timedelta(minutes=10),
            ends_at=NOON + timedelta(minutes=20),
        )
        seen = []
        for seconds in (0, 599, 1, 599, 1):
            clock.shift(seconds)
            pages = ("/articles/harbour", "/", "/feed.atom", "/api/v1/counts?article=harbour")
            article, front, feed, counts = (guest.get(path) for path in pages)
            seen.append(
                (
                    bool(notices_of(article.text)),
                    'class="comment-count"' in front.text,
                    "Hello" in feed.text,
                    counts.json["counts"]["harbour"],
                )
            )

    before, during = (False, True, True, 1), (True, False, False, 0)
    assert seen == [before, before, during, during, before]


def test_posting_is_refused_and_accepted_on_time(as_, set_, ada, harbour):
    with time_machine.travel(NOON, tick=False) as clock:
        client = as_(ada)
        set_(RestrictionKind.CLOSE, ends_at=NOON + timedelta(minutes=20))
        clock.shift(1199)
        refused = post(client, "Hello")
        clock.shift(1)
        accepted = post(client, "Hello")

    assert (refused.status_code, refused.headers["Retry-After"]) == (409, "1")
    assert accepted.status_code == 303


def test_scheduled_starts_and_ends_are_recorded_once_each(set_, mo, harbour):
    with time_machine.travel(NOON, tick=False) as clock:
        set_(
            RestrictionKind.FOLD,
            starts_at=NOON + timedelta(hours=1),
            ends_at=NOON + timedelta(hours=2),
        )
        revisions = [harbour.revision]
        done = []
        for _ in range(3):
            clock.shift(3600)
            done.append([jobs.run_pending(), jobs.run_pending()])
            db.session.expire_all()
            revisions.append(harbour.revision)

    assert done == [[["steering"], []], [["steering"], []], [[], []]]
    assert [revision - revisions[0] for revision in revisions] == [0, 1, 2, 2]
    last = db.session.scalars(select(Ruling).order_by(Ruling.id.desc()).limit(1)).one()
    assert (last.verdict, last.moderator_id, last.reason) == ("release", None, "steering_over")


def test_a_term_that_ended_while_the_server_was_down_is_over(guest, set_, harbour):
    with time_machine.travel(NOON, tick=False) as clock:
        set_(
            RestrictionKind.STOP,
            starts_at=NOON + timedelta(hours=1),
            ends_at=NOON + timedelta(hours=2),
        )
        clock.shift(9000)

        assert notices_of(guest.get("/articles/harbour").text) == []
        assert jobs.run_pending() == ["steering"]

    act = db.session.scalars(select(ThreadRestriction)).one()
    assert act.ended_at == NOON + timedelta(seconds=9000)


# ---- at the desk ----

FORM = {
    "scope": "article",
    "article": "harbour",
    "measures": ["slow", "latest"],
    "seconds": "300",
    "reason": REASON,
    "lasts": "3",
}


def test_a_moderator_restricts_from_the_thread_and_ends_it_with_one_button(as_, guest, mo, harbour):
    client = as_(mo)
    link = re.search(r'href="(/desk/threads/steer[^"]*)"', client.get("/articles/harbour").text)[1]
    assert 'value="harbour"' in client.get(link).text
    address = "http://localhost/articles/harbour?sort=latest#thread"

    set_ = client.post("/desk/threads/steer", data={**FORM, "article": address})

    assert without_notice(set_) == "/desk/threads"
    assert said(set_).startswith("댓글 제한을 설정했습니다: The harbour reopens.")
    assert notices_of(guest.get("/articles/harbour").text)[0].startswith(
        "느린 모드: 댓글은 5분에 한 번 쓸 수 있습니다. 댓글을 최신순으로만 보여 드립니다."
    )
    desk = client.get("/desk/threads").text
    act = db.session.scalars(select(ThreadRestriction)).one()
    assert f'action="/desk/threads/steerings/{act.id}/release"' in desk
    client.post(f"/desk/threads/steerings/{act.id}/release")
    client.post(f"/desk/threads/steerings/{act.id}/release")
    assert notices_of(guest.get("/articles/harbour").text) == []
    assert "The harbour reopens" in client.get("/desk/threads/history").text
    verdicts = db.session.scalars(select(Ruling.verdict).order_by(Ruling.id)).all()
    assert verdicts == ["steer", "release"]


def test_a_preview_shows_the_public_sentence_and_saves_nothing(as_, mo, harbour):
    page = as_(mo).post("/desk/threads/steer", data={**FORM, "preview": "1"})

    assert page.status_code == 200
    assert REASON in notices_of(page.text)[0]
    assert "기사 1건에 적용됩니다." in page.text
    assert 'name="measures" value="slow" checked' in page.text
    assert db.session.scalars(select(ThreadRestriction)).all() == []


def test_an_election_mode_is_scheduled_and_starts_and_ends_by_itself(as_, guest, mo, harbour):
    with writing():
        harbour.revise(section="정치")
    client = as_(mo)
    page = client.get("/desk/threads/steer?preset=election").text
    ticked = re.findall(r'name="measures" value="(\w+)" checked', page)
    fields = {
        "preset": "election",
        "scope": "sections",
        "sections": ["정치"],
        "measures": ticked,
        "reason": "선거운동 기간입니다.",
        "starts_at": "2026-12-01T00:00",
        "ends_at": "2026-12-15T18:00",
        "seconds": "180",
    }
    with time_machine.travel(NOON, tick=False) as clock:
        client = as_(mo)
        assert client.post("/desk/threads/steer", data=fields).status_code == 303
        desk, now_ = (
            client.get("/desk/threads").text,
            notices_of(guest.get("/articles/harbour").text),
        )
        clock.move_to(datetime(2026, 11, 30, 15, tzinfo=UTC))
        then = notices_of(guest.get("/articles/harbour").text)
        clock.move_to(datetime(2026, 12, 15, 9, tzinfo=UTC))
        after = notices_of(guest.get("/articles/harbour").text)

    assert ticked == ["settled", "latest"]
    assert "예약됨" in desk
    assert (now_, after) == ([], [])
    assert "사유: 선거운동 기간입니다. 2026.12.15. 18:00까지입니다." in then[0]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"measures": []}, "처리 방식을 선택해 주세요."),
        ({"reason": " "}, "입력해 주세요."),
        ({"reason": "x" * 201}, "201"),
        ({"article": "nowhere"}, "이 사이트에 없는 기사입니다."),
        ({"scope": "sections"}, "섹션을 하나 이상 선택해 주세요."),
        ({"scope": "galaxy"}, ""),
        ({"measures": ["stop", "freeze"]}, "하나만 선택해 주세요."),
        ({"measures": ["explode"]}, ""),
        ({"seconds": "7"}, ""),
        ({"ends_at": "2020-01-01T00:00"}, "종료 시각이 시작 시각보다 빠릅니다."),
        (
            {"starts_at": "2099-01-02T00:00", "ends_at": "2099-01-01T00:00"},
            "종료 시각이 시작 시각보다 빠릅니다.",
        ),
        ({"ends_at": "tomorrow"}, ""),
        ({"preset": "election"}, "시작 시각과 종료 시각이 필요합니다."),
    ],
)  # fmt: skip
def test_an_invalid_restriction_is_refused_and_the_input_stays(as_, mo, harbour, change, wrong):
    fields = {**FORM, "lasts": "", **change}

    page = as_(mo).post("/desk/threads/steer", data=fields)

    assert page.status_code == 422
    assert wrong in page.text or wrong == "201"
    assert fields["reason"].strip() in page.text
    assert db.session.scalars(select(ThreadRestriction)).all() == []


def test_a_moderator_sees_and_ends_existing_restrictions_in_the_form(as_, set_, tess, mo, harbour):
    act = set_(RestrictionKind.FOLD)
    other = set_(RestrictionKind.CLOSE, sections=["문화"])

    page = as_(mo).get("/desk/threads/steer?article=harbour").text

    assert f"/desk/threads/steerings/{act.id}/release" in page
    assert f"/desk/threads/steerings/{other.id}/release" not in page
    assert ">접어 두기</span>" in as_(tess).get("/desk/articles").text


def test_all_restrictions_are_listed_page_by_page(as_, set_, mo):
    for number in range(ThreadRestriction.PAGE_SIZE + 1):
        set_(RestrictionKind.FOLD, reason=f"Reason {number:02}")
    client = as_(mo)

    first = client.get("/desk/threads").text
    second = client.get(re.search(r'href="(/desk/threads\?before=\d+)"', first)[1]).text

    reasons = [re.findall(r"<p>(Reason \d\d)</p>", page) for page in (first, second)]
    assert [len(each) for each in reasons] == [ThreadRestriction.PAGE_SIZE, 1]
    assert reasons[1] == ["Reason 00"]


def test_readers_restrict_no_threads(as_, guest, set_, ada, harbour):
    act = set_(RestrictionKind.FOLD)
    acts = {"/desk/threads/steer": FORM, f"/desk/threads/steerings/{act.id}/release": {}}
    tip_reader = person("rita", can_read_tips=True)
    for client, status in [(guest, 401), (as_(ada), 403), (as_(tip_reader), 403)]:
        assert [client.post(path, data=sent).status_code for path, sent in acts.items()] == [
            status
        ] * 2
    db.session.expire_all()
    assert [each.ended_at for each in db.session.scalars(select(ThreadRestriction))] == [None]


def test_an_editor_restricts_threads_and_ends_restrictions_of_others(as_, set_, mo, harbour):
    editor = person("ed", can_edit=True)
    client, moderators_own = as_(editor), set_(RestrictionKind.FOLD)

    client.post("/desk/threads/steer", data=FORM)
    client.post(f"/desk/threads/steerings/{moderators_own.id}/release")

    rulings = db.session.scalars(select(Ruling).where(Ruling.moderator_id == editor.id)).all()
    assert [(ruling.verdict, ruling.article_id) for ruling in rulings] == [
        ("steer", harbour.id),
        ("release", harbour.id),
    ]
    assert moderators_own.ended_by == editor.id


def test_surges_are_for_moderators_only(as_, mo):
    editor = person("ed", can_edit=True)
    pages = {name: as_(who).get("/desk/threads").text for name, who in (("mo", mo), ("ed", editor))}

    assert {name: 'id="surges-title"' in page for name, page in pages.items()} == {
        "mo": True,
        "ed": False,
    }
    for path in ("slow", "acknowledge"):
        assert as_(editor).post(f"/desk/threads/surges/1/{path}").status_code == 403


# ---- log ----


def test_every_restriction_is_in_the_hashed_log_and_the_public_one(
    app, as_, guest, set_, mo, harbour
):
    act = set_(RestrictionKind.SLOW, RestrictionKind.FOLD, seconds=60)
    set_(RestrictionKind.CLOSE, sections=["정치"], reason="Over for today.")
    with writing():
        end_restriction(db.session.get(ThreadRestriction, act.id), by=mo)

    public, desk = guest.get("/rulings").text, as_(mo).get("/desk/rulings?verdict=steer").text

    assert app.test_cli_runner().invoke(moderation_cli, ["verify"]).exit_code == 0
    for page in (public, desk):
        assert "느린 모드 (1분), 접어 두기: Tempers are high tonight." in page
        assert "정치" in page
    assert public.count('class="decision-release"') == 1
    assert "mo" in public


def test_restrictions_are_counted_in_the_transparency_report(guest, set_, harbour):
    set_(RestrictionKind.FOLD)
    set_(RestrictionKind.CLOSE)

    assert guest.get("/transparency.json").json["months"][0]["threads_steered"] == 2
    assert ",threads_steered,,2" in guest.get("/transparency.csv").text


def test_programs_read_the_restrictions_of_a_thread(guest, set_, harbour):
    plain = guest.get("/api/v1/articles/harbour/comments").json
    with time_machine.travel(NOON, tick=False):
        set_(
            RestrictionKind.SLOW,
            RestrictionKind.HOLD,
            seconds=60,
            ends_at=NOON + timedelta(hours=1),
        )
        steered = guest.get("/api/v1/articles/harbour/comments?lang=en").json

    assert "steering" not in plain
    assert steered["article"]["takes_comments"] is True
    assert steered["steering"] == {
        "state": "open",
        "holds": True,
        "slow_seconds": 60,
        "latest_only": False,
        "folded": False,
        "told": [
            {
                "measures": ["hold", "slow"],
                "says": [
                    "A moderator checks every new comment before it is published.",
                    "Slow mode: you can post once every 1 minute.",
                ],
                "reason": REASON,
                "until": "2026-11-23T04:00:00+00:00",
            }
        ],
    }


def test_a_read_only_thread_refuses_reactions_in_the_model_too(set_, ada, bora, harbour):
    comment = say(harbour, ada, "Hello")
    set_(RestrictionKind.FREEZE)

    with pytest.raises(reactions.ThreadFrozen), writing():
        reactions.like(
            db.session.get(Comment, comment.id), by=bora, limits=reactions.ReactionLimits.none()
        )


def test_an_open_page_detects_changed_restrictions(guest, set_, mo):
    def answer():
        return guest.get("/api/v1/articles/harbour/comments/newest").json

    def page():
        return re.search(r'data-thread-state="([^"]*)"', guest.get("/articles/harbour").text)[1]

    assert (answer(), page()) == ({"newest": []}, "")
    slow = set_(RestrictionKind.SLOW, RestrictionKind.LATEST, seconds=180)
    assert (answer()["steered"], page()) == ("slow-180 latest", "slow-180 latest")
    set_(RestrictionKind.SLOW, seconds=600)
    assert (answer()["steered"], page()) == ("slow-600 latest", "slow-600 latest")
    set_(RestrictionKind.CLOSE)
    with writing():
        end_restriction(db.session.get(ThreadRestriction, slow.id), by=mo)
    assert (answer()["steered"], page()) == ("close", "close")
