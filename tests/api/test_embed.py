"""A newsroom’s own page shows a thread: fragments for scripts, the same for everybody."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, request
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from api.conftest import ARTICLE
from board.accounts.models import User
from board.accounts.sites.models import Site
from board.articles.models import Article
from board.articles.site_articles import identify
from board.articles.thread_controls.models import RestrictionKind, RestrictionSpec
from board.comments.models import Comment
from board.db import db, now, writing
from board.moderation.rulings import decisions
from board.moderation.threads.restrictions import restrict
from board.web.access import everyone, everyone_as_guest
from board.web.request.embed_mount import EMBEDDABLE, PREFIX
from conftest import keep, say

THREAD = f"{PREFIX}/thread?site=press&id=7"
FROM_THE_SITE = {
    "Origin": "https://news.example",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "cors",
}
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"

pytestmark = pytest.mark.usefixtures("press")


def root(response: TestResponse) -> Any:
    (element,) = html.fragments_fromstring(response.text)
    return element


def texts(response: TestResponse) -> list[str]:
    return [each.text_content() for each in all_of(response, "div", "text")]


def all_of(response: TestResponse, tag: str, name: str) -> list[Any]:
    """Elements with this class."""
    return list(root(response).xpath(f".//{tag}[contains(concat(' ', @class, ' '), ' {name} ')]"))


@pytest.fixture
def rendered(app: Flask) -> list[str]:
    """The addresses that Flask rendered, in order."""
    paths: list[str] = []
    app.before_request_funcs[None].insert(0, lambda: paths.append(request.full_path.rstrip("?")))
    return paths


def test_the_thread_is_a_fragment_without_a_frame(
    guest: FlaskClient, ada: User, harbour: Article
) -> None:
    say(harbour, ada, "부두가 다시 열렸다")

    answer = guest.get(THREAD, headers=FROM_THE_SITE)
    fragment = root(answer)

    assert texts(answer) == ["부두가 다시 열렸다"]
    assert [
        each.tag
        for each in fragment.iter("html", "head", "body", "script", "style", "link", "meta")
    ] == []
    assert {name: value for name, value in fragment.items() if name != "class"} == {
        "lang": "ko",
        "data-site": "press",
        "data-article": "harbour",
        "data-revision": str(harbour.revision),
        "data-address": ARTICLE,
        "data-page-url": "http://localhost/articles/harbour",
        "data-newest-url": "http://localhost/api/v1/articles/harbour/comments/newest",
    }


def test_any_site_may_read_it_and_nobody_can_frame_it(guest: FlaskClient) -> None:
    headers = guest.get(THREAD, headers=FROM_THE_SITE).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Content-Security-Policy"] == SANDBOX
    assert {"ETag", "Retry-After", "Location"} <= {
        *headers["Access-Control-Expose-Headers"].split(", ")
    }
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["Vary"] == "Accept-Encoding"


def addresses(fragment: Any) -> Iterator[tuple[str, str]]:
    for element in fragment.iter():
        for name, value in element.items():
            if name in ("href", "action", "src") or name.endswith("url"):
                yield name, value


PAGES = [
    THREAD,
    f"{PREFIX}/articles/harbour/comments",
    f"{PREFIX}/articles/harbour/comments?sort=oldest",
    f"{PREFIX}/articles/harbour/comments/search?q=harbour",
    f"{PREFIX}/comments/1",
]


@pytest.mark.parametrize("url", PAGES)
def test_every_address_in_a_fragment_is_that_of_the_board(
    guest: FlaskClient, ada: User, harbour: Article, url: str
) -> None:
    say(harbour, ada, "The harbour, see https://harbour.example/x")

    answer = guest.get(url, headers=FROM_THE_SITE)
    found = [*addresses(root(answer))]

    assert answer.status_code == 200 and len(found) > 3
    assert {value for _, value in found if not value.startswith("http://localhost/")} <= {
        "https://harbour.example/x",
        "#thread",
    }


def test_text_that_looks_like_an_address_stays_as_it_was_written(
    guest: FlaskClient, ada: User, harbour: Article
) -> None:
    text = """<a href="/x"> href="/y" action="/z" <form method="post" """
    say(harbour, ada, text)

    assert texts(guest.get(THREAD)) == [text.strip()]


@pytest.mark.parametrize("url", PAGES)
def test_without_a_script_each_form_leads_to_a_page_of_the_board(
    guest: FlaskClient, ada: User, harbour: Article, url: str
) -> None:
    say(harbour, ada, "The harbour")
    forms = root(guest.get(url)).xpath(".//form")

    assert {form.get("method") for form in forms} == {None}
    assert {guest.get(form.get("action")).status_code for form in forms} == {200}


def test_who_cannot_sign_in_there_finds_the_way_to_write(guest: FlaskClient) -> None:
    ((link,),) = all_of(guest.get(THREAD), "p", "callout")

    assert (link.text, link.get("href")) == (
        "댓글 쓰기",
        "http://localhost/articles/harbour#thread",
    )


ODD_HEADERS = [
    {"Cookie": f"{name}={value}"}
    for name in ("board_session", "__Host-board_session", "board_device", "lang", "sort", "_ga")
    for value in ("en", "oldest", "liked", "' OR 1=1", "a" * 200, "")
] + [
    {"Accept-Language": "en"}, {"Accept": "application/json"}, {"Range": "bytes=0-9"},
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Referer": "https://evil.example/"},
    {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Proto": "https"}, {"DNT": "1"},
    {"Forwarded": "host=evil.example"}, {"X-Original-URL": "/desk"}, {"User-Agent": "curl"},
    {"X-HTTP-Method-Override": "POST"}, {"Sec-Fetch-Dest": "iframe"}, {"If-Match": "x"},
    {"Cache-Control": "no-cache"}, {"X-Requested-With": "XMLHttpRequest"}, {"TE": "trailers"},
]  # fmt: skip


@pytest.mark.parametrize("url", [*PAGES, f"{PREFIX}/include?site=press&id=7"])
def test_everybody_gets_the_same_bytes(
    app: Flask,
    as_: Callable[[User], FlaskClient],
    guest: FlaskClient,
    ada: User,
    mo: User,
    tess: User,
    harbour: Article,
    rendered: list[str],
    url: str,
) -> None:
    say(harbour, ada, "The harbour")
    first = guest.get(url)
    answers = [as_(user).get(url) for user in (ada, mo, tess)]
    for headers in ODD_HEADERS:
        answers.append(app.test_client(use_cookies=False).get(url, headers=headers))

    assert len(answers) > 50
    assert {answer.data for answer in answers} == {first.data}
    assert [{*answer.headers} for answer in answers] == [{*first.headers}] * len(answers)
    assert len(rendered) == 1


def test_a_bearer_never_gets_a_kept_page_and_never_fills_one(
    guest: FlaskClient, rendered: list[str]
) -> None:
    bearer = {"Authorization": "Bearer b1.x"}
    pages = [THREAD, "/articles/harbour", "/api/v1/articles/harbour/comments"]

    for url in pages:
        first = guest.get(url, headers=bearer)
        assert first.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in first.headers
        guest.get(url)
        guest.get(url, headers=bearer)
        guest.get(url)

    assert len(rendered) == 3 * len(pages)


def test_browsers_may_ask_first_with_every_header_they_need(
    guest: FlaskClient, rendered: list[str]
) -> None:
    answer = guest.options(THREAD, headers=FROM_THE_SITE)

    assert (answer.status_code, answer.data, rendered) == (204, b"", [])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Max-Age"] == "7200"
    assert answer.headers["Access-Control-Allow-Headers"] == (
        "Authorization, Content-Type, If-None-Match, Idempotency-Key"
    )


@pytest.mark.parametrize("url", [THREAD, "/api/v1/articles/harbour/comments/newest"])
def test_what_has_not_changed_is_not_sent_again(guest: FlaskClient, url: str) -> None:
    etag = guest.get(url).headers["ETag"]

    answer = guest.get(url, headers={**FROM_THE_SITE, "If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/thread?site=press&id=7", "/at/press?site=press&id=7"),
        ("/include?site=press&url=https%3A%2F%2Fx", "/at/press?site=press&url=https%3A%2F%2Fx"),
        ("/thread", "/at"),
        ("/thread?site=//evil.example", "/at///evil.example?site=//evil.example"),
        ("/comments/1?after=2", "/comments/1?after=2"),
        ("/articles/%ED%95%AD%EA%B5%AC/comments", "/articles/%ED%95%AD%EA%B5%AC/comments"),
        ("//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/%5Cevil.example/"),
        ("/%0d%0aSet-Cookie:x", "/%0D%0ASet-Cookie%3Ax"),
    ],
)
def test_who_opens_one_in_a_tab_is_led_to_the_page_of_the_board(
    guest: FlaskClient, path: str, page: str
) -> None:
    answer = guest.get(f"{PREFIX}{path}", headers={"Sec-Fetch-Mode": "navigate"})

    assert (answer.status_code, answer.location) == (303, page)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "query",
    ["id=7", "url=https://news.example/a/7?utm_source=x", "id=8&url=https://news.example/a/7/"],
)
def test_the_way_to_the_article_goes_by_id_or_address(guest: FlaskClient, query: str) -> None:
    answer = guest.get(f"/at/press?{query}")

    assert (answer.status_code, answer.location) == (303, "/articles/harbour#thread")
    assert guest.get("/at/press?id=8").status_code == 404
    assert guest.get(f"/at/nobody?{query}").status_code == 404


def test_an_unknown_site_is_404(guest: FlaskClient) -> None:
    for path in ("thread", "include"):
        answer = guest.get(f"{PREFIX}/{path}?site=nobody&id=7", headers=FROM_THE_SITE)

        assert answer.status_code == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Content-Security-Policy"] == SANDBOX


def test_an_unknown_article_is_an_empty_thread(guest: FlaskClient) -> None:
    answer = guest.get(f"{PREFIX}/thread?site=press&id=8")

    assert answer.status_code == 200
    assert root(answer).get("data-unknown") == ""
    assert root(answer).get("data-article") is None
    assert texts(answer) == []


def test_an_unknown_article_is_looked_for_again_after_a_minute(
    guest: FlaskClient, ada: User, harbour: Article, rendered: list[str]
) -> None:
    url = f"{PREFIX}/thread?site=press&url=https://news.example/a/8"
    start = now().replace(minute=10)
    with time_machine.travel(start, tick=False) as clock:
        guest.get(url)
        say(harbour, ada, "A commit that has nothing to do with it")
        guest.get(url)
        assert len(rendered) == 1
        with writing():
            Article.publish(title="New", canonical_url="https://news.example/a/8")
        clock.move_to(start + timedelta(seconds=61))

        assert root(guest.get(url)).get("data-article") is not None


def test_an_article_that_gets_the_id_is_shown_at_once(guest: FlaskClient, press: Site) -> None:
    url = f"{PREFIX}/thread?site=press&id=8"
    guest.get(url)
    other = keep(Article.publish(slug="other", title="Other"))
    with writing():
        identify(db.session.merge(other), db.session.merge(press), "8")

    assert root(guest.get(url)).get("data-article") == "other"


@pytest.mark.parametrize("state", ["draft", "withdrawn", "scheduled"])
def test_what_readers_do_not_see_is_unknown(
    guest: FlaskClient, harbour: Article, state: str
) -> None:
    with writing():
        article = db.session.get_one(Article, harbour.id)
        article.state, article.published_at = state, now() + timedelta(days=1)
        article.revision += 1

    assert root(guest.get(THREAD)).get("data-unknown") == ""
    assert harbour.title not in guest.get(f"{PREFIX}/include?site=press&id=7").text


@pytest.mark.parametrize(
    "query",
    [
        "", f"id={'7' * 129}", "id=%00", "id=%FF", "id=7&id=8", "url=javascript:alert(1)",
        "url=//news.example/a/7", "url=data:text/html,x", "url=https://a@news.example/a/7",
        f"url=https://news.example/{'a' * 2001}", "url=https://%0a/", "id=7&url=ftp://news.example/",
        "url=https://news.example:99999/",
    ],
)  # fmt: skip
def test_what_can_be_no_id_or_address_is_400(guest: FlaskClient, query: str) -> None:
    for path in ("thread", "include"):
        answer = guest.get(f"{PREFIX}/{path}?site=press&{query}", headers=FROM_THE_SITE)

        assert answer.status_code == 400
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "url",
    ["https://news.example/\"><script>alert(1)</script>", "https://news.example/'onload='x",
     "https://evil.example/a/7", "https://news.example/a/7/../../etc", "https://[::1]/", 
     "http://169.254.169.254/latest"],
)  # fmt: skip
def test_a_hostile_address_finds_nothing_and_is_no_markup(guest: FlaskClient, url: str) -> None:
    for path in ("thread", "include"):
        answer = guest.get(f"{PREFIX}/{path}", query_string={"site": "press", "url": url})

        assert (answer.status_code, "data-unknown" in answer.text) == (200, True)
        assert "<script>" not in answer.text and "'onload='x" not in answer.text


def test_a_hidden_comment_is_gone_at_once(
    guest: FlaskClient, ada: User, mo: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Something terrible")
    assert texts(guest.get(THREAD)) == ["Something terrible"]

    with writing():
        hidden = db.session.get_one(Comment, comment.id)
        decisions.hide(hidden, by=db.session.get_one(User, mo.id), reason="abuse")

    for url in (THREAD, f"{PREFIX}/include?site=press&id=7", f"{PREFIX}/comments/{comment.id}"):
        assert "terrible" not in guest.get(url).text


def test_a_fragment_is_in_the_language_of_its_site_unless_asked(
    guest: FlaskClient, press: Site
) -> None:
    with writing():
        db.session.get_one(Site, press.id).rename("Press", language="en")

    assert root(guest.get(THREAD)).get("lang") == "en"
    assert root(guest.get(THREAD)).xpath("string(.//h2)") == "All comments 0"
    assert root(guest.get(f"{THREAD}&lang=ko")).get("lang") == "ko"


def test_a_new_language_of_the_site_is_seen_at_once(guest: FlaskClient, press: Site) -> None:
    assert root(guest.get(THREAD)).get("lang") == "ko"

    with writing():
        db.session.get_one(Site, press.id).rename("Press", language="en")

    assert root(guest.get(THREAD)).get("lang") == "en"


def test_a_link_to_an_old_comment_shows_its_conversation(
    guest: FlaskClient, ada: User, harbour: Article
) -> None:
    old = say(harbour, ada, "The first of all")
    say(harbour, ada, "An answer", to=old)
    for number in range(Comment.PAGE_SIZE):
        say(harbour, ada, f"Later {number}")

    answer = guest.get(f"{THREAD}&comment={old.id}")
    (link,) = root(answer).xpath(".//a[@data-all-comments]")

    assert texts(answer)[0].startswith("The first of all") and len(texts(answer)) == 2
    assert link.get("href") == "http://localhost/articles/harbour#thread"
    assert len(root(answer).xpath(f".//*[@id='comment-{old.id}']")) == 1


def test_a_link_to_a_comment_of_the_first_page_changes_nothing(
    guest: FlaskClient, ada: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "New")

    assert guest.get(f"{THREAD}&comment={comment.id}").data == guest.get(THREAD).data


def test_a_link_to_no_comment_of_this_article_shows_the_thread(
    guest: FlaskClient, ada: User, harbour: Article
) -> None:
    elsewhere = say(keep(Article.publish(slug="other", title="Other")), ada, "Elsewhere")
    say(harbour, ada, "Here")

    for wrong in (elsewhere.id, 99999, "x"):
        assert texts(guest.get(f"{THREAD}&comment={wrong}")) == ["Here"]


def test_a_redirect_of_a_page_stays_a_fragment(
    guest: FlaskClient, mo: User, harbour: Article
) -> None:
    with writing():
        spec = RestrictionSpec(
            article=db.session.get_one(Article, harbour.id),
            measures=[RestrictionKind.LATEST],
            reason="Storm",
        )
        restrict(spec, by=db.session.get_one(User, mo.id))

    answer = guest.get(f"{PREFIX}/articles/harbour/comments?sort=oldest")

    assert (answer.status_code, answer.location) == (302, f"{PREFIX}/articles/harbour/comments")


# Every page that other sites get: audience, CORS class and type of the body.
UNDER_EMBED = {
    "embed.thread": (everyone_as_guest, "*", "text/html"),
    "embed.include": (everyone_as_guest, "*", "text/html"),
    "comments.thread": (everyone, "*", "text/html"),
    "comments.comment": (everyone, "*", "text/html"),
    "comments.search": (everyone, "*", "text/html"),
}


def test_every_page_under_embed_is_in_the_table(
    app: Flask, guest: FlaskClient, ada: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "A comment")
    answered = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = rule.rule.replace("<slug>", "harbour").replace("<id:id>", str(comment.id))
        path = re.sub("<.*?>", "kakao", path).removeprefix(PREFIX)
        answer = guest.get(f"{PREFIX}{path}?site=press&id=7", headers=FROM_THE_SITE)
        cors = answer.headers.get("Access-Control-Allow-Origin")
        assert (cors, answer.headers["Content-Security-Policy"]) == ("*", SANDBOX), rule.endpoint
        if answer.status_code != 404:
            audience = app.view_functions[rule.endpoint].audience  # type: ignore[attr-defined]
            answered[rule.endpoint] = (audience, cors, answer.mimetype)

    assert answered == UNDER_EMBED
    assert {name for name in UNDER_EMBED if not name.startswith("embed.")} == EMBEDDABLE


def test_nothing_is_posted_there(
    app: Flask, as_: Callable[[User], FlaskClient], ada: User, mo: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "A comment")
    client = as_(mo)
    paths = {
        re.sub("<(id:)?id>", str(comment.id), rule.rule.replace("<slug>", "harbour"))
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }

    statuses = {client.post(f"{PREFIX}{path}").status_code for path in paths}
    assert len(paths) > 50
    assert statuses == {404}
    statuses = {client.post(f"{PREFIX}{path}", headers=FROM_THE_SITE).status_code for path in paths}
    assert statuses == {403}
