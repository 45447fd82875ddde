"""A moderator narrows a queue to an article, an author, a section or a reason, and stays there."""

import html
import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import text

from board.articles.models import Article
from board.comments.writing import create
from board.db import db, writing
from board.db.clock import today
from board.moderation.desk import pickers
from board.moderation.desk.forms import FilterForm
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import decisions
from conftest import more_link, person, say

WORDS = ("Bus", "Bridge", "Boat")


@pytest.fixture
def waiting(monkeypatch):
    """Three held comments, of three authors, on three articles."""
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    made = []
    for word, name, section in zip(
        WORDS, ("바닷바람", "밤바다", "새벽첫차"), ("도시", "항구", ""), strict=True
    ):
        with writing():
            article = Article.publish(
                slug=word.lower(),
                title=f"{word} runs late",
                section=section,
                canonical_url=f"https://news.example/{word}",
            )
        made.append(say(article, person(name), word))
    return made


def path(**filters):
    return f"/desk/comments?{urlencode({'queue': 'held', **filters})}"


def query_of(link):
    return dict(parse_qsl(urlsplit(link).query))


def listed(page):
    return [word for word in WORDS if f"<p>{word}</p>" in page]


def links(page, label):
    found = re.findall(r'<a href="([^"]+)">\s*' + re.escape(label), page)
    return [html.unescape(link) for link in found]


def last_of(page):
    """The hidden fields of the first decision on the page."""
    form = re.search(
        r'<form method="post" action="(/desk/comments/\d+/keep)".*?</form>', page, re.S
    )
    fields = re.findall(r'name="(next|queue|last)" value="([^"]*)"', form[0])
    return form[1], {name: html.unescape(value) for name, value in fields}


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"article": "bus"}, ["Bus"]),
        ({"article": "http://localhost/articles/bus?sort=liked#thread"}, ["Bus"]),
        ({"article": "/articles/bus"}, ["Bus"]),
        ({"article": "http://www.news.example/Bus/?utm_source=x"}, ["Bus"]),
        ({"article": "bus RUNS"}, ["Bus"]),
        ({"article": "ridge"}, ["Bridge"]),
        ({"article": "runs late"}, ["Bus", "Bridge", "Boat"]),
        ({"article": "tram"}, []),
        ({"article": "%"}, []),
        ({"article": "https://["}, []),
        ({"author": "밤바다"}, ["Bridge"]),
        ({"author": "바다"}, ["Bridge"]),
        ({"author": "ㅂㄷ"}, ["Bus", "Bridge"]),
        ({"author": "첫"}, ["Boat"]),
        ({"author": "nobody"}, []),
        ({"author": "#1"}, []),
        ({"author": "*"}, []),
        ({"section": "항구"}, ["Bridge"]),
        ({"section": "없음"}, []),
        ({"section": "도시", "author": "밤바다"}, []),
        ({"reason": "word"}, ["Bus", "Bridge", "Boat"]),
        ({"reason": "link"}, []),
        ({"reason": "no such reason"}, []),
    ],
)
def test_a_queue_is_narrowed(as_, mo, waiting, filters, words):
    answer = as_(mo).get(path(**filters))

    assert answer.status_code == 200
    assert listed(answer.text) == words


def test_a_part_of_the_short_name_in_its_address_means_an_article(as_, mo, waiting):
    with writing():
        article = Article.publish(slug="ferry-2026-1201", title="배편")
    say(article, person("물안개"), "Boat")

    assert listed(as_(mo).get(path(article="2026-12")).text) == ["Boat"]


def test_all_and_hidden_comments_are_narrowed_too(as_, mo, waiting):
    with writing():
        for comment, reason in zip(waiting, ("spam", "abuse", "spam"), strict=True):
            decisions.hide(comment, by=mo, reason=reason)
    client = as_(mo)

    assert listed(client.get(path(queue="all", author="바다")).text) == ["Bridge"]
    assert listed(client.get(path(queue="all", article="ridge")).text) == ["Bridge"]
    assert listed(client.get(path(queue="hidden", reason="spam")).text) == ["Bus", "Boat"]
    assert listed(client.get(path(queue="hidden", section="항구")).text) == ["Bridge"]


def test_of_several_articles_or_authors_one_is_chosen(as_, mo, waiting):
    client = as_(mo)

    articles = client.get(path(article="runs")).text.replace("\u2060", "")
    authors = client.get(path(author="ㅂㄷ", section="도시")).text.replace("\u2060", "")

    assert "“runs”에 맞는 기사가 여럿입니다." in articles
    [narrowed] = links(articles, "Bridge runs late")[:1]
    assert listed(client.get(narrowed).text) == ["Bridge"]
    assert "“ㅂㄷ”에 맞는 작성자가 여럿입니다." in authors
    assert links(authors, "밤바다") == [path(author="밤바다", section="도시")]


def test_more_matches_than_are_covered_are_said_to_be_more(as_, mo, waiting, monkeypatch):
    monkeypatch.setattr("board.moderation.desk.forms.MATCHES_MAX", 2)
    monkeypatch.setattr(pickers, "MATCHES_MAX", 2)

    page = as_(mo).get(path(article="runs")).text

    assert "더 있지만 앞의 2개만 보여 줍니다." in page
    assert len(listed(page)) == 2


def test_what_nothing_fits_is_said(as_, mo, waiting):
    client = as_(mo)

    assert (
        "제목이나 주소에 “tram” 문구가 있는 기사가 없습니다."
        in client.get(path(article="tram")).text
    )
    page = client.get(path(author="<b>")).text
    assert "닉네임에 “&lt;b&gt;” 문구가 있는 회원이 없습니다." in page
    assert "필터에 맞는 댓글이 없습니다." in page


def test_an_exact_title_or_name_means_only_itself(as_, mo, waiting):
    with writing():
        Article.publish(slug="more", title="Bus runs late again")
    person("밤바다새")
    client = as_(mo)

    assert "여럿입니다" not in client.get(path(article="Bus runs late")).text
    assert listed(client.get(path(author="밤바다")).text) == ["Bridge"]


def test_each_row_leads_to_the_queue_of_its_author_and_of_its_article(as_, mo, waiting):
    client = as_(mo)
    page = client.get(path(reason="word")).text

    [bus_author, bridge_author, _] = links(page, "이 작성자 댓글만")
    [_, bridge, _] = links(page, "이 기사 댓글만")

    assert query_of(bus_author) == {"queue": "held", "author": "바닷바람", "reason": "word"}
    assert query_of(bridge) == {"queue": "held", "article": "bridge", "reason": "word"}
    assert listed(client.get(bridge_author).text) == ["Bridge"]
    assert links(client.get(bridge).text, "이 기사 댓글만") == []
    assert links(client.get(bridge_author).text, "이 작성자 댓글만") == []


def test_the_queue_of_a_deleted_account_is_of_that_account_alone(as_, mo, waiting):
    with writing():
        for comment in waiting[:2]:
            comment.author.delete_account(on=today())
    client = as_(mo)

    link = links(client.get(path()).text, "이 작성자 댓글만")[1]

    assert listed(client.get(link).text) == ["Bridge"]


def test_filters_in_use_are_shown_and_taken_away_one_by_one(as_, mo, waiting):
    client = as_(mo)

    page = client.get(path(article="ridge", author="바다", reason="word")).text

    shown = re.findall(r'<span class="value">(.+?)\s*</span>', page)
    assert shown == ["기사: Bridge runs late", "작성자: 밤바다", "사유: 금칙어"]
    removals = re.findall(r'<li><a href="([^"]+)">\s*<span class="visually-hidden">필터 해제', page)
    assert [sorted(parse_qs(urlsplit(html.unescape(link)).query)) for link in removals] == [
        ["author", "queue", "reason"],
        ["article", "queue", "reason"],
        ["article", "author", "queue"],
    ]
    assert f'href="{path()}">필터 초기화' in page


def test_filters_stay_through_decision_undo_refusal_and_page(as_, mo, waiting, monkeypatch):
    monkeypatch.setattr(QueueItem, "PAGE_SIZE", 1)
    client, here = as_(mo), path(article="runs", author="ㅂ", section="도시")

    first = client.get(path(author="ㅂ"))
    onward = more_link(first.text)
    assert parse_qs(urlsplit(onward).query)["author"] == ["ㅂ"]
    decide, fields = last_of(client.get(here).text)
    kept = client.post(decide, data=fields)
    undo = re.search(r'action="(/desk/rulings/\d+/undo)"', client.get(kept.location).text)[1]
    undone = client.post(undo, data=fields)

    for answer in (kept, undone):
        query = parse_qs(urlsplit(answer.location).query)
        assert (query["article"], query["author"], query["section"]) == (["runs"], ["ㅂ"], ["도시"])
    refused = client.post(decide.replace("keep", "hide"), data=fields)
    assert refused.status_code == 422
    assert listed(refused.text) == ["Bus"]
    assert 'value="runs"' in refused.text


def test_the_one_article_or_author_keeps_links_short(as_, mo, waiting):
    with writing():
        article = Article.publish(slug="long", title="가" * 300)
    say(article, person("밤"), "Boat")

    page = as_(mo).get(path(article="가" * 300)).text

    assert listed(page) == ["Boat"]
    assert last_of(page)[1]["next"] == path(article="long")


def test_fields_suggest_where_most_comments_wait(as_, mo, waiting):
    say(waiting[2].article, waiting[1].author, "Again")

    page = as_(mo).get(path()).text

    options = re.findall(r'<option value="([^"]+)">댓글 (\d)개', page)
    assert options[0] == ("Boat runs late", "2")
    assert ("밤바다", "2") in options
    assert [title for title, _ in options[1:3]] == ["Bridge runs late", "Bus runs late"]
    assert 'list="article-suggestions"' in page
    assert pickers.suggest_authors(Queue.REPORTED) == []


def test_fields_of_all_and_of_hidden_comments_suggest_the_newest(as_, mo, waiting):
    say(waiting[2].article, waiting[1].author, "Again")
    with writing():
        for comment, reason in zip(waiting[:2], ("spam", "abuse"), strict=True):
            decisions.hide(comment, by=mo, reason=reason)
        waiting[0].delete()
    client = as_(mo)

    every, hidden = (client.get(path(queue=queue)).text for queue in ("all", "hidden"))

    option = r'<option value="([^"]+)">댓글 (\d)개'
    assert re.findall(option, every) == [
        *(("Boat runs late", "2"), ("Bridge runs late", "1")),
        *(("밤바다", "2"), ("새벽첫차", "1")),
    ]
    assert re.findall(option, hidden) == [("Bridge runs late", "1"), ("밤바다", "1")]


def test_too_long_a_filter_is_refused_in_words(as_, mo, waiting):
    page = as_(mo).get(path(author="가" * 81)).text

    assert 'role="alert"' in page
    assert "작성자" in re.search(r'role="alert".*?</ul>', page, re.S)[0]


def plan_of(app, **filters):
    """How SQLite reads a page of the queue with these filters."""
    with app.test_request_context(path(**filters)):
        query = QueueItem.oldest(Queue.HELD, *FilterForm.from_query().for_queue_items())
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        rows = db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
    return str(compiled), [row[3] for row in rows]


@pytest.mark.parametrize(("name", "value"), [("article", "bus"), ("author", "밤바다")])
def test_a_narrowed_queue_reads_only_what_it_shows(app, mo, waiting, name, value):
    """With one article or author the index of the queue items is enough; nothing is sorted."""
    _, steps = plan_of(app, **{name: value})

    assert steps[0].startswith(f"SEARCH queue_item USING INDEX ix_queue_item_{name} ({name}_id=?")
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in steps)


def test_no_row_is_read_when_no_article_or_author_was_found(app, mo, waiting):
    for filters in ({"article": "tram"}, {"author": "nobody"}):
        statement, _ = plan_of(app, **filters)
        assert "0 = 1" in statement


def test_names_are_read_from_their_index(app, mo):
    query = pickers.search.with_name_part("바").compile(
        db.engine, compile_kwargs={"literal_binds": True}
    )
    steps = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()]

    assert [step for step in steps if step.startswith("SCAN")] == [
        "SCAN user USING COVERING INDEX sqlite_autoindex_user_2"
    ]


def test_filters_are_for_moderators(as_, ada, tess, waiting):
    for user in (ada, tess):
        assert as_(user).get(path(author="바")).status_code == 403
