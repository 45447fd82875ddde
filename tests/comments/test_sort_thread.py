"""A reader chooses the order of a thread: 최신순, 과거순, 공감순, 답글순."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from board.articles.models import Article
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.comments.thread import query as thread_query
from board.comments.thread.sort import Sort, cursor_of
from board.db import db, writing
from conftest import count_queries, keep, more_link, say


def texts(page):
    return re.findall(r"<p>(\w[^<]*)</p></div>", page)


def sorted_by(client, sort, place=""):
    return client.get(f"/articles/harbour{place}?sort={sort}").text


def rate(comment, likes=0, dislikes=0):
    """Set reaction counts directly."""
    with writing():
        db.session.get(Comment, comment.id).add_reactions(likes=likes, dislikes=dislikes)


@pytest.fixture
def talk(ada, bora, harbour):
    """Three comments: the first with most replies, the second liked best, the third newest."""
    first, second, third = [say(harbour, ada, text) for text in ("First", "Second", "Third")]
    for number in range(2):
        say(harbour, bora, f"To first {number}", to=first)
    say(harbour, bora, "To third", to=third)
    rate(second, likes=80, dislikes=20)
    rate(third, likes=3)
    return first, second, third


@pytest.mark.parametrize("place", ["", "/comments"])
def test_each_order_sorts_as_named(guest, talk, place):
    for sort, order in (
        ("latest", ["Third", "Second", "First"]),
        ("oldest", ["First", "Second", "Third"]),
        ("liked", ["Second", "Third", "First"]),
        ("replied", ["First", "Third", "Second"]),
    ):
        found = texts(sorted_by(guest, sort, place))
        assert [text for text in found if not text.startswith("To")] == order, sort


def test_replies_stay_oldest_first_in_every_order(guest, talk):
    for sort in Sort:
        found = texts(sorted_by(guest, sort))
        assert found[found.index("First") + 1 :][:2] == ["To first 0", "To first 1"]


def thread_of(page):
    return re.search(r'<ol class="comments".*</ol>', page, re.S)[0]


def test_the_default_is_newest_first(guest, talk):
    assert thread_of(guest.get("/articles/harbour").text) == thread_of(sorted_by(guest, "latest"))


@pytest.mark.parametrize("place", ["", "/comments"])
def test_an_unknown_order_is_newest_first(guest, talk, place):
    newest = thread_of(guest.get(f"/articles/harbour{place}").text)
    for sort in ("", "best", "LIKED", "liked ", "1", "key", "banana"):
        response = guest.get(f"/articles/harbour{place}", query_string={"sort": sort})
        assert response.status_code == 200, sort
        assert thread_of(response.text) == newest


def test_the_orders_are_links_with_the_current_one_marked(guest, talk):
    page = sorted_by(guest, "liked")
    nav = re.search(r'<nav class="sort-tabs" aria-label="댓글 정렬">(.*?)</nav>', page, re.S)[1]

    assert re.findall(r">([^<]+)</a>", nav) == ["최신순", "과거순", "공감순", "답글순"]
    assert re.findall(r'aria-current="true">([^<]+)', nav) == ["공감순"]
    for link in re.findall(r'href="([^"#]+)#thread"', nav):
        assert guest.get(link).status_code == 200
    english = guest.get("/articles/harbour?sort=liked&lang=en").text
    assert re.findall(r'aria-current="true">([^<]+)', english) == ["Most liked"]


def test_the_comments_page_links_to_its_own_orders(guest, talk):
    page = sorted_by(guest, "oldest", "/comments")
    nav = re.search(r'<nav class="sort-tabs".*?</nav>', page, re.S)[0]

    assert set(re.findall(r'href="([^"?]+)\?', nav)) == {"/articles/harbour/comments"}


def test_an_author_sees_a_new_comment_on_top(as_, ada, talk):
    response = as_(ada).post("/articles/harbour/comments", data={"body": "Mine"})

    assert re.fullmatch(r"/articles/harbour#comment-\d+", response.location)


# ---- the order a reader chose ----


@pytest.fixture
def remembering(app):
    """A guest whose device remembers an order."""

    def client(sort):
        guest = app.test_client()
        guest.set_cookie("sort", sort, path="/articles")
        return guest

    return client


@pytest.mark.parametrize("place", ["", "/comments"])
@pytest.mark.parametrize("sort", Sort)
def test_the_order_remembered_is_that_of_every_thread(guest, remembering, talk, place, sort):
    page = remembering(sort).get(f"/articles/harbour{place}")

    assert thread_of(page.text) == thread_of(sorted_by(guest, sort, place))
    assert f'data-sort="{sort}"' in page.text


@pytest.mark.parametrize("place", ["", "/comments"])
def test_an_order_in_the_address_wins(guest, remembering, talk, place):
    client = remembering("liked")

    for sort in ("oldest", "latest", "banana"):
        assert thread_of(sorted_by(client, sort, place)) == thread_of(sorted_by(guest, sort, place))


def test_a_cursor_goes_on_in_the_order_of_its_address(guest, remembering, ada, harbour):
    many(harbour, ada)
    more = more_link(guest.get("/articles/harbour").text)

    assert "sort=" not in more
    assert texts(remembering("liked").get(more).text) == texts(guest.get(more).text)
    back = remembering("liked").get(more).text.split('class="button more newest" href="')[1]
    assert back.startswith("/articles/harbour?sort=latest#thread")


@pytest.mark.parametrize("value", ["", "best", "LIKED", "liked\u200b", "x" * 3000])
def test_an_unknown_order_in_the_cookie_is_newest_first(guest, remembering, talk, value):
    page = remembering(value).get("/articles/harbour")

    assert page.status_code == 200
    assert thread_of(page.text) == thread_of(guest.get("/articles/harbour").text)


def test_an_author_with_another_order_still_sees_a_new_comment_on_top(as_, ada, talk):
    client = as_(ada)
    client.set_cookie("sort", "oldest", path="/articles")
    response = client.post("/articles/harbour/comments", data={"body": "Mine"})

    assert re.fullmatch(r"/articles/harbour\?sort=latest#comment-\d+", response.location)
    assert texts(client.get(response.location).text)[0] == "Mine"


def test_programs_are_not_shown_the_order_of_a_reader(app, talk):
    guest = app.test_client()
    before = guest.get("/api/v1/articles/harbour/comments").json
    guest.set_cookie("sort", "oldest")

    assert guest.get("/api/v1/articles/harbour/comments").json == before


def pages(client, sort):
    seen, url = [], f"/articles/harbour/comments?sort={sort}"
    while url:
        page = client.get(url).text
        seen.append(texts(page))
        url = more_link(page)
        assert url is None or f"sort={sort}" in url or sort == "latest"
    return seen


def many(harbour, ada):
    """45 comments with three times, five like counts and few replies, so that every tie occurs."""
    comments = [say(harbour, ada, f"Comment {number:02}") for number in range(45)]
    with writing():
        for number, each in enumerate(comments):
            comment = db.session.get(Comment, each.id)
            comment.posted_at = datetime(2026, 11, 20 + number % 3, tzinfo=UTC)
            comment.add_reactions(likes=number % 5, dislikes=number % 2)
            comment.reply_count = number % 4
        harbour.revision += 1
    db.session.expire_all()
    return comments


@pytest.mark.slow
@pytest.mark.parametrize("sort", Sort)
def test_the_pages_hold_each_comment_once_in_one_order(guest, ada, harbour, sort):
    comments = many(harbour, ada)

    def key(comment):
        first = {"liked": (comment.rank,), "replied": (comment.reply_count,)}.get(sort, ())
        return (*first, comment.posted_at, comment.id)

    expected = [c.body for c in sorted(comments, key=key, reverse=sort != "oldest")]
    found = pages(guest, sort)
    assert [text for page in found for text in page] == expected
    assert [len(page) for page in found] == [20, 20, 5]


@pytest.mark.slow
@pytest.mark.parametrize("sort", Sort)
def test_changes_to_other_comments_do_not_shift_the_next_page(as_, guest, ada, mo, harbour, sort):
    comments = many(harbour, ada)
    before = pages(guest, sort)
    more = more_link(sorted_by(guest, sort))
    shown = [comment for comment in comments if comment.body in before[0][:10]]

    say(harbour, ada, "Just now")
    rate(shown[0], likes=50)
    as_(mo).post(f"/comments/{shown[1].id}/hide", data={"reason": "abuse"})

    page = [text for text in texts(guest.get(more).text) if text != "Just now"]
    assert len(page) >= 18  # the new comment and the tombstone may be on this page
    assert page == before[1][: len(page)]


@pytest.mark.slow
@pytest.mark.parametrize("sort", Sort)
def test_changes_to_the_last_comment_of_a_page_do_not_shift_the_next(guest, ada, harbour, sort):
    comments = many(harbour, ada)
    before = pages(guest, sort)
    more = more_link(sorted_by(guest, sort))
    [last] = [comment for comment in comments if comment.body == before[0][-1]]

    rate(last, likes=50)
    for number in range(9):
        say(harbour, ada, f"Answer {number}", to=last)

    assert texts(guest.get(more).text) == before[1]


@pytest.mark.parametrize("sort", Sort)
def test_a_cursor_has_the_sort_value_it_was_made_with(guest, talk, sort):
    for value in ("0.5", "7", "0", "1.5e-07"):
        place = f"/articles/harbour/comments?sort={sort}&before={talk[0].id}~{value}"
        assert guest.get(place).status_code == 200, value


def test_a_malformed_cursor_is_refused_to_programs_only(guest, talk):
    first = thread_of(sorted_by(guest, "liked"))
    for cursor in ("1~", "1~x", "1~nan", "1~-1", "1~1e999", "1~1~1", "~1", "1~٣"):
        query = {"sort": "liked", "before": cursor}
        page = guest.get("/articles/harbour/comments", query_string=query)
        answer = guest.get("/api/v1/articles/harbour/comments", query_string=query)
        assert (page.status_code, answer.status_code) == (200, 400), cursor
        assert thread_of(page.text) == first


@pytest.mark.slow
def test_the_cursor_of_a_deleted_comment_still_works(as_, guest, ada, harbour):
    many(harbour, ada)
    rest = pages(guest, "liked")[1:]
    more = more_link(sorted_by(guest, "oldest"))
    cursor = re.search(r"before=(\d+)", more)[1]
    following = texts(guest.get(more).text)

    as_(ada).post(f"/comments/{cursor}/delete")

    assert rest
    assert texts(guest.get(more).text) == following


@pytest.mark.slow
def test_a_later_page_links_to_the_first_of_its_order(guest, ada, harbour):
    many(harbour, ada)
    page = guest.get(more_link(sorted_by(guest, "oldest"))).text

    back = re.search(r'class="button more newest" href="([^"]+)">([^<]+)<', page)

    assert back.groups() == ("/articles/harbour?sort=oldest#thread", "첫 댓글로")


def test_each_order_is_rendered_once_until_the_thread_changes(as_, bora, talk):
    client = as_(bora)
    for sort in Sort:
        sorted_by(client, sort)

    for sort in Sort:
        with count_queries() as again:
            sorted_by(client, sort)
        assert len(again) == 6, sort


def test_a_tombstone_ranks_below_liked_comments(as_, guest, ada, bora, mo, talk):
    _, second, _ = talk
    as_(mo).post(f"/comments/{second.id}/hide", data={"reason": "abuse"})
    hidden = sorted_by(guest, "liked")
    as_(mo).post(f"/comments/{second.id}/restore")

    assert hidden.index("Third") < hidden.index('class="removed-comment"')
    assert texts(sorted_by(guest, "liked"))[0] == "Second"


# ---- Wilson score ----


def test_the_lower_bound_is_that_of_the_literature():
    """Calculated by hand: Wilson's interval for 3 of 3, 80 of 100 and 1 of 2 at 95 %."""
    found = [lower_bound(*votes) for votes in ((3, 0), (80, 20), (1, 1), (0, 0), (0, 9))]

    assert found == pytest.approx([0.43850, 0.71116, 0.09453, 0, 0], abs=5e-5)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_like_never_lowers_and_a_dislike_never_raises(likes, dislikes):
    here = lower_bound(likes, dislikes)

    assert 0 <= here < 1
    assert lower_bound(likes + 1, dislikes) > here
    assert lower_bound(likes, dislikes + 1) <= here
    assert here <= (likes / (likes + dislikes) if likes else 0)


def test_few_votes_do_not_beat_many():
    assert lower_bound(80, 20) > lower_bound(3, 0)
    assert lower_bound(40, 0) > lower_bound(80, 20)


# ---- query plans ----

CROWD = """
INSERT INTO comment (article_id, author_id, root_id, parent_id, key, body, html, text_hash,
    posted_at, listed, hidden_note, reply_count, like_count, dislike_count, rank)
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
SELECT :article, :author, NULL, NULL, 'key' || n, 'text', '<p>text</p>', x'00',
    datetime('2026-01-01', n || ' seconds'), 1, '', n % 7, n % 11, n % 3, (n % 101) / 101.0
FROM number
"""


def plan(query, parameters):
    """The query plan of SQLite, with values bound as when it runs."""
    db.session.rollback()
    with count_queries() as statements, db.engine.connect() as connection:
        connection.execute(query, parameters)
        compiled = query.params(parameters).compile(
            db.engine, compile_kwargs={"render_postcompile": True}
        )
        values = [compiled.params[name] for name in compiled.positiontup]
        explain = f"EXPLAIN QUERY PLAN {statements[-1]}"
        return [row.detail for row in connection.exec_driver_sql(explain, tuple(map(str, values)))]


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize("count", [10, pytest.param(100_000, marks=pytest.mark.slow)])
def test_every_page_of_every_order_is_one_range_scan_of_one_index(
    app, ada, harbour, count, analysed
):
    keep(Article.publish(slug="other", title="Another thread"))
    with writing():
        values = {"count": count, "article": harbour.id, "author": ada.id}
        db.session.execute(text(CROWD), values)
        if analysed:
            db.session.execute(text("ANALYZE"))
    indexes = {"liked": "liked", "replied": "replied"}

    for sort in Sort:
        for before in (None, cursor_of(sort, count // 2)):
            steps = plan(*thread_query.roots(harbour.id, sort=sort, before=before))
            name = f"ix_comment_{indexes.get(sort, 'thread')}"
            assert steps[0].startswith(f"SEARCH comment USING INDEX {name} (article_id=?"), steps
            if before:  # SQLite compares the id, an alias of the rowid, after the range
                assert re.search(r"\((rank|reply_count),posted_at\)<|posted_at[<>]", steps[0])
            wrong = [step for step in steps if "TEMP B-TREE" in step or "SCAN comment" in step]
            assert wrong == [], steps


@pytest.mark.parametrize("analysed", [False, True])
def test_a_root_with_many_replies_costs_a_page_no_more_than_one_with_ten(
    app, ada, harbour, analysed
):
    with writing():
        values = {"count": 2000, "article": harbour.id, "author": ada.id}
        db.session.execute(text(CROWD), values)
    root = say(harbour, ada, "Root")
    for number in range(12):
        say(harbour, ada, f"Reply {number:02}", to=root)
    if analysed:
        with writing():
            db.session.execute(text("ANALYZE"))

    with count_queries() as queries:
        shown_root, *_ = thread_query.thread_page(harbour.id).comments
    [statement] = [each for each in queries if "early" in each]
    with db.engine.connect() as connection:
        values = (0,) * statement.count("?")
        explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [row.detail for row in explained]

    # the first ids from the index, then each comment by id
    assert [step for step in steps if "ix_comment_replies" in step] == [
        "SEARCH early USING COVERING INDEX ix_comment_replies (root_id=? AND listed=?)"
    ]
    assert "SEARCH comment USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert [reply.html for reply in shown_root.replies] == [
        f"<p>Reply {number:02}</p>" for number in range(10)
    ]


@pytest.mark.parametrize("place", ["", "/comments"])
@pytest.mark.parametrize(
    ("orders", "first"), [("oldest&sort=liked", "First"), ("banana&sort=oldest", "Third")]
)
def test_of_several_orders_in_an_address_the_first_counts(guest, talk, place, orders, first):
    assert texts(sorted_by(guest, orders, place))[0] == first
