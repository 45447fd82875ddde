"""A reader folds away what somebody writes. It is nobody's business but their own."""

import re

import pytest

from board.comments.readers.blocks import Block
from board.db import db
from conftest import count_queries, say


def folded(page):
    """The texts that are folded away on a page, in order."""
    folds = re.findall(r'<details class="muted">.*?</details>', page, re.S)
    return [text for fold in folds for text in re.findall(r"<p>([^<]*)</p></div>", fold)]


def muted_by(user):
    return list(db.session.scalars(Block.by(user)))


def mute(client, person):
    return client.post(f"/people/{person.id}/mute")


def test_what_a_muted_person_writes_is_folded_wherever_it_is_read(as_, ada, bora, mo, harbour):
    root = say(harbour, bora, "Loud words")
    say(harbour, mo, "Quiet words", to=root)
    say(harbour, bora, "Loud answer", to=root)
    client = as_(ada)

    assert mute(client, bora).location == "/account/muted?notice=muted"

    for path in (
        "/articles/harbour",
        "/articles/harbour?sort=liked",
        "/articles/harbour/comments",
        f"/comments/{root.id}",
    ):
        assert folded(client.get(path).text) == ["Loud words", "Loud answer"], path
    found = client.get("/articles/harbour/comments/search?q=words").text
    assert folded(found) == ["Loud words"]


def test_nobody_else_sees_any_of_it(as_, guest, ada, bora, mo, harbour):
    comment = say(harbour, bora, "Loud words")
    others = [guest, as_(bora), as_(mo)]

    def pages():
        paths = ("/articles/harbour", f"/comments/{comment.id}", "/account", "/account/comments")
        fresh_key = r'name="key"[^>]*value="[^"]*"'
        return [re.sub(fresh_key, "", each.get(path).text) for each in others for path in paths]

    before = pages()

    mute(as_(ada), bora)

    assert pages() == before


def test_who_mutes_nobody_here_gets_the_thread_of_all(as_, guest, ada, bora, mo, harbour):
    say(harbour, bora, "Loud words")
    client = as_(ada)
    mute(client, mo)

    def thread(page):
        return re.search(r'<ol class="comments".*</ol>', page.text, re.S)[0]

    assert thread(client.get("/articles/harbour")) == thread(guest.get("/articles/harbour"))


def test_unmuting_opens_everything_again(as_, ada, bora, harbour):
    say(harbour, bora, "Loud words")
    client = as_(ada)
    mute(client, bora)
    assert f'action="/people/{bora.id}/unmute"' in client.get("/account/muted").text

    for _ in range(2):
        answer = client.post(f"/people/{bora.id}/unmute")
        assert answer.location == "/account/muted?notice=unmuted"

    assert folded(client.get("/articles/harbour").text) == []
    assert muted_by(ada) == []


def test_muting_twice_is_muting_once(as_, ada, bora):
    client = as_(ada)

    answers = [mute(client, bora).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert [each.muted_id for each in muted_by(ada)] == [bora.id]


def test_the_list_has_the_latest_first(as_, ada, bora, mo, tess):
    client = as_(ada)
    for each in (bora, mo, tess):
        mute(client, each)

    page = client.get("/account/muted").text

    assert re.findall(r"<p><strong>(\w+)</strong></p>", page) == ["tess", "mo", "bora"]


def test_one_may_mute_staff_but_not_oneself_nor_nobody(as_, ada, mo):
    client = as_(ada)

    assert mute(client, mo).status_code == 303
    assert mute(client, ada).status_code == 403
    assert client.post("/people/999/mute").status_code == 404
    assert client.post("/people/999/unmute").status_code == 404
    assert [each.muted_id for each in muted_by(ada)] == [mo.id]


def test_the_list_has_an_end_and_says_so(as_, monkeypatch, ada, bora, mo, tess):
    monkeypatch.setattr(Block, "PEOPLE_MAX", 2)
    mute(as_(bora), mo)  # is on a list of their own
    client = as_(ada)
    for each in (bora, mo):
        mute(client, each)

    refused = mute(client, tess)
    again = mute(client, mo)

    assert (refused.status_code, again.status_code) == (422, 303)
    assert "최대 2명까지" in refused.text
    assert len(muted_by(ada)) == 2


def test_each_has_a_list_of_their_own(as_, ada, bora, mo, harbour):
    say(harbour, mo, "Words of mo")
    mute(as_(ada), mo)

    assert folded(as_(bora).get("/articles/harbour").text) == []
    assert muted_by(bora) == []


def test_a_comment_page_asks_and_leads_back_to_the_comment(as_, ada, bora, harbour):
    comment = say(harbour, bora, "Loud words")
    client = as_(ada)
    page = client.get(f"/comments/{comment.id}").text
    next = re.search(r'id="mute".*?name="next" value="([^"]+)"', page, re.S)[1]

    answer = client.post(f"/people/{bora.id}/mute", data={"next": next})

    assert answer.location == f"/comments/{comment.id}?notice=muted#comment-{comment.id}"
    after = client.get(answer.location).text
    assert 'id="mute"' not in after
    assert folded(after) == ["Loud words"]
    assert f'action="/people/{bora.id}/unmute"' in after


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil"])
def test_one_is_never_led_to_another_site(as_, ada, bora, elsewhere):
    answer = as_(ada).post(f"/people/{bora.id}/mute", data={"next": elsewhere})

    assert answer.location == "/"


def test_nobody_is_asked_to_mute_themselves_or_what_is_gone(as_, guest, ada, bora, harbour):
    own = say(harbour, ada, "Mine")
    gone = say(harbour, bora, "Gone soon")
    say(harbour, ada, "Stays", to=gone)
    as_(bora).post(f"/comments/{gone.id}/delete")
    client = as_(ada)

    for id in (own.id, gone.id):
        assert 'id="mute"' not in client.get(f"/comments/{id}").text
    assert 'id="mute"' not in guest.get(f"/comments/{own.id}").text


def test_a_tombstone_is_not_folded(as_, ada, bora, mo, harbour):
    comment = say(harbour, bora, "Rude words")
    client = as_(ada)
    mute(client, bora)
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    page = client.get("/articles/harbour").text

    assert "muted" not in page.split('id="comments"')[1].split("</ol>")[0]


def test_however_many_one_mutes_a_page_costs_one_query_more(as_, ada, bora, mo, harbour):
    client = as_(ada)
    costs = []
    for each in (bora, mo):
        say(harbour, each, f"Words of {each.name}")
        mute(client, each)
        with count_queries() as queries:
            client.get(f"/comments/{say(harbour, bora, each.name).id}")
        costs.append(len(queries))

    assert costs[0] == costs[1]
