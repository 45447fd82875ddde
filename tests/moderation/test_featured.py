"""An editor features comments (편집국 추천): three at most, on top of the thread for everyone."""

import re
import threading

import pytest
from sqlalchemy import select

from accounts.test_labels import badges
from board.articles.models import Article
from board.comments.body import Body
from board.db import db, hash_chain, writing
from board.moderation.rulings import decisions, featured
from board.moderation.rulings.models import Ruling, is_decided
from board.moderation.rulings.undo import take_back
from conftest import count_queries, keep, person, said, say, without_notice
from support.consistency import drift


def on_top(page):
    """Texts of the featured comments of a page, in their order."""
    block = re.search(r'<section class="featured".*?</section>', page, re.S)
    return re.findall(r'<div class="text"[^>]*><p>(.*?)</p>', block[0]) if block else []


def feature(client, *comments):
    return [client.post(f"/comments/{each.id}/feature").status_code for each in comments]


def verdicts():
    return list(db.session.scalars(select(Ruling.verdict).order_by(Ruling.id)))


@pytest.fixture
def wise(harbour, bora):
    return say(harbour, bora, "Wise words")


def test_an_editor_features_a_comment_and_everyone_reads_it_on_top(as_, guest, ada, tess, wise):
    for number in range(25):
        say(wise.article, ada, f"Comment {number}")

    response = as_(tess).post(f"/comments/{wise.id}/feature")

    assert without_notice(response) == f"/comments/{wise.id}#comment-{wise.id}"
    assert said(response) == "bora 님의 댓글을 댓글창 맨 위 편집국 추천에 올렸습니다."
    for sort in ("latest", "oldest", "liked", "replied"):
        for page in ("", "/comments"):
            shown = guest.get(f"/articles/harbour{page}?sort={sort}").text
            assert on_top(shown) == ["Wise words"], (sort, page)
            assert shown.index('class="featured"') < shown.index('<ol class="comments"')


def test_it_is_marked_where_it_stands_and_not_on_the_next_page(guest, ada, tess, wise):
    for number in range(25):
        say(wise.article, ada, f"Comment {number}")
    with writing():
        featured.feature(wise, by=tess)
    first = guest.get("/articles/harbour").text

    more = guest.get(re.search(r'data-more="[^"]+" href="([^"]+)"', first)[1]).text

    assert (badges(first), on_top(more), badges(more)) == ([], [], ["편집국 추천"])
    assert badges(guest.get(f"/comments/{wise.id}").text) == ["편집국 추천"]
    assert first.count(f'id="comment-{wise.id}"') == 0  # no id twice on any page


def test_the_last_one_featured_comes_first(as_, guest, ada, tess, harbour):
    one, two, three = (say(harbour, ada, text) for text in ("One", "Two", "Three"))

    feature(as_(tess), two, one, three)

    page = guest.get("/articles/harbour").text
    assert on_top(page) == ["Three", "One", "Two"]
    ids = re.findall(r' id="(comment-\d+)"', page)
    assert len(ids) == len(set(ids)) == 3


def test_a_fourth_is_refused_until_one_is_taken_away(as_, guest, ada, tess, harbour):
    comments = [say(harbour, ada, f"Comment {number}") for number in range(4)]
    client = as_(tess)
    assert feature(client, *comments) == [303, 303, 303, 409]

    refused = client.post(f"/comments/{comments[3].id}/feature")

    assert "이 기사에는 편집국 추천이 이미 3개 있습니다. 먼저 하나를 내려 주세요." in refused.text
    assert on_top(guest.get("/articles/harbour").text) == ["Comment 2", "Comment 1", "Comment 0"]
    response = client.post(f"/comments/{comments[1].id}/unfeature")
    assert said(response) == "ada 님의 댓글을 편집국 추천에서 내렸습니다."
    assert feature(client, comments[3]) == [303]
    assert on_top(guest.get("/articles/harbour").text) == ["Comment 3", "Comment 2", "Comment 0"]


def test_three_are_of_one_article(as_, ada, tess, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    here = [say(harbour, ada, f"Here {number}") for number in range(3)]
    there = say(other, ada, "There")

    assert feature(as_(tess), *here, there) == [303] * 4
    assert (harbour.featured_count, other.featured_count) == (3, 1)


def test_a_reply_can_be_featured(as_, guest, ada, tess, wise):
    reply = say(wise.article, ada, "A reply", to=wise)

    feature(as_(tess), reply)

    page = guest.get("/articles/harbour").text
    assert (on_top(page), badges(page)) == (["A reply"], ["편집국 추천"])


def test_featuring_twice_and_taking_away_twice_changes_nothing_more(as_, tess, harbour, wise):
    client = as_(tess)
    assert feature(client, wise, wise) == [303, 303]
    at = wise.featured_at

    for _ in range(2):
        assert client.post(f"/comments/{wise.id}/unfeature").status_code == 303

    assert verdicts() == ["feature", "unfeature"]
    assert (at is None, wise.featured_at, harbour.featured_count) == (False, None, 0)


def test_only_editors_feature(as_, guest, ada, bora, mo, harbour, wise):
    for verb in ("feature", "unfeature"):
        statuses = [
            client.post(f"/comments/{wise.id}/{verb}").status_code
            for client in (guest, as_(ada), as_(bora), as_(mo))
        ]
        assert statuses == [401, 403, 403, 403]
    assert (wise.featured_at, harbour.featured_count, verdicts()) == (None, 0, [])


def test_editors_are_offered_it_and_others_are_not(as_, ada, mo, tess, wise):
    page = f"/comments/{wise.id}"
    for reader in (ada, mo):
        assert "feature" not in as_(reader).get(page).text.replace("featured", "")
        assert "feature-form" not in as_(reader).get("/articles/harbour").text
    client = as_(tess)
    assert f'action="/comments/{wise.id}/feature"' in client.get(page).text
    assert f'action="/comments/{wise.id}/unfeature"' not in client.get(page).text

    feature(client, wise)

    assert f'action="/comments/{wise.id}/feature"' not in client.get(page).text
    assert f'action="/comments/{wise.id}/unfeature"' in client.get(page).text


# ---- what can no longer be read ----


def hide(comment, by):
    return decisions.hide(comment, by=by, reason="abuse")


FATES = {
    "hidden": hide,
    "held": lambda comment, by: comment._set_held(reason="thread"),
    "deleted": lambda comment, by: comment.delete(),
    "edited": lambda comment, by: comment.edit(Body.from_text("Other words")),
}


@pytest.mark.parametrize("fate", FATES)
def test_it_leaves_at_once(guest, mo, tess, harbour, wise, fate):
    with writing():
        featured.feature(wise, by=tess)
    for path in ("/articles/harbour", "/api/v1/articles/harbour/comments"):
        assert "Wise words" in guest.get(path).text

    with writing():
        FATES[fate](wise, mo)

    page = guest.get("/articles/harbour").text
    assert (on_top(page), harbour.featured_count, badges(page)) == ([], 0, [])
    assert "featured" not in guest.get("/api/v1/articles/harbour/comments").json
    assert drift() == []


def test_a_restored_comment_is_not_featured_again(guest, mo, tess, harbour, wise):
    with writing():
        featured.feature(wise, by=tess)
        hide(wise, mo)
    with writing():
        decisions.restore(wise, by=mo, reason="review")

    assert on_top(guest.get("/articles/harbour").text) == []
    assert (wise.is_visible, wise.featured_at, harbour.featured_count) == (True, None, 0)


def test_an_undone_decision_leaves_it_as_it_was(guest, ada, mo, tess, harbour, wise):
    newer = say(harbour, ada, "Newer")
    with writing():
        featured.feature(wise, by=tess)
        featured.feature(newer, by=tess)
    before = wise.featured_at
    with writing():
        ruling = hide(wise, mo)
    assert on_top(guest.get("/articles/harbour").text) == ["Newer"]

    with writing():
        take_back(ruling, by=mo)

    assert on_top(guest.get("/articles/harbour").text) == ["Newer", "Wise words"]
    assert (wise.featured_at, harbour.featured_count) == (before, 2)


def test_an_undone_decision_never_makes_a_fourth(ada, mo, tess, harbour, wise):
    others = [say(harbour, ada, f"Comment {number}") for number in range(3)]
    with writing():
        featured.feature(wise, by=tess)
        ruling = hide(wise, mo)
        for each in others:
            featured.feature(each, by=tess)

    with writing():
        take_back(ruling, by=mo)

    assert (wise.is_visible, wise.featured_at, harbour.featured_count) == (True, None, 3)
    assert drift() == []


def test_what_readers_cannot_see_is_not_featured_and_names_nobody(as_, bora, mo, tess, wise):
    client = as_(tess)
    with writing():
        hide(wise, mo)

    for verb in ("feature", "unfeature"):
        response = client.post(f"/comments/{wise.id}/{verb}")
        assert response.status_code == 409
        assert "bora" not in response.text and "Wise words" not in response.text
    assert verdicts() == ["hide"]


# ---- two at once, the log, the cost ----


def test_two_editors_at_once_never_make_four(app, as_, ada, tess, harbour):
    ids = [say(harbour, ada, f"Comment {number}").id for number in range(6)]
    editors = [as_(tess), as_(person("eda", can_edit=True))]
    gate, statuses = threading.Barrier(2), []

    def press(client, ids):
        with app.app_context():
            gate.wait(30)
            for id in ids:
                statuses.append(client.post(f"/comments/{id}/feature").status_code)

    threads = [
        threading.Thread(target=press, args=(client, ids[number::2]))
        for number, client in enumerate(editors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(statuses) == [303] * 3 + [409] * 3
    assert (harbour.featured_count, verdicts(), drift()) == (3, ["feature"] * 3, [])


def test_each_act_is_one_entry_in_the_log_which_stays_whole(as_, tess, mo, wise):
    client = as_(tess)
    feature(client, wise)
    client.post(f"/comments/{wise.id}/unfeature")

    rulings = list(db.session.scalars(select(Ruling).order_by(Ruling.id)))
    assert [(r.verdict, r.moderator_id, r.comment_id, r.about_id) for r in rulings] == [
        ("feature", tess.id, wise.id, wise.author_id),
        ("unfeature", tess.id, wise.id, wise.author_id),
    ]
    assert hash_chain.find_tampered(rulings) is None
    log = as_(mo).get("/desk/rulings").text
    assert log.index("편집국 추천 해제") < log.rindex("편집국 추천</span>")


def test_it_is_no_decision_about_the_comment(as_, ada, bora, mo, tess, harbour, wise):
    """Moderators see no decision they did not make, the author is not notified of a decision, and
    a deleted article does not keep the comment for it."""
    with writing():
        kept = decisions.keep(wise, by=mo)
        featured.feature(wise, by=tess)

    assert decisions.latest_ruling_ids([wise]) == {wise.id: kept.id}
    assert db.session.scalar(decisions.latest_ruling(wise)) is kept
    assert list(db.session.scalars(select(type(wise).id).where(is_decided()))) == []
    page = as_(bora).get("/account/notices").text
    assert (page.count("편집국이 회원님의 댓글을 뽑았습니다"), page.count('<li id="notice-')) == (
        1,
        1,
    )


def test_other_slices_are_told(monkeypatch, tess, wise):
    told = []
    monkeypatch.setattr(featured, "on_featured", [told.append])
    with writing():
        featured.feature(wise, by=tess)
        featured.feature(wise, by=tess)
        featured.unfeature(wise, by=tess)

    assert told == [wise]


@pytest.mark.parametrize("page", ["/articles/harbour", "/api/v1/articles/harbour/comments"])
@pytest.mark.parametrize("reader", ["guest", "member"])
def test_a_thread_costs_one_statement_more_with_featured_comments_and_none_without(
    app, as_, ada, tess, wise, page, reader
):
    browser = as_(ada) if reader == "member" else app.test_client()

    def statements():
        with count_queries() as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    statements()  # compiles templates
    with writing():
        wise.add_reactions(likes=1, dislikes=0)  # renews the thread
    before = statements()
    with writing():
        featured.feature(wise, by=tess)
    assert statements() == before + 1
    with writing():
        featured.unfeature(wise, by=tess)
    assert statements() == before


def test_who_blocked_or_reported_it_does_not_see_it_on_top(as_, guest, ada, bora, tess, wise):
    with writing():
        featured.feature(wise, by=tess)
    client = as_(ada)
    assert on_top(client.get("/articles/harbour").text) == ["Wise words"]

    client.post(f"/people/{bora.id}/mute")
    assert on_top(client.get("/articles/harbour").text) == []
    client.post(f"/people/{bora.id}/unmute")
    client.post(f"/comments/{wise.id}/report", data={"reason": "spam"})

    assert on_top(client.get("/articles/harbour").text) == []
    assert on_top(guest.get("/articles/harbour").text) == ["Wise words"]


# ---- programs ----


def test_json_has_them_first_and_marks_them(guest, ada, tess, harbour, wise):
    plain = say(harbour, ada, "Plain")
    with writing():
        featured.feature(wise, by=tess)

    payload = guest.get("/api/v1/articles/harbour/comments").json

    assert [(each["id"], each["featured"]) for each in payload["featured"]] == [(wise.id, True)]
    assert [(each["id"], each.get("featured")) for each in payload["comments"]] == [
        (wise.id if each == "wise" else plain.id, True if each == "wise" else None)
        for each in ("plain", "wise")
    ]
    page = guest.get(f"/api/v1/articles/harbour/comments?before={plain.id}").json
    assert "featured" not in page


def test_the_feed_of_a_thread_keeps_a_featured_comment_however_old(guest, ada, tess, harbour, wise):
    with writing():
        featured.feature(wise, by=tess)
    for number in range(55):
        say(harbour, ada, f"Comment {number}")

    feed = guest.get("/articles/harbour/feed.atom").text

    assert feed.count("<entry>") == 51
    (last,) = re.findall(r"<entry>.*?</entry>", feed, re.S)[-1:]
    assert '<category term="featured" label="편집국 추천"/>' in last
    assert feed.count('term="featured"') == 1


def test_programs_see_badges(guest, ada, harbour):
    with writing():
        ada.set_label("newsroom")
    say(harbour, ada, "Ahoy")

    (comment,) = guest.get("/api/v1/articles/harbour/comments").json["comments"]

    assert comment["author"] == {"id": ada.id, "name": "ada", "badges": ["newsroom"]}
    for feed in ("/feed.atom", "/articles/harbour/feed.atom"):
        assert '<category term="badge-newsroom" label="편집국"/>' in guest.get(feed).text
