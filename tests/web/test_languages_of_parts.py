"""Parts of a page in another language say so: for screen readers and search engines."""

import json
import re

import pytest

from board.articles.models import Article
from board.text.language import language_of
from conftest import keep, say

TEXTS = [
    ("버스 노선이 사라졌다", "ko"),
    ("CCTV를 달자", "ko"),
    ("ㅋㅋㅋ", "ko"),
    ("봐 https://news.example/a/very/long/address/in/latin?letters=1", "ko"),
    (
        '<p>봐 <a href="https://news.example/x" rel="nofollow ugc">https://news.example/x</a></p>',
        "ko",
    ),
    ("The bus line is gone", "en"),
    ("See 국회 in the glossary of the National Assembly", "en"),
    ("123 !? 🙂", None),
    ("", None),
    ("https://news.example/x", None),
    ("&lt;&amp;", None),
]


@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_the_language_of_a_text_is_that_of_its_letters(text, language):
    assert language_of(text) == language


@pytest.fixture
def korean():
    article = Article.publish(
        slug="bus", title="밤 버스", section="사회", byline="김서울 기자",
        summary="밤에 다니는 버스",
        body_html="<p>버스가 밤에도 다닌다.</p>",
    )  # fmt: skip
    return keep(article)


def part(page, pattern):
    """The lang attribute of the first tag that matches."""
    return re.search(r'lang="(\w+)"|$', re.search(f"<{pattern}[^>]*>", page)[0])[1]


def test_a_korean_article_in_the_english_page_says_so(guest, bora, korean):
    say(korean, bora, "버스가 왔다")
    say(korean, bora, "The bus came", key="2")
    english, front = guest.get("/articles/bus?lang=en").text, guest.get("/?lang=en").text

    assert part(english, "html") == "en"
    article = english[english.index('<article class="article">') :]
    assert [part(article, tag) for tag in ("h1", 'p class="section"', 'div class="body"')] == (
        ["ko"] * 3
    )
    assert '<span lang="ko">김서울 기자</span>' in article
    assert re.findall(r'<div class="text"( lang="\w+")?><p>', article) == ["", ' lang="ko"']
    assert [part(front, tag) for tag in ("h2", 'p class="summary"')] == ["ko", "ko"]
    assert json_ld(english)["inLanguage"] == "ko"
    assert 'og:locale" content="ko_KR"' in english


def test_an_english_article_in_the_korean_page_says_so(guest, as_, ada, harbour):
    say(harbour, ada, "The bus came")
    say(harbour, ada, "버스가 왔다", key="2")
    page = guest.get("/articles/harbour").text

    article = page[page.index('<article class="article">') :]
    assert part(article, "h1") == "en"
    assert re.findall(r'<div class="text"( lang="\w+")?><p>', article) == ["", ' lang="en"']
    assert json_ld(page)["inLanguage"] == "en"
    assert 'og:locale" content="en_US"' in page


def test_a_page_in_one_language_needs_no_attribute(guest, korean):
    page = guest.get("/articles/bus").text

    assert re.findall(r' lang="(\w+)"', page[: page.index('class="tools"')]) == ["ko"]
    assert ' lang="en">English' in page


def json_ld(page):
    return json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.S)[1])
