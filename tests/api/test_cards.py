"""A page of another site shows one comment as a card, which oEmbed describes."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree, html

from board.accounts.models import User
from board.articles.models import Article
from board.articles.publication import State
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.models import Comment
from board.db import now, writing
from board.moderation.rulings.decisions import hide
from board.moderation.threads.restrictions import restrict
from conftest import say

HOST = "http://localhost"


@pytest.fixture
def comment(ada: User, harbour: Article) -> Comment:
    return say(harbour, ada, "Ships & <boats>")


def ask(guest: FlaskClient, url: str, **more: str):
    return guest.get("/oembed", query_string={"url": url, **more})


def test_a_comment_is_told_of_in_json(guest: FlaskClient, comment: Comment) -> None:
    answer = ask(guest, f"{HOST}/comments/{comment.id}")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    fields = answer.json
    code = fields.pop("html")
    assert fields == {
        "version": "1.0", "type": "rich", "provider_name": "전체댓글",
        "provider_url": f"{HOST}/", "title": "ada 님의 댓글 – The harbour reopens",
        "author_name": "ada", "cache_age": 300, "width": 550, "height": 220,
    }  # fmt: skip
    (link,) = html.fromstring(code).xpath("//blockquote/a/@href")
    ((frame,),) = [html.fromstring(code).xpath("//iframe")]
    assert link == f"{HOST}/comments/{comment.id}"
    assert dict(frame.attrib) == {
        "src": f"{HOST}/comments/{comment.id}/card", "width": "550", "height": "220",
        "title": "ada 님의 댓글 – The harbour reopens",
    }  # fmt: skip
    assert "Ships" not in code


def test_xml_has_the_same_fields(guest: FlaskClient, comment: Comment) -> None:
    as_json = ask(guest, f"{HOST}/comments/{comment.id}").json
    answer = ask(guest, f"{HOST}/comments/{comment.id}", format="xml")

    assert answer.mimetype == "text/xml"
    fields = {each.tag: each.text for each in etree.fromstring(answer.data)}
    assert fields == {name: str(value) for name, value in as_json.items()}


def test_a_size_is_never_larger_than_asked_for(guest: FlaskClient, comment: Comment) -> None:
    url = f"{HOST}/comments/{comment.id}"
    fields = ask(guest, url, maxwidth="320", maxheight="9000").json

    assert (fields["width"], fields["height"]) == (320, 220)
    assert 'width="320" height="220"' in fields["html"]
    refused = [ask(guest, url, maxwidth=size).status_code for size in ("0", "-1", "wide", "")]
    assert refused == [400] * 4


def test_addresses_of_comments_are_known_and_others_are_not(
    guest: FlaskClient, comment: Comment, harbour: Article
) -> None:
    with writing():
        harbour.canonical_url = "https://news.example/a?id=7"
    n = comment.id
    known = [
        f"{HOST}/comments/{n}",
        f"{HOST}/comments/{n}?after=3#reply",
        f"{HOST}/articles/harbour#comment-{n}",
        f"https://news.example/a?id=7#comment-{n}",
    ]
    unknown = [
        "", "nonsense", "http://[", f"https://other.example/comments/{n}",
        f"{HOST}/comments/{n + 1}", f"{HOST}/articles/other#comment-{n}",
        f"{HOST}/articles/harbour", f"https://news.example/a?id=8#comment-{n}", "javascript:0",
    ]  # fmt: skip

    assert [ask(guest, url).status_code for url in known] == [200] * len(known)
    assert [ask(guest, url).status_code for url in unknown] == [404] * len(unknown)


def test_another_format_is_not_implemented(guest: FlaskClient, comment: Comment) -> None:
    assert ask(guest, f"{HOST}/comments/{comment.id}", format="yaml").status_code == 501


def test_what_readers_may_not_see_is_not_told_of(
    guest: FlaskClient, comment: Comment, harbour: Article, mo: User
) -> None:
    url, card = f"{HOST}/comments/{comment.id}", f"/comments/{comment.id}/card"
    assert "Ships" in guest.get(card).text

    with writing():
        harbour.state, harbour.revision = State.WITHDRAWN.value, 101
    assert (ask(guest, url).status_code, guest.get(card).status_code) == (401, 410)
    with writing():
        harbour.state, harbour.revision = State.DRAFT.value, 102
    assert (ask(guest, url).status_code, guest.get(card).status_code) == (404, 404)
    with writing():
        harbour.state, harbour.revision = State.PUBLISHED.value, 103
    stop = RestrictionSpec(
        article=harbour, measures=[RestrictionKind.STOP], seconds=0, reason="Storm",
        ends_at=now() + timedelta(days=1),
    )  # fmt: skip
    with writing():
        restrict(stop, by=mo)
    assert (ask(guest, url).status_code, "Ships" in guest.get(card).text) == (401, False)


def test_a_hidden_comment_is_gone_from_the_card_at_once(
    guest: FlaskClient, comment: Comment, mo: User
) -> None:
    url, card = f"{HOST}/comments/{comment.id}", f"/comments/{comment.id}/card"
    assert "Ships" in guest.get(card).text

    with writing():
        hide(comment, by=mo, reason="hate", note="")
    assert ask(guest, url).status_code == 401
    page = guest.get(card)
    assert "Ships" not in page.text and "ada" not in page.text
    assert "지금은 이 댓글을 볼 수 없습니다." in page.text


def test_a_deleted_comment_is_gone_from_the_card(guest: FlaskClient, comment: Comment, ada: User,
                                                 harbour: Article) -> None:  # fmt: skip
    say(harbour, ada, "Reply", to=comment)
    with writing():
        comment.delete()

    assert ask(guest, f"{HOST}/comments/{comment.id}").status_code == 404
    card = guest.get(f"/comments/{comment.id}/card").text
    assert "Ships" not in card
    assert "작성자가 삭제한 댓글입니다." in card


def test_any_site_may_frame_the_card_and_no_other_page(
    guest: FlaskClient, comment: Comment, app: Flask
) -> None:
    card = guest.get(f"/comments/{comment.id}/card")
    page = guest.get(f"/comments/{comment.id}")
    lost = guest.get("/comments/999/card")

    ancestors = re.compile(r"frame-ancestors ([^;]+);")
    policies = [each.headers["Content-Security-Policy"] for each in (card, page, lost)]
    assert [ancestors.findall(policy) for policy in policies] == [["*"], ["'none'"], ["'none'"]]
    assert ["X-Frame-Options" in each.headers for each in (card, page, lost)] == [
        False, True, True,
    ]  # fmt: skip
    assert "<form" not in card.text


def test_the_card_is_the_same_for_everybody(guest, as_, ada: User, mo: User, comment: Comment):
    path = f"/comments/{comment.id}/card"

    assert as_(ada).get(path).data == as_(mo).get(path).data == guest.get(path).data


def test_the_page_of_a_comment_links_to_both_formats(guest: FlaskClient, comment: Comment) -> None:
    page = html.fromstring(guest.get(f"/comments/{comment.id}").text)
    links = page.xpath("//link[contains(@type, 'oembed')]")

    assert [link.get("type") for link in links] == [
        "application/json+oembed", "text/xml+oembed",
    ]  # fmt: skip
    assert [guest.get(link.get("href")).status_code for link in links] == [200, 200]
