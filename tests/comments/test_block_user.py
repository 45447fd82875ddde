"""A reader blocks a user: their comments are collapsed, for this reader only."""

import re

import pytest

from board.comments.viewer.blocks import Block
from board.db import db
from conftest import count_queries, say


def collapsed(page):
    """The texts of collapsed comments on a page, in order."""
    details = re.findall(r'<details class="muted">.*?</details>', page, re.S)
    return [text for each in details for text in re.findall(r"<p>([^<]*)</p></div>", each)]


def blocks_of(user):
    return list(db.session.scalars(Block.by(user)))


def block(client, user):
    return client.post(f"/people/{user.id}/mute")


def test_comments_of_a_blocked_user_are_collapsed_on_every_page(as_, ada, bora, mo, harbour):
    root = say(harbour, bora, "Loud words")
    say(harbour, mo, "Quiet words", to=root)
    say(harbour, bora, "Loud answer", to=root)
    client = as_(ada)

    assert block(client, bora).location == "/account/muted?notice=muted"

    for path in (
        "/articles/harbour",
        "/articles/harbour?sort=liked",
        "/articles/harbour/comments",
        f"/comments/{root.id}",
    ):
        assert collapsed(client.get(path).text) == ["Loud words", "Loud answer"], path
    results = client.get("/articles/harbour/comments/search?q=words").text
    assert collapsed(results) == ["Loud words"]


def test_nobody_else_sees_that_a_user_is_blocked(as_, guest, ada, bora, mo, harbour):
    comment = say(harbour, bora, "Loud words")
    others = [guest, as_(bora), as_(mo)]

    def pages():
        paths = ("/articles/harbour", f"/comments/{comment.id}", "/account", "/account/comments")
        fresh_key = r'name="key"[^>]*value="[^"]*"'
        return [re.sub(fresh_key, "", each.get(path).text) for each in others for path in paths]

    before = pages()

    block(as_(ada), bora)

    assert pages() == before


def test_a_reader_who_blocked_nobody_in_a_thread_gets_the_shared_html(
    as_, guest, ada, bora, mo, harbour
):
    say(harbour, bora, "Loud words")
    client = as_(ada)
    block(client, mo)

    def thread(page):
        return re.search(r'<ol class="comments".*</ol>', page.text, re.S)[0]

    assert thread(client.get("/articles/harbour")) == thread(guest.get("/articles/harbour"))


def test_unblocking_shows_the_comments_again(as_, ada, bora, harbour):
    say(harbour, bora, "Loud words")
    client = as_(ada)
    block(client, bora)
    assert f'action="/people/{bora.id}/unmute"' in client.get("/account/muted").text

    for _ in range(2):
        answer = client.post(f"/people/{bora.id}/unmute")
        assert answer.location == "/account/muted?notice=unmuted"

    assert collapsed(client.get("/articles/harbour").text) == []
    assert blocks_of(ada) == []


def test_blocking_twice_is_blocking_once(as_, ada, bora):
    client = as_(ada)

    answers = [block(client, bora).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert [each.muted_id for each in blocks_of(ada)] == [bora.id]


def test_the_list_has_the_latest_first(as_, ada, bora, mo, tess):
    client = as_(ada)
    for each in (bora, mo, tess):
        block(client, each)

    page = client.get("/account/muted").text

    assert re.findall(r"<p><strong[^>]*>(\w+)</strong></p>", page) == ["tess", "mo", "bora"]


def test_a_reader_can_block_staff_but_neither_themselves_nor_an_unknown_id(as_, ada, mo):
    client = as_(ada)

    assert block(client, mo).status_code == 303
    assert block(client, ada).status_code == 403
    assert client.post("/people/999/mute").status_code == 404
    assert client.post("/people/999/unmute").status_code == 404
    assert [each.muted_id for each in blocks_of(ada)] == [mo.id]


def test_a_full_list_refuses_another_user(as_, monkeypatch, ada, bora, mo, tess):
    monkeypatch.setattr(Block, "PEOPLE_MAX", 2)
    block(as_(bora), mo)  # on another list
    client = as_(ada)
    for each in (bora, mo):
        block(client, each)

    refused = block(client, tess)
    again = block(client, mo)

    assert (refused.status_code, again.status_code) == (422, 303)
    assert "최대 2명까지" in refused.text
    assert len(blocks_of(ada)) == 2


def test_each_has_a_list_of_their_own(as_, ada, bora, mo, harbour):
    say(harbour, mo, "Words of mo")
    block(as_(ada), mo)

    assert collapsed(as_(bora).get("/articles/harbour").text) == []
    assert blocks_of(bora) == []


def test_blocking_on_a_comment_page_leads_back_to_the_comment(as_, ada, bora, harbour):
    comment = say(harbour, bora, "Loud words")
    client = as_(ada)
    page = client.get(f"/comments/{comment.id}").text
    next = re.search(r'id="mute".*?name="next" value="([^"]+)"', page, re.S)[1]

    answer = client.post(f"/people/{bora.id}/mute", data={"next": next})

    assert answer.location == f"/comments/{comment.id}?notice=muted#comment-{comment.id}"
    after = client.get(answer.location).text
    assert 'id="mute"' not in after
    assert collapsed(after) == ["Loud words"]
    assert f'action="/people/{bora.id}/unmute"' in after


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil"])
def test_blocking_never_redirects_to_another_site(as_, ada, bora, elsewhere):
    answer = as_(ada).post(f"/people/{bora.id}/mute", data={"next": elsewhere})

    assert answer.location == "/"


def test_the_block_form_is_missing_on_own_and_deleted_comments_and_for_guests(
    as_, guest, ada, bora, harbour
):
    own = say(harbour, ada, "Mine")
    gone = say(harbour, bora, "Gone soon")
    say(harbour, ada, "Stays", to=gone)
    as_(bora).post(f"/comments/{gone.id}/delete")
    client = as_(ada)

    for id in (own.id, gone.id):
        assert 'id="mute"' not in client.get(f"/comments/{id}").text
    assert 'id="mute"' not in guest.get(f"/comments/{own.id}").text


def test_a_tombstone_is_not_collapsed(as_, ada, bora, mo, harbour):
    comment = say(harbour, bora, "Rude words")
    client = as_(ada)
    block(client, bora)
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    page = client.get("/articles/harbour").text

    assert "muted" not in page.split('id="comments"')[1].split("</ol>")[0]


def test_blocking_more_users_costs_a_page_no_more_queries(as_, ada, bora, mo, harbour):
    client = as_(ada)
    costs = []
    for each in (bora, mo):
        say(harbour, each, f"Words of {each.name}")
        block(client, each)
        with count_queries() as queries:
            client.get(f"/comments/{say(harbour, bora, each.name).id}")
        costs.append(len(queries))

    assert costs[0] == costs[1]
