"""A reader likes or dislikes a comment, changes their mind, or removes the reaction."""

import html
import json
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.comments.viewer import reactions
from board.comments.viewer.reactions import Reaction, ReactionEvent, ReactionLimits
from board.comments.writing.errors import AuthorSuspended, Refused
from board.db import db, now, writing
from board.moderation.rulings import decisions as moderation
from board.ops.sample.loader import load_if_empty
from conftest import count_queries, person, say

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
VERBS = ("like", "dislike", "unreact")


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "A comment")


def react(client, verb, comment):
    return client.post(f"/comments/{comment.id}/{verb}")


def score(comment):
    comment = db.session.get(Comment, comment.id, populate_existing=True)
    db.session.rollback()
    return comment.like_count, comment.dislike_count


def stored():
    return db.session.scalar(select(func.count()).select_from(Reaction))


def alert(response):
    match = re.search(r'role="alert".*?><p>(.*?)</p>', response.text, re.S)
    return match and match[1].strip()


def buttons(page, comment):
    """The accessible names of the two buttons; each begins with its visible text."""
    form = rf'action="/comments/{comment.id}/\w+" data-react="\w+">'
    pairs = re.findall(form + r'<button aria-label="([^"]*)">(.*?)<', page)
    assert all(name.startswith(visible) for name, visible in pairs)
    return [name for name, _ in pairs]


def own_reactions(page):
    return json.loads(html.unescape(re.search(r"data-reactions='([^']*)'", page)[1]))


def test_a_reader_likes_a_comment_and_everyone_sees_it(as_, guest, bora, harbour, comment):
    before = harbour.revision

    response = react(as_(bora), "like", comment)

    assert response.status_code == 303
    assert response.location == f"/comments/{comment.id}#comment-{comment.id}"
    assert buttons(guest.get("/articles/harbour").text, comment) == [
        "공감 1, ada 님의 댓글", "비공감 0, ada 님의 댓글",
    ]  # fmt: skip
    assert harbour.revision == before + 1


def test_the_buttons_are_translated(guest, comment):
    page = guest.get("/articles/harbour?lang=en").text

    assert buttons(page, comment) == ["Like 0, comment by ada", "Dislike 0, comment by ada"]


def test_liking_twice_changes_nothing(as_, bora, harbour, comment):
    client = as_(bora)
    react(client, "like", comment)
    revision = harbour.revision

    again = react(client, "like", comment)

    assert (again.status_code, score(comment), stored()) == (303, (1, 0), 1)
    assert harbour.revision == revision


def test_a_reader_changes_their_mind(as_, bora, comment):
    client = as_(bora)
    react(client, "like", comment)
    react(client, "dislike", comment)

    assert (score(comment), stored()) == ((0, 1), 1)


def test_a_reader_removes_a_reaction(as_, bora, comment):
    client = as_(bora)
    for verb in ("like", "dislike"):
        react(client, verb, comment)
        assert react(client, "unreact", comment).status_code == 303
        assert (score(comment), stored()) == ((0, 0), 0)
    assert react(client, "unreact", comment).status_code == 303


def test_every_reader_counts_once(as_, bora, mo, tess, comment):
    for who in (bora, mo, tess):
        react(as_(who), "like", comment)
    react(as_(mo), "dislike", comment)

    assert score(comment) == (2, 1)


def test_replies_can_be_liked_too(as_, guest, ada, bora, harbour, comment):
    reply = say(harbour, bora, "A reply", to=comment)

    response = react(as_(ada), "like", reply)

    assert response.location == f"/comments/{reply.id}#comment-{reply.id}"
    assert buttons(guest.get("/articles/harbour").text, reply)[0] == "공감 1, bora 님의 댓글"


def test_nobody_can_react_to_their_own_comment(as_, ada, comment):
    client = as_(ada)

    for verb in VERBS:
        response = react(client, verb, comment)
        assert response.status_code == 403, verb
        assert alert(response) == "내 댓글에는 공감·비공감을 누를 수 없습니다."
    assert score(comment) == (0, 0)


def test_nobody_can_react_to_a_hidden_or_deleted_comment(as_, ada, bora, mo, harbour, comment):
    deleted = say(harbour, ada, "Deleted")
    say(harbour, bora, "Reply", to=deleted)
    client = as_(bora)
    react(client, "like", comment)
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    as_(ada).post(f"/comments/{deleted.id}/delete")

    for verb in VERBS:
        for gone in (comment, deleted):
            response = react(client, verb, gone)
            assert response.status_code == 409, verb
            assert "더 이상 보이지 않는 댓글이라" in alert(response)
    assert score(comment) == (1, 0)


def test_a_comment_gone_from_the_thread_or_unknown_is_not_found(as_, ada, bora, comment):
    as_(ada).post(f"/comments/{comment.id}/delete")

    for id in (comment.id, 999):
        for verb in VERBS:
            assert as_(bora).post(f"/comments/{id}/{verb}").status_code == 404


def test_a_hidden_comment_comes_back_with_its_likes(as_, guest, bora, mo, comment):
    react(as_(bora), "like", comment)
    for verb in ("hide", "restore"):
        as_(mo).post(f"/comments/{comment.id}/{verb}", data={"reason": "abuse"})

    assert buttons(guest.get("/articles/harbour").text, comment)[0] == "공감 1, ada 님의 댓글"


def test_the_likes_of_a_hidden_comment_are_not_shown(as_, guest, bora, mo, comment):
    react(as_(bora), "like", comment)
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    for path in ("/articles/harbour", f"/comments/{comment.id}"):
        assert buttons(guest.get(path).text, comment) == []


def test_guests_and_the_suspended_are_asked_to_sign_in(as_, guest, bora, comment):
    client = as_(bora)
    with writing():
        bora.suspended_until = now() + timedelta(days=1)

    for who in (guest, client):
        assert {react(who, verb, comment).status_code for verb in VERBS} == {401}
    assert stored() == 0


def test_a_suspension_in_the_meantime_stops_the_reaction(bora, comment):
    with writing():
        db.session.get(User, bora.id).suspended_until = now() + timedelta(days=1)

    with writing(), pytest.raises(AuthorSuspended):
        reactions.like(comment, by=bora, limits=ReactionLimits.none())
    assert stored() == 0


def test_a_reader_can_react_in_a_closed_thread(as_, bora, harbour, comment):
    with writing():
        harbour.close(reason="Three days are over.")

    assert react(as_(bora), "like", comment).status_code == 303


# ---- own reactions ----


def test_own_reactions_are_outside_the_shared_html(as_, guest, ada, bora, harbour, comment):
    reply = say(harbour, bora, "A reply", to=comment)
    other = say(harbour, ada, "Another")
    client = as_(bora)
    react(client, "like", comment)
    react(client, "dislike", other)
    react(as_(ada), "like", reply)

    for path in ("/articles/harbour", "/articles/harbour/comments"):
        page = client.get(path).text
        assert own_reactions(page) == {str(comment.id): "like", str(other.id): "dislike"}
        assert own_reactions(as_(ada).get(path).text) == {str(reply.id): "like"}
        assert "data-reactions" not in guest.get(path).text
    assert own_reactions(client.get(f"/comments/{reply.id}").text) == {str(comment.id): "like"}


def test_the_shared_html_does_not_tell_whose_reactions_they_are(as_, guest, ada, bora, mo, comment):
    react(as_(bora), "like", comment)

    def thread_of(client):
        page = client.get("/articles/harbour").text
        return re.search(r'<ol class="comments".*</ol>', page, re.S)[0]

    assert len({thread_of(client) for client in (guest, as_(ada), as_(bora), as_(mo))}) == 1
    assert "aria-pressed" not in thread_of(as_(bora))


def test_without_scripts_the_comment_page_shows_the_own_reaction(as_, ada, bora, comment):
    client = as_(bora)
    path = f"/comments/{comment.id}"
    seen = []
    for verb in ("unreact", "like", "dislike"):
        react(client, verb, comment)
        chosen = re.search(
            r'<noscript>\s*<div class="reaction-status">\s*<p>(.*?)</p>', client.get(path).text
        )
        seen.append(chosen and chosen[1])

    assert seen == [None, "이 댓글에 공감하셨습니다.", "이 댓글에 비공감하셨습니다."]
    assert f'action="{path}/unreact"' in client.get(path).text
    assert '<div class="reaction-status">' not in as_(ada).get(path).text


@pytest.mark.slow
def test_own_reactions_cost_one_query_for_any_number(as_, bora, ada, harbour, comment):
    client = as_(bora)

    def cost():
        client.get("/articles/harbour")
        with count_queries() as seen:
            client.get("/articles/harbour")
        return len(seen)

    one = cost()
    for number in range(15):
        react(client, "like", say(harbour, ada, f"Comment {number}"))

    assert cost() == one == 6


# ---- limits ----


@pytest.fixture
def comments(harbour, ada):
    return [say(harbour, ada, f"Comment {number}") for number in range(4)]


def test_two_reactions_need_ten_seconds_between_them(app, as_, bora, comments):
    app.config["REACTION_INTERVAL_SECONDS"] = 10
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(bora)
        react(client, "like", comments[0])
        clock.shift(3)
        early = react(client, "like", comments[1])
        clock.shift(7)
        in_time = react(client, "like", comments[1])

    assert (early.status_code, early.headers["Retry-After"]) == (429, "7")
    assert alert(early).endswith("7초 뒤에 다시 시도해 주세요.")
    assert in_time.status_code == 303
    assert [score(comment) for comment in comments[:2]] == [(1, 0), (1, 0)]


def test_reactions_per_day_are_limited_changes_included(app, as_, bora, mo, comments):
    app.config["REACTIONS_PER_DAY"] = 3
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(bora)
        for verb in ("like", "dislike", "like"):
            react(client, verb, comments[0])
            clock.shift(3600)
        fourth = react(client, "like", comments[1])
        others = react(as_(mo), "like", comments[1])
        clock.shift(21 * 3600)
        next_day = react(client, "like", comments[1])
        too_much = react(client, "like", comments[2])

    assert (fourth.status_code, fourth.headers["Retry-After"]) == (429, str(21 * 3600))
    assert "2026.11.24. 12:00" in alert(fourth)
    assert others.status_code == 303
    assert next_day.status_code == 303
    assert (too_much.status_code, too_much.headers["Retry-After"]) == (429, "3600")


def test_a_reaction_is_taken_back_at_once_and_at_any_time(app, as_, bora, comments):
    app.config.update(REACTIONS_PER_DAY=2, REACTION_INTERVAL_SECONDS=10)
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(bora)
        react(client, "like", comments[0])
        at_once = react(client, "unreact", comments[0])
        clock.shift(10)
        like = react(client, "like", comments[0])
        at_the_limit = react(client, "unreact", comments[0])

    assert [each.status_code for each in (at_once, like, at_the_limit)] == [303] * 3
    assert (score(comments[0]), stored()) == ((0, 0), 0)


def test_retry_after_is_when_the_next_reaction_works(app, as_, bora, comments):
    """With the daily limit just reached, the interval is not what decides."""
    app.config.update(REACTIONS_PER_DAY=1, REACTION_INTERVAL_SECONDS=10)
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = as_(bora)
        react(client, "like", comments[0])
        refused = react(client, "like", comments[1])
        clock.shift(int(refused.headers["Retry-After"]))

        assert react(client, "like", comments[1]).status_code == 303


def test_a_repeated_reaction_does_not_count_for_limits(app, as_, bora, comments):
    app.config.update(REACTIONS_PER_DAY=1, REACTION_INTERVAL_SECONDS=10)
    client = as_(bora)

    answers = [react(client, "like", comments[0]).status_code for _ in range(3)]

    assert answers == [303, 303, 303]
    assert db.session.scalar(select(func.count()).select_from(ReactionEvent)) == 1


def test_a_refusal_stores_nothing(app, as_, bora, harbour, comments):
    app.config["REACTION_INTERVAL_SECONDS"] = 10
    client = as_(bora)
    react(client, "like", comments[0])
    revision = harbour.revision

    refused = react(client, "dislike", comments[0])

    assert refused.status_code == 429
    assert (score(comments[0]), stored(), harbour.revision) == ((1, 0), 1, revision)
    assert own_reactions(refused.text) == {str(comments[0].id): "like"}


def test_times_of_reactions_are_deleted_after_a_day(app, as_, ada, bora, comments):
    with time_machine.travel(MONDAY, tick=False) as clock:
        for comment in comments:
            react(as_(bora), "like", comment)
        clock.shift(24 * 3600)
        react(as_(person("carol")), "like", comments[0])

    assert db.session.scalar(select(func.count()).select_from(ReactionEvent)) == 1


# ---- a board without dislikes ----


def test_a_board_can_switch_off_dislikes(app, as_, guest, bora, comment):
    client = as_(bora)
    react(client, "dislike", comment)
    app.config["DISLIKES"] = False
    with writing():
        db.session.get(Article, comment.article_id).revision += 1

    assert react(as_(person("carol")), "dislike", comment).status_code == 404
    assert buttons(guest.get("/articles/harbour").text, comment) == ["공감 0, ada 님의 댓글"]
    assert react(client, "unreact", comment).status_code == 303
    assert score(comment) == (0, 0)


# ---- counts ----


def check_counts():
    votes = {
        (row.comment_id, row.choice): row.count
        for row in db.session.execute(
            select(Reaction.comment_id, Reaction.choice, func.count().label("count")).group_by(
                Reaction.comment_id, Reaction.choice
            )
        )
    }
    for comment in db.session.scalars(select(Comment)):
        counted = votes.get((comment.id, "like"), 0), votes.get((comment.id, "dislike"), 0)
        assert (comment.like_count, comment.dislike_count) == counted
        assert comment.rank == (lower_bound(*counted) if comment.is_visible else 0)
    db.session.rollback()


STEP = st.tuples(
    st.sampled_from(["like", "dislike", "unreact", "like", "dislike", "hide", "restore", "delete"]),
    st.integers(0, 3),
    st.integers(0, 2),
)


@pytest.mark.slow
@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
def test_the_counts_are_the_sum_of_the_reactions_after_any_steps(app, steps):
    """Four users, two of them authors; a root, its reply and another root; any steps."""
    if not db.session.scalar(select(Article.id)):
        with writing():
            Article.publish(slug="harbour", title="The harbour reopens")
        for name in ("ada", "bora", "carol", "mo"):
            person(name)
    people = [person_named(name) for name in ("ada", "bora", "carol", "mo")]
    article = db.session.scalars(Article.by_slug("harbour")).one()
    number = now().isoformat()
    root = say(article, people[0], f"Root {number}")
    targets = [
        root,
        say(article, people[1], f"Reply {number}", to=root),
        say(article, people[1], f"Other {number}"),
    ]
    expected = {}

    for verb, who, which in steps:
        actor, target = people[who], targets[which]
        try:
            with writing():
                if verb in VERBS:
                    getattr(reactions, verb)(target, by=actor, limits=ReactionLimits.none())
                elif verb == "delete":
                    target.delete()
                elif verb == "hide":
                    moderation.hide(target, by=people[3], reason="abuse")
                else:
                    moderation.restore(target, by=people[3], reason="review")
        except Refused:
            continue
        if verb in VERBS:
            expected[target.id, actor.id] = verb

    check_counts()
    held = {
        (r.comment_id, r.user_id): r.choice
        for r in db.session.scalars(
            select(Reaction).where(Reaction.comment_id.in_([t.id for t in targets]))
        )
    }
    assert held == {key: verb for key, verb in expected.items() if verb != "unreact"}


def person_named(name):
    return db.session.scalars(User.named(name)).one()


@pytest.mark.slow
def test_reactions_of_many_at_once_all_count(app, as_, harbour, ada, comments):
    crowd = [as_(person(f"reader {letter}")) for letter in "abcdefgh"]
    ids = [comment.id for comment in comments]  # each thread has its own session
    statuses = []

    def click(client, offset):
        with app.app_context():
            for step in range(12):
                verb = VERBS[(offset * 7 + step * 5) % 3]
                url = f"/comments/{ids[(offset + step) % 4]}/{verb}"
                statuses.append(client.post(url).status_code)
            statuses.append(client.post(f"/comments/{ids[0]}/like").status_code)

    threads = [
        threading.Thread(target=click, args=(client, offset)) for offset, client in enumerate(crowd)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [303] * 8 * 13
    check_counts()
    assert score(comments[0]) == (8, 0)


def test_a_reader_in_many_windows_has_one_reaction(app, as_, bora, comment):
    clients = [as_(bora) for _ in range(6)]
    url = f"/comments/{comment.id}/like"
    statuses = []

    def click(client):
        with app.app_context():
            statuses.append(client.post(url).status_code)

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [303] * 6
    assert (score(comment), stored()) == ((1, 0), 1)


@pytest.mark.slow
def test_the_sample_board_has_counts_that_add_up(app):
    load_if_empty()

    check_counts()
    most = db.session.scalar(select(func.max(Comment.like_count)))
    assert most > 5
