"""A user is told of replies and mentions: on the page, once, and never of what nobody can read."""

import pytest
from sqlalchemy import select

from board.comments.viewer.blocks import Block
from board.comments.writing import create
from board.db import db, writing
from board.moderation.rulings import decisions, undo
from board.notifications import notify
from board.notifications.models import Kind, Notification
from conftest import count_queries, keep, person, say


@pytest.fixture
def root(harbour, ada):
    return say(harbour, ada, "Root")


def told(user):
    """(kind, about) of the unseen notifications of a user, oldest first."""
    db.session.rollback()
    rows = db.session.scalars(Notification.unseen(user.id)).all()[::-1]
    assert db.session.get_one(type(user), user.id, populate_existing=True).unseen_notifications == (
        len(rows)
    )
    return [(row.kind, row.about) for row in rows]


def test_the_author_of_a_comment_is_told_of_a_reply(as_, ada, bora, harbour, root):
    reply = say(harbour, bora, "Reply", to=root)

    page = as_(ada).get("/account/notices").text

    assert f'href="/comments/{reply.id}#comment-{reply.id}"' in page
    assert "bora 님이 회원님의 댓글에 답글을 남겼습니다" in page
    assert "Reply" not in page.split("<main")[1]
    assert told(bora) == []


def test_who_began_a_conversation_is_told_of_replies_to_others(ada, bora, harbour, root):
    answer = say(harbour, bora, "Answer", to=root)
    say(harbour, person("cho"), "To bora", to=answer)

    assert told(bora) == [("reply", answer.id)]
    assert told(ada) == [("reply", root.id)]


def test_nobody_is_told_of_their_own_replies(ada, harbour, root):
    say(harbour, ada, "To myself", to=root)

    assert told(ada) == []


def test_forty_replies_are_one_notification(as_, ada, bora, harbour, root):
    for number in range(40):
        say(harbour, bora, f"Reply {number}", to=root)

    assert told(ada) == [("reply", root.id)]
    assert "새 답글이 40개 달렸습니다" in as_(ada).get("/account/notices").text


def test_a_reply_after_the_first_was_seen_is_a_new_notification(as_, ada, bora, harbour, root):
    say(harbour, bora, "First", to=root)
    as_(ada).post("/account/notices/seen")
    say(harbour, bora, "Second", to=root)

    page = as_(ada).get("/account/notices").text

    assert told(ada) == [("reply", root.id)]
    assert page.count("bora 님이 회원님의 댓글에 답글을 남겼습니다") == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bora hello", ["bora"]),
        ("hello @bora, @cho", ["bora", "cho"]),
        ("@바다님 안녕하세요", ["바다"]),
        ("@바다 사랑님께", ["바다 사랑"]),
        ("@바다사랑님께", ["바다 사랑"]),
        ("@BORA", ["bora"]),
        ("@bora @bora @bora", ["bora"]),
        ("mail bora@bora.example", []),
        ("@boras", []),
        ("@bora2", []),
        ("@nobody @ @@", []),
        ("@stranger", []),
        ("@ada", []),
        ("@cho @바다 @bora @dan", ["cho", "바다", "bora"]),
        ("@ @ @1 @2 @3 @4 @5 @bora", []),
    ],
)
def test_a_mention_is_the_longest_name_of_somebody_in_the_thread(
    ada, bora, harbour, root, text, names
):
    others = [bora, *(person(name) for name in ("cho", "dan", "바다", "바다 사랑"))]
    for other in others:
        say(harbour, other, f"I am {other.id}")
    stranger = person("stranger")

    comment = say(harbour, ada, text)

    found = [user.name for user in [*others, stranger, ada] if told(user)]
    assert sorted(found) == sorted(names)
    assert all(told(user) in ([], [("mention", comment.id)]) for user in others)


def test_one_comment_tells_each_person_once(ada, bora, harbour, root):
    say(harbour, bora, "@ada hello", to=root)

    assert told(ada) == [("reply", root.id)]


def test_those_who_block_the_author_are_not_told(ada, bora, harbour, root):
    keep(Block(user_id=ada.id, muted_id=bora.id))

    say(harbour, bora, "Reply", to=root)
    say(harbour, bora, "@ada hello")

    assert told(ada) == []


def test_one_person_tells_another_at_most_five_times_a_day(ada, bora, harbour):
    for number in range(7):
        say(harbour, bora, f"Reply {number}", to=say(harbour, ada, f"Root {number}"))

    assert len(told(ada)) == 5


def test_ten_mentions_an_hour(ada, harbour):
    crowd = [person(f"reader{number}") for number in range(12)]
    for other in crowd:
        say(harbour, other, f"I am {other.id}")
    for at in range(0, 12, 3):
        names = " ".join(f"@{user.name}" for user in crowd[at : at + 3])
        say(harbour, ada, names)

    assert sum(len(told(user)) for user in crowd) == 10


def test_a_held_comment_tells_when_it_is_approved(ada, bora, mo, harbour, root, monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    reply = say(harbour, bora, "Reply", to=root)
    before = told(ada)
    with writing():
        decisions.keep(reply, by=mo)

    assert (before, told(ada)) == ([], [("reply", root.id)])


def test_a_hidden_reply_takes_its_notification_away_and_undo_brings_it_back(
    ada, bora, mo, harbour, root
):
    reply = say(harbour, bora, "Reply", to=root)
    with writing():
        ruling = decisions.hide(reply, by=mo, reason="abuse")
    hidden = told(ada)
    with writing():
        undo.take_back(ruling, by=mo)

    assert (hidden, told(ada)) == ([], [("reply", root.id)])


def test_of_two_replies_one_that_is_hidden_leaves_the_other(as_, ada, bora, mo, harbour, root):
    first, second = (say(harbour, bora, text, to=root) for text in ("First", "Second"))
    with writing():
        decisions.hide(first, by=mo, reason="abuse")

    assert told(ada) == [("reply", root.id)]
    assert f"#comment-{second.id}" in as_(ada).get("/account/notices").text


def test_a_deleted_mention_takes_its_notification_away(as_, ada, bora, harbour, root):
    comment = say(harbour, bora, "@ada hello")
    before = told(ada)

    as_(bora).post(f"/comments/{comment.id}/delete")

    assert (before, told(ada)) == ([("mention", comment.id)], [])


def test_what_was_seen_is_not_told_again_when_a_comment_is_restored(
    as_, ada, bora, mo, harbour, root
):
    reply = say(harbour, bora, "Reply", to=root)
    as_(ada).post("/account/notices/seen")
    with writing():
        decisions.hide(reply, by=mo, reason="abuse")
    with writing():
        decisions.restore(reply, by=mo, reason="review")

    assert told(ada) == []


def test_an_edit_tells_those_it_names_and_nobody_twice(as_, ada, bora, harbour, root):
    cho = person("cho")
    say(harbour, cho, "I am here")
    comment = say(harbour, bora, "@ada hello")
    as_(ada).post("/account/notices/seen")
    form = {"body": "@ada @cho hello", "version": 0}

    answer = as_(bora).post(f"/comments/{comment.id}/edit", data=form)

    assert answer.status_code == 303
    assert (told(ada), told(cho)) == ([], [("mention", comment.id)])


def edit(client, comment, text, version=0):
    return client.post(f"/comments/{comment.id}/edit", data={"body": text, "version": version})


def test_a_name_edited_away_takes_its_unseen_notification_away(as_, ada, bora, harbour, root):
    cho = person("cho")
    say(harbour, cho, "I am here")
    comment = say(harbour, bora, "@ada @cho hello")
    before = told(ada), told(cho)

    edit(as_(bora), comment, "@cho hello")

    assert before == ([("mention", comment.id)],) * 2
    assert (told(ada), told(cho)) == ([], [("mention", comment.id)])


def test_a_name_edited_away_and_back_is_told_as_new_unless_it_was_seen(
    as_, ada, bora, harbour, root
):
    comment = say(harbour, bora, "@ada hello")
    edit(as_(bora), comment, "hello")
    edit(as_(bora), comment, "hello @ada", 1)
    unseen = told(ada)
    as_(ada).post("/account/notices/seen")
    edit(as_(bora), comment, "hello", 2)
    edit(as_(bora), comment, "hello @ada!", 3)

    assert (unseen, told(ada)) == ([("mention", comment.id)], [])
    assert "bora 님이 회원님을 언급했습니다" in as_(ada).get("/account/notices").text


def test_an_edit_leaves_the_reply_it_is(as_, ada, bora, harbour, root):
    reply = say(harbour, bora, "@ada hello", to=root)

    edit(as_(bora), reply, "hello")

    assert told(ada) == [("reply", root.id)]


def test_a_comment_no_longer_featured_takes_its_unseen_notification_away(
    as_, ada, tess, harbour, root
):
    editor = as_(tess)
    editor.post(f"/comments/{root.id}/feature")
    featured = told(ada)
    editor.post(f"/comments/{root.id}/unfeature")

    assert (featured, told(ada)) == ([("featured", root.id)], [])


def test_an_edit_that_ends_featuring_takes_its_unseen_notification_away(
    as_, ada, tess, harbour, root
):
    as_(tess).post(f"/comments/{root.id}/feature")
    featured = told(ada)

    edit(as_(ada), root, "Other words")

    assert (featured, told(ada)) == ([("featured", root.id)], [])


def test_what_was_seen_stays_when_the_newsroom_no_longer_features_it(as_, ada, tess, harbour, root):
    as_(tess).post(f"/comments/{root.id}/feature")
    as_(ada).post("/account/notices/seen")
    as_(tess).post(f"/comments/{root.id}/unfeature")

    assert "편집국이 회원님의 댓글을 뽑았습니다" in as_(ada).get("/account/notices").text


def test_opening_one_marks_it_as_seen_for_its_owner_only(as_, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    row = db.session.scalar(select(Notification))

    as_(bora).post(f"/account/notices/{row.id}/seen")
    kept = told(ada)
    as_(ada).post(f"/account/notices/{row.id}/seen")

    assert (kept, told(ada)) == ([("reply", root.id)], [])


def test_what_came_after_the_page_was_made_stays_unseen(as_, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    row = db.session.scalar(select(Notification))
    mention = say(harbour, bora, "@ada hello")

    as_(ada).post("/account/notices/seen", data={"up_to": row.id})

    assert told(ada) == [("mention", mention.id)]


def test_a_post_that_tells_nobody_has_as_many_statements_as_before(
    ada, bora, harbour, root, monkeypatch
):
    own_reply = {"to": root}
    counts = []
    others = [effect for effect in create.after_post if effect is not notify.notify_of_comment]
    for effects in (list(create.after_post), others):
        monkeypatch.setattr(create, "after_post", effects)
        with count_queries() as statements:
            say(harbour, ada, f"Root {len(counts)}")
            say(harbour, ada, f"Reply {len(counts)}", **own_reply)
        counts.append(len(statements))

    assert counts[0] == counts[1] > 0


def test_the_header_counts_without_a_statement(as_, ada, bora, harbour, root):
    say(harbour, bora, "Reply", to=root)
    client = as_(ada)
    client.get("/account/comments")

    with count_queries() as statements:
        page = client.get("/account/comments").text

    assert 'href="/account/notices">알림 <b>1</b></a>' in page
    assert [each for each in statements if "FROM notification" in each] == []


def test_kinds_fit_their_column():
    assert max(map(len, Kind)) <= Notification.__table__.c.kind.type.length
