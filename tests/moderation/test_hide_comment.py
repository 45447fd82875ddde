"""A moderator hides a comment with a reason, and may restore it."""

import re

import pytest
from sqlalchemy import select

from board.comments.moderation_reasons import all_reasons
from board.db import db
from board.moderation.rulings.models import Ruling
from conftest import more_link, say


@pytest.fixture
def rude(harbour, bora):
    return say(harbour, bora, "Rude words")


def rulings():
    return db.session.scalars(select(Ruling).order_by(Ruling.id)).all()


def test_a_moderator_hides_a_comment_and_readers_see_why(as_, guest, mo, harbour, rude):
    response = as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "privacy"})

    assert response.status_code == 303
    page = guest.get("/articles/harbour").text
    assert "Rude words" not in page
    assert "bora" not in page
    assert "댓글 운영원칙에 따라 숨긴 댓글입니다." in page
    assert "개인정보 노출" in page
    assert harbour.comment_count == 0


def test_a_moderator_may_write_the_reason(as_, guest, mo, rude):
    as_(mo).post(f"/comments/{rude.id}/hide", data={"note": "A phone number in the third line"})

    assert "A phone number in the third line" in guest.get("/articles/harbour").text
    assert [(r.reason, r.note) for r in rulings()] == [
        ("other", "A phone number in the third line")
    ]


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "other"}, {"note": "x" * 201}])
def test_hiding_needs_a_reason(as_, mo, rude, reason):
    response = as_(mo).post(f"/comments/{rude.id}/hide", data=reason)

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert not rude.hidden_for
    assert rulings() == []


def test_restoring_shows_the_comment_and_its_counts_again(as_, guest, mo, harbour, rude):
    client = as_(mo)
    client.post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})

    response = client.post(f"/comments/{rude.id}/restore")

    assert response.status_code == 303
    assert "Rude words" in guest.get("/articles/harbour").text
    assert harbour.comment_count == 1
    assert [(r.verdict, r.reason) for r in rulings()] == [("hide", "abuse"), ("restore", "review")]


def test_hiding_twice_makes_one_ruling(as_, mo, harbour, rude):
    for reason in ("abuse", "spam"):
        as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": reason})

    assert [r.reason for r in rulings()] == ["abuse"]
    assert (rude.hidden_for, harbour.comment_count) == ("abuse", 0)


def test_only_moderators_hide_and_restore(as_, guest, ada, bora, tess, rude):
    for verb in ("hide", "restore"):
        statuses = [
            client.post(f"/comments/{rude.id}/{verb}", data={"reason": "abuse"}).status_code
            for client in (guest, as_(ada), as_(bora), as_(tess))
        ]
        assert statuses == [401, 403, 403, 403]
    assert not rude.hidden_for


@pytest.mark.slow
def test_no_reader_can_reach_the_hidden_text(app, as_, guest, ada, mo, tess, harbour, rude):
    say(harbour, ada, "What did he say?", to=rude)
    for client in (guest, as_(ada)):
        client.get("/articles/harbour")  # fill the caches
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})

    pages = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    for client in (guest, as_(ada), as_(tess)):
        for page in pages:
            url = page.replace("<slug>", "harbour").replace("<id:id>", str(rude.id))
            url += "?q=Rude" if page.endswith(("/search", "/account/comments")) else ""
            if "<" in url:
                continue
            text = client.get(url).data.decode("utf-8", "replace")
            assert "Rude words" not in text, url
            assert "bora" not in text, url


def test_a_moderator_can_still_read_a_hidden_comment(as_, mo, rude):
    client = as_(mo)
    client.post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})

    page = client.get(f"/comments/{rude.id}")

    assert "Rude words" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_author_reads_it_among_their_own_comments(as_, bora, mo, rude):
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "hate"})

    page = as_(bora).get("/account/comments").text

    assert "혐오" in page


def test_the_public_log_gives_verdict_and_reason_but_no_author(as_, guest, mo, rude):
    client = as_(mo)
    client.post(f"/comments/{rude.id}/hide", data={"reason": "privacy"})
    client.post(f"/comments/{rude.id}/restore", data={"note": "It was a public number"})

    page = guest.get("/rulings").text

    assert page.index("It was a public number") < page.index("개인정보 노출")
    assert "The harbour reopens" in page
    assert "bora" not in page
    assert "Rude words" not in page


@pytest.mark.slow
def test_the_public_log_is_paged(as_, guest, ada, mo, harbour):
    for number in range(35):
        comment = say(harbour, ada, f"Comment {number}")
        as_(mo).post(f"/comments/{comment.id}/hide", data={"note": f"Reason {number:02}."})

    first = guest.get("/rulings").text
    more = more_link(first)
    seen = re.findall(r"Reason \d\d\.", first) + re.findall(r"Reason \d\d\.", guest.get(more).text)

    assert seen == [f"Reason {number:02}." for number in range(34, -1, -1)]


def test_a_deleted_comment_is_neither_hidden_nor_restored(as_, ada, bora, mo, harbour):
    root = say(harbour, ada, "Root")
    say(harbour, bora, "Reply", to=root)
    as_(ada).post(f"/comments/{root.id}/delete")

    for verb in ("hide", "restore"):
        as_(mo).post(f"/comments/{root.id}/{verb}", data={"reason": "abuse"})

    assert rulings() == []
    assert harbour.comment_count == 1


def test_an_author_may_delete_a_hidden_comment_for_good(as_, ada, bora, mo, harbour, rude):
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})
    as_(bora).post(f"/comments/{rude.id}/delete")

    as_(mo).post(f"/comments/{rude.id}/restore")

    assert (harbour.comment_count, rude.body, rude.is_visible) == (0, "", False)


@pytest.mark.slow
def test_every_reason_has_a_text_in_both_languages(app, as_, guest, ada, mo, harbour):
    hiding = [reason for reason in all_reasons().values() if reason.hides]
    for reason in hiding:
        comment = say(harbour, ada, f"About {reason.code}")
        as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": reason.code})

    korean, english = guest.get("/rulings").text, guest.get("/rulings?lang=en").text

    assert [r.code for r in hiding if f">{r.code}<" in korean + english] == []
    assert [r.code for r in hiding if r.label["en"] in korean] == []
    assert [r.code for r in hiding if r.label["en"] not in english] == []


def test_replies_to_a_hidden_comment_no_longer_name_its_author(as_, guest, ada, mo, harbour, rude):
    say(harbour, ada, "Well, well", to=rude)
    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})

    page = guest.get("/articles/harbour").text

    assert "Well, well" in page
    assert 'class="reply-target"' not in page


def test_the_reason_of_a_hidden_comment_leads_to_the_decisions_on_it(guest, as_, ada, mo, harbour):
    comment, other = say(harbour, ada, "Remark"), say(harbour, ada, "Another")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    as_(mo).post(f"/comments/{other.id}/hide", data={"reason": "spam"})
    path = f"/rulings?comment={comment.id}"

    thread = guest.get(f"/articles/{harbour.slug}").text
    page = guest.get(path).text

    assert f'href="{path}"' in thread
    assert f'href="/comments/{comment.id}"' in page
    assert f"/comments/{other.id}" not in page


def test_decisions_on_a_comment_outside_its_thread_are_not_found(guest, as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    as_(ada).post(f"/comments/{comment.id}/delete")

    assert guest.get(f"/rulings?comment={comment.id}").status_code == 404
    assert guest.get("/rulings?comment=999").status_code == 404


def test_an_author_appeals_from_the_comment_and_from_the_list_of_their_comments(
    as_, ada, mo, harbour
):
    comment, shown = say(harbour, ada, "Remark"), say(harbour, ada, "Another")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    link = re.compile('href="(/rulings/[0-9]+/appeal)"')
    author = as_(ada)

    page = author.get(f"/comments/{comment.id}").text
    listed = author.get("/account/comments").text

    assert ">내 댓글</h2>" in page
    assert len(link.findall(listed)) == 1
    assert link.findall(page) == link.findall(listed)
    assert author.get(link.findall(page)[0]).status_code == 200
    assert link.findall(author.get(f"/comments/{shown.id}").text) == []
