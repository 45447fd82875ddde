"""The article page: what surrounds the text, metadata, share links, static files."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.articles.models import Article
from board.articles.sharing import share_links
from conftest import keep


@pytest.fixture
def page(guest):
    keep(
        Article.publish(
            slug="lighthouse",
            title="“등대” & 항구 <지도>",
            subtitles=["첫째 부제", "둘째 부제"],
            section="지역",
            byline="한바다 기자",
            summary="등대가 다시 켜졌다.",
            body_html="<p>본문</p>",
            image="/static/sample/sea-wall.svg",
            image_alt="방파제",
            published_at=datetime(2026, 11, 22, 0, 41, tzinfo=UTC),
            edited_at=datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
        )
    )
    return guest.get("/articles/lighthouse").text


def test_the_page_has_all_elements_around_the_article(page):
    words = [
        "메인화면으로", "첫째 부제", "둘째 부제", "한바다 기자",
        "2026.11.22. 09:41", "2026.11.22. 11:05",
        "페이스북 공유하기", "X 공유하기", "카카오스토리 공유하기", "밴드 공유하기", "인쇄하기",
        "본문 글씨 크게", "본문 글씨 작게", "전체댓글",
    ]  # fmt: skip

    assert [word for word in words if word not in page] == []
    assert (
        'href="/tips" rel="noreferrer noopener">제보하기</a>' in page
    )  # does not reveal which article


def test_the_page_has_metadata(page):
    def meta(name):
        return re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)"', page)[1]

    assert meta("og:type") == "article"
    assert meta("og:title") == "“등대” &amp; 항구 &lt;지도&gt;"
    assert meta("og:url") == "http://localhost/articles/lighthouse"
    assert meta("og:description") == "등대가 다시 켜졌다."
    assert meta("og:image") == "http://localhost/static/sample/sea-wall.svg"
    assert meta("article:published_time") == "2026-11-22T09:41:00+09:00"
    assert meta("article:modified_time") == "2026-11-22T11:05:00+09:00"
    assert meta("twitter:card") == "summary_large_image"
    assert '<link rel="canonical" href="http://localhost/articles/lighthouse">' in page


def test_the_json_ld_is_valid(page):
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1]
    data = json.loads(block)

    assert "<" not in block
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "“등대” & 항구 <지도>"
    assert data["datePublished"] == "2026-11-22T09:41:00+09:00"
    assert data["commentCount"] == 0


@pytest.mark.slow
@given(title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_share_links_carry_any_headline(title):
    url = "https://news.example/articles/one?a=1&b=2#c"

    links = {site: parse_qs(urlsplit(link).query) for site, link in share_links(title, url).items()}

    assert links["facebook"]["u"] == [url]
    assert (links["x"]["text"], links["x"]["url"]) == ([title], [url])
    assert (links["kakaostory"]["url"], links["kakaostory"]["text"]) == ([url], [title])
    assert links["band"]["body"] == [f"{title}\n{url}"]


def test_share_links_open_the_pages_of_the_services():
    hosts = {
        site: urlsplit(link)._replace(query="").geturl()
        for site, link in share_links("t", "u").items()
    }

    assert hosts == {
        "facebook": "https://www.facebook.com/sharer/sharer.php",
        "x": "https://x.com/intent/post",
        "kakaostory": "https://story.kakao.com/s/share",
        "band": "https://band.us/plugin/share",
    }


def test_the_way_to_send_a_tip_stands_where_the_article_ends(page):
    end, thread = page.index("</article>"), page.index('id="thread"')
    aside = page[end:thread]

    link = '<a class="button" href="/tips" rel="noreferrer noopener">제보하기</a>'
    assert (aside.count(link), page.count(link)) == (1, 1)
    assert "이름을 밝히지 않아도 됩니다." in aside


def test_that_way_leads_to_the_address_for_sources_where_there_is_one(app, guest, page):
    app.config["TIPS_ORIGIN"] = ("https://jebo.news.example",)

    link = re.search(
        r'class="button" href="([^"]+)"', guest.get("/articles/lighthouse?lang=en").text
    )

    assert link[1] == "https://jebo.news.example/tips?lang=en"


def test_fingerprinted_static_files_are_cached_for_good(guest, page):
    style = re.search(r'href="(/static/css/board\.css\?v=[0-9a-f]{12})"', page)[1]

    versioned, plain = guest.get(style), guest.get("/static/css/board.css")

    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in versioned.headers.get("Vary", "")


def test_pages_and_styles_are_gzipped_for_clients_that_accept_it(guest, page):
    headers = {"Accept-Encoding": "gzip, br"}

    for url in ("/articles/lighthouse", "/static/css/board.css"):
        plain, small = guest.get(url), guest.get(url, headers=headers)
        assert "Content-Encoding" not in plain.headers
        assert small.headers["Content-Encoding"] == "gzip"
        assert len(small.data) < len(plain.data) / 2
