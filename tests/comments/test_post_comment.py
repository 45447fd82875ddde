"""A reader posts under an article; what is refused, and with what message."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from board.comments import error_messages
from board.comments.models import Comment
from board.comments.writing.errors import Refused
from board.db import db, writing
from board.moderation.filters import changes as filter_rules
from board.moderation.filters.models import State
from conftest import count_queries, say

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def post(client, body="Good morning", slug="harbour", **fields):
    return client.post(f"/articles/{slug}/comments", data={"body": body, **fields})


def stored():
    return db.session.scalar(select(func.count()).select_from(Comment))


def alert(response):
    match = re.search(r'role="alert">(.*?)</p>', response.text, re.S)
    return match and match[1].strip()


def test_a_reader_posts_and_everyone_sees_it_on_top(as_, guest, ada, harbour):
    say(harbour, ada, "Yesterday")

    response = post(as_(ada), "Today", key="k1")

    assert response.status_code == 303
    assert re.fullmatch(r"/articles/harbour#comment-\d+", response.location)
    page = guest.get("/articles/harbour").text
    assert page.index("<p>Today</p>") < page.index("<p>Yesterday</p>")


def test_the_count_is_right_after_every_post(as_, guest, ada, harbour):
    for number in range(3):
        post(as_(ada), f"Comment {number}")

    assert harbour.comment_count == 3
    heading = re.search(r'<h2 id="thread-title".*?</h2>', guest.get("/articles/harbour").text)[0]
    assert re.sub("<[^>]+>", "", heading) == "전체댓글 3"


def test_a_guest_is_asked_to_sign_in_and_keeps_the_text(guest, harbour):
    response = post(guest, "Written while my session ended")

    assert response.status_code == 401
    assert "Written while my session ended" in response.text
    assert stored() == 0


@pytest.mark.parametrize("blank", ["", "   ", "\n\n", "\u3164\u3164", "\u200b", "\u2800 \u115f"])
def test_blank_text_is_refused(as_, ada, harbour, blank):
    response = post(as_(ada), blank)

    assert (response.status_code, stored()) == (422, 0)


def test_300_graphemes_are_accepted_and_301_refused_with_the_text_kept(as_, ada, harbour):
    family = "👨‍👩‍👧"  # one grapheme, five code points

    assert post(as_(ada), family * 300).status_code == 303
    too_long = post(as_(ada), "가" * 301)

    assert too_long.status_code == 422
    assert "가" * 301 in too_long.text
    assert "1" in alert(too_long)


def test_hangul_typed_on_a_mac_counts_one_character_a_syllable(as_, ada, harbour):
    assert post(as_(ada), "한글" * 150).status_code == 303

    [body] = db.session.scalars(select(Comment.body))
    assert body == "한글" * 150


def test_a_double_click_stores_one_comment(as_, ada, harbour):
    client = as_(ada)

    first, second = post(client, "Once", key="same"), post(client, "Once", key="same")

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert stored() == 1


def test_a_retry_is_answered_even_when_the_limit_is_used_up(app, as_, ada, harbour):
    app.config["COMMENT_INTERVAL_SECONDS"] = 60
    client = as_(ada)

    first, retry = post(client, "Once", key="same"), post(client, "Once", key="same")

    assert retry.location == first.location


def test_requests_at_once_with_one_key_store_one_comment(app, as_, ada, harbour):
    clients = [as_(ada) for _ in range(4)]
    answers = []

    def send(client):
        with app.app_context():
            answers.append(post(client, "Once", key="same").location)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert stored() == 1


def test_a_key_used_for_another_text_is_refused(as_, ada, harbour):
    client = as_(ada)
    post(client, "First", key="same")

    response = post(client, "Second", key="same")

    assert (response.status_code, stored()) == (422, 1)
    assert "Second" in response.text
    key = re.search(r'name="key"[^>]* value="([^"]+)"', response.text)[1]
    assert post(client, "Second", key=key).status_code == 303


def test_two_authors_can_use_the_same_key(as_, ada, bora, harbour):
    post(as_(ada), "Mine", key="same")
    post(as_(bora), "Mine too", key="same")

    assert stored() == 2


def test_a_closed_thread_refuses_and_says_why(as_, guest, ada, harbour):
    with writing():
        harbour.close(reason="Three days are over.")

    response = post(as_(ada), "Too late?")

    assert response.status_code == 409
    assert "Too late?" not in guest.get("/articles/harbour").text
    assert "Three days are over." in guest.get("/articles/harbour").text
    assert stored() == 0


def test_a_suspension_in_the_meantime_stops_the_comment(as_, ada, harbour):
    client = as_(ada)
    with writing():
        ada.suspended_until = datetime.now(UTC) + timedelta(days=1)

    assert post(client, "Still here?").status_code == 401
    assert stored() == 0


def test_posting_twice_within_the_interval_says_when_to_try_again(app, as_, ada, harbour):
    app.config["COMMENT_INTERVAL_SECONDS"] = 60
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(ada)
        post(client, "One")
        clock.shift(37)

        early = post(client, "Two")
        clock.shift(23)
        in_time = post(client, "Two")

    assert (early.status_code, early.headers["Retry-After"]) == (429, "23")
    assert "23" in alert(early)
    assert in_time.status_code == 303


def test_comments_per_day_are_limited(app, as_, ada, harbour):
    app.config["COMMENTS_PER_DAY"] = 2
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(ada)
        post(client, "One")
        clock.shift(3600)
        post(client, "Two")
        clock.shift(3600)

        third = post(client, "Three")
        clock.shift(22 * 3600)
        next_day = post(client, "Three")

    assert (third.status_code, third.headers["Retry-After"]) == (429, str(22 * 3600))
    assert "2026.11.24. 12:00" in alert(third)
    assert next_day.status_code == 303


def test_a_deleted_comment_still_counts_for_the_limits(app, as_, ada, harbour):
    app.config["COMMENTS_PER_DAY"] = 1
    client = as_(ada)
    post(client, "One")
    client.post(f"/comments/{db.session.scalar(select(Comment.id))}/delete")

    assert post(client, "Two").status_code == 429


def test_an_author_can_post_three_roots_under_an_article_and_more_replies(app, as_, ada, harbour):
    app.config["ROOT_COMMENTS_PER_ARTICLE"] = 3
    client = as_(ada)
    for number in range(3):
        post(client, f"Root {number}")
    first = db.session.scalar(select(Comment.id))

    assert post(client, "Root 4").status_code == 429
    assert post(client, "A reply", parent=first).status_code == 303


def test_the_same_text_is_refused_for_a_day_in_any_case_and_spacing(app, as_, ada, harbour):
    app.config["SAME_TEXT_HOURS"] = 24
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(ada)
        post(client, "Read this!")
        clock.shift(3600)
        again = post(client, "READ  this!")
        clock.shift(23 * 3600)
        next_day = post(client, "Read this!")

    assert (again.status_code, again.headers["Retry-After"]) == (429, str(23 * 3600))
    assert next_day.status_code == 303


def test_a_link_ends_before_the_particle_behind_it(as_, guest, ada, harbour):
    post(as_(ada), "https://harbour.example/a?b=1을 보세요 (https://harbour.example/wiki/A_(b)).")

    page = guest.get("/articles/harbour").text
    rel = 'rel="nofollow ugc noopener noreferrer"'
    assert (
        f'<a href="https://harbour.example/a?b=1" {rel}>https://harbour.example/a?b=1</a>을' in page
    )
    assert f'<a href="https://harbour.example/wiki/A_(b)" {rel}>' in page


def test_a_link_with_hangul_is_whole(as_, guest, ada, harbour):
    post(as_(ada), "https://news.example/뉴스/1에서 보고 https://한국.example/?검색=버스&쪽=2 보다")

    page = guest.get("/articles/harbour").text
    assert re.findall('<a href="([^"]*)" rel="nofollow', page) == [
        "https://news.example/뉴스/1",
        "https://한국.example/?검색=버스&amp;쪽=2",
    ]
    assert "/뉴스/1</a>에서 보고" in page


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        'https://a.example/"onmouseover="alert(1)',
        "https://a.example/'><svg onload=alert(1)>",
        "&lt;img src=x onerror=alert(1)&gt;",
        "<a href='https://a.example'>x</a>",
    ],
)
def test_markup_is_shown_as_text(as_, ada, harbour, attack):
    post(as_(ada), attack)

    [comment] = db.session.scalars(select(Comment))
    assert comment.body == attack
    tags = re.findall(r"<[^>]*>", comment.html)
    assert {re.sub(r' href="https://[^"<>\s]*" rel="[a-z ]*"', "", tag) for tag in tags} <= {
        "<p>", "</p>", "<br>", "<a>", "</a>",
    }  # fmt: skip


def test_direction_overrides_are_removed(as_, ada, harbour):
    post(as_(ada), "safe \u202e txet \u2066 more")

    assert db.session.scalar(select(Comment.body)) == "safe  txet  more"


def test_other_form_fields_are_ignored(as_, ada, bora, harbour):
    post(as_(ada), "Mine", author_id=str(bora.id), hidden_for="", posted_at="2020-01-01", id="7")

    [comment] = db.session.scalars(select(Comment))
    assert comment.author_id == ada.id
    assert comment.posted_at.year >= 2026


def test_every_form_has_its_own_key(as_, ada, harbour):
    client = as_(ada)

    keys = {
        re.search(r'name="key"[^>]* value="([^"]+)"', client.get("/articles/harbour").text)[1]
        for _ in range(3)
    }

    assert len(keys) == 3


def test_nobody_can_comment_on_an_unknown_article(as_, ada):
    assert post(as_(ada), "Hello?", slug="nowhere").status_code == 404


def test_the_query_before_storing_uses_indexes_only(app, ada, harbour):
    with count_queries() as queries:
        say(harbour, ada, "Good morning")
    [statement] = [each for each in queries if "own_roots" in each]
    with db.engine.connect() as connection:
        values = (0,) * statement.count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [row.detail for row in plan]

    searched = {step.replace("COVERING ", "").split(" (")[0] for step in steps if "comment" in step}
    indexes = ("author", "own_roots", "thread", "replies")
    expected = {f"SEARCH comment USING INDEX ix_comment_{name}" for name in indexes}
    assert searched == {*expected, "SEARCH comment USING INDEX sqlite_autoindex_comment_1"}
    assert [step for step in steps if "TEMP B-TREE" in step] == []


def test_a_post_costs_a_fixed_list_of_statements(as_, ada, harbour):
    """Another statement would slow down every post: use `limits.extra_columns` instead."""
    client = as_(ada)
    with writing():
        filter_rules.add(kind="signal", text="repeat", threshold=9, state=State.ON, by=None)
    post(client, "The ferry was late again this morning", key="first")

    with count_queries() as queries:
        answer = post(client, "The bus, on the other hand, was early", key="second")

    assert answer.status_code == 303
    table = re.compile(r"(?:FROM|INTO|UPDATE) \"?(\w+)")
    assert [(each.split()[0], table.search(each)[1]) for each in queries] == [
        ("SELECT", "session"),  # the user
        ("SELECT", "rule_edition"),  # the rules behind warnings
        # From here on with the write lock: the article, whether it is restricted, and the author.
        ("SELECT", "steering"),
        ("SELECT", "comment"),  # all that limits and checks need, in one query
        ("SELECT", "comment_likeness"),
        ("INSERT", "comment"),
        ("UPDATE", "article"),
        ("INSERT", "comment_words"),
        ("INSERT", "comment_likeness"),
        ("INSERT", "comment_likeness_key"),
    ]


def test_every_refusal_has_a_status_and_a_message(app):
    def subclasses(of):
        return {of}.union(*map(subclasses, of.__subclasses__()))

    def ours(types):
        return {each for each in types if each.__module__.startswith("board.")}

    assert ours(error_messages._MESSAGES) == ours(subclasses(Refused)) - {Refused}
