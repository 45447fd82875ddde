"""The sanitizer of article HTML: what it keeps, changes and removes."""

import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from board.articles.html.paragraphs import to_paragraphs
from board.articles.html.sanitizer import PICTURE_LABEL, figure, plain_text, sanitize

IMAGE_ORIGINS = {"https://images.harbour.example"}
ALLOWED = {
    "p": set(), "h2": set(), "h3": set(), "h4": set(), "blockquote": set(), "ul": set(),
    "ol": set(), "li": set(), "figure": set(), "figcaption": set(), "strong": set(), "em": set(),
    "b": set(), "i": set(), "u": set(), "s": set(), "sub": set(), "sup": set(), "br": set(),
    "hr": set(), "table": set(), "caption": set(), "thead": set(), "tbody": set(), "tr": set(),
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"},
    "a": {"href", "rel"}, "img": {"src", "alt", "width", "height"},
}  # fmt: skip

HOSTILE = [
    "<script>alert(1)</script>",
    "<style>*{display:none}</style>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href=" &#1; javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="/\\evil.example">x</a>',
    '<a href="/&#9;/evil.example">x</a>',
    '<a href="https:evil.example">x</a>',
    '<a href="http://[">x</a>',
    '<img src="//evil.example/a.png">',
    '<img src="https://images.harbour.example@evil.example/a.png">',
    '<img src="https://images.harbour.example.evil.example/a.png">',
    '<img src="https://images.harbour.example\\@evil.example/a.png">',
    '<img src="/static/../account">',
    '<img srcset="https://evil.example/a.png 2x" src="/static/a.png">',
    '<picture><source srcset="https://evil.example/a.png"></picture>',
    '<p style="background:url(https://evil.example/a.png)" class="comments" id="comments">x</p>',
    '<table background="https://evil.example/a.png"><tr><td>1</table>',
    '<svg><use href="https://evil.example/a.svg#x"/></svg>',
    "<svg onload=alert(1)>",
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
    "<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style>"
    "<a title=\"</style><img src onerror='1'>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form action=https://evil.example><input name=password><button>go</button></form>",
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x>",
    '<base href="https://evil.example/"><meta http-equiv=refresh content="0;url=//evil.example">',
    '<link rel=stylesheet href="https://evil.example/a.css">',
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><title><img src=x onerror=alert(1)></title>",
    "<xmp><p title='</xmp><script>1</script>'></xmp><plaintext><b>",
    "<!--><script>alert(1)</script>--><![CDATA[<b>]]><?php ?>",
    "<p><object><p>nested</object></p>",
    "<a href=/1><table><a href=/2>x",
    "<b><p><i></b><div><h1></i>x",
    "<ul><p><li><table><tr><blockquote><td>x",
    "<p>\u0338a</p>&#x202e;&#0;\u200b\u2028",
    '<td colspan="1e9" rowspan=2>x<img width="100%" src="/static/a.png">',
    "e\u0301 &amp;lt;b&amp;gt; &lt;b&gt; R&D 1 < 2\r\n\r\n\tx",
]  # fmt: skip

BITS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(alphabet="<>/ab p\"'=&;\n")))


class TagParser(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def faults(html: str) -> list[str]:
    """Everything in this HTML that must not reach readers."""
    faults_found = []
    for tag, attributes in TagParser(html).tags:
        if tag not in ALLOWED or set(attributes) - ALLOWED[tag]:
            faults_found.append(f"{tag} {sorted(attributes)}")
        if tag == "a" and not (attributes.get("href") or "/").startswith(
            ("http://", "https://", "mailto:", "/")
        ):
            faults_found.append(f"link {attributes['href']}")
        if tag == "img":
            parts = urlsplit(attributes.get("src") or "")
            origin = f"{parts.scheme}://{parts.netloc}"
            if origin not in IMAGE_ORIGINS and not (
                origin == "://" and parts.path.startswith("/static/")
            ):
                faults_found.append(f"picture {attributes.get('src')}")
    return faults_found


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_is_harmless(html: str) -> None:
    cleaned = sanitize(html, image_origins=IMAGE_ORIGINS)

    assert faults(cleaned) == []
    assert "alert(1)" not in "".join(str(tag) for tag in TagParser(cleaned).tags)


def test_the_last_sanitising_stops_third_party_images_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("board.articles.html.sanitizer._simplify", lambda html, image_origins: html)

    assert (
        sanitize('<img src="https://evil.example/a.png">', image_origins=IMAGE_ORIGINS) == "<img>"
    )


def test_the_check_for_faults_finds_them() -> None:
    assert [html for html in HOSTILE[2:6] if not faults(html)] == []


@given(BITS)
@example(HOSTILE)
def test_sanitising_again_changes_nothing(bits: list[str]) -> None:
    once = sanitize("".join(bits), image_origins=IMAGE_ORIGINS)

    assert sanitize(once, image_origins=IMAGE_ORIGINS) == once
    assert faults(once) == []


@given(BITS)
def test_sanitising_resolves_relative_urls_once(bits: list[str]) -> None:
    base = "https://images.harbour.example/articles/1"

    once = sanitize("".join(bits), image_origins=IMAGE_ORIGINS, base=base)

    assert sanitize(once, image_origins=IMAGE_ORIGINS, base=base) == once
    assert faults(once) == []


def test_ordinary_article_html_is_unchanged() -> None:
    html = (
        "<h2>첫 배</h2><p>물때가 <strong>바뀌었다</strong>.<br><br>다음 줄</p>"
        '<figure><img src="/static/sample/quay.svg" alt="부두" width="640" height="360">'
        "<figcaption>▲ 부두 ⓒ 푸른항구</figcaption></figure>"
        "<blockquote><p>“기다렸다”</p></blockquote><ul><li>하나</li></ul>"
        '<table><caption>표</caption><thead><tr><th scope="col">가</th></tr></thead>'
        '<tbody><tr><td colspan="2">나</td></tr></tbody></table>'
        '<p><a href="https://harbour.example/2" rel="noopener">이어 읽기</a></p>'
    )

    assert sanitize(html, image_origins=IMAGE_ORIGINS) == html


def test_text_without_a_tag_becomes_paragraphs() -> None:
    text = "첫 문단\n둘째 줄\n\n둘째 문단 1 < 2 & 3"

    assert sanitize(text, image_origins=()) == (
        "<p>첫 문단<br>둘째 줄</p>\n<p>둘째 문단 1 &lt; 2 &amp; 3</p>"
    )


def test_containers_of_editing_systems_become_paragraphs() -> None:
    html = '<div class="view"><div>하나</div><div><span style="color:red">둘</span></div></div>'

    assert sanitize(html, image_origins=()) == "<p>하나</p><p>둘</p>"


def test_an_article_has_no_first_level_heading() -> None:
    assert sanitize("<h1>가</h1><h5>나</h5>", image_origins=()) == "<h2>가</h2><h4>나</h4>"


def test_a_third_party_image_becomes_a_link_with_its_caption() -> None:
    html = figure(src="https://cdn.example/1.jpg", alt="등대", caption="등대", credit="한바다")

    assert sanitize(html, image_origins=IMAGE_ORIGINS) == (
        '<figure><a href="https://cdn.example/1.jpg" rel="noopener">등대</a>'
        "<figcaption>▲ 등대 ⓒ 한바다</figcaption></figure>"
    )


def test_an_image_without_description_becomes_a_labelled_link() -> None:
    cleaned = sanitize('<img src="//cdn.example/1.jpg">', image_origins=IMAGE_ORIGINS)

    assert cleaned == f'<a href="https://cdn.example/1.jpg" rel="noopener">{PICTURE_LABEL}</a>'


def test_an_image_in_a_link_becomes_the_text_of_the_link() -> None:
    html = (
        '<a href="https://harbour.example/1"><img src="https://cdn.example/1.jpg" alt="등대"></a>'
    )

    assert sanitize(html, image_origins=IMAGE_ORIGINS) == (
        '<a href="https://harbour.example/1" rel="noopener">등대</a>'
    )


def test_tracking_pixels_are_removed() -> None:
    html = '<p>끝.<img src="https://count.example/?n=1" width="1" height="1"></p>'

    assert sanitize(html, image_origins={"https://count.example"}) == "<p>끝.</p>"


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="/static/a.jpg" alt="배">', "a"),
        ("<img class=lazy src='/static/img/blank.gif' data-original='/static/b.jpg'>", "b"),
        ('<img src="/static/loading.svg" data-lazy-src="/static/c.jpg">', "c"),
        ('<img srcset="/static/d-small.jpg 480w, /static/d.jpg 1080w">', "d"),
        ('<img src="" data-srcset="/static/e-1.jpg, /static/e.jpg 2x">', "e"),
        ('<img src="/static/spacer.gif" data-lazyload="/static/g.jpg">', "g"),
        ('<img src="/static/loading/f.jpg" data-src="/static/other.jpg">', "loading/f"),
    ],
)
def test_pictures_a_script_would_load_are_shown(tag: str, shown: str) -> None:
    html = sanitize(f"<p>{tag}</p>", image_origins=set())

    assert f'src="/static/{shown}.jpg"' in html
    assert ('alt="배"' in html) == ("배" in tag)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<noscript><img src="/static/a.jpg"></noscript>', ["a"]),
        ('<img data-src="/static/s.jpg"> <noscript><img src="/static/a.jpg"></noscript>', ["a"]),
        ('<img src="/static/a.jpg"><noscript><img src="/static/b.jpg"></noscript>', ["a", "b"]),
        ('<img data-src="/static/a.jpg"><noscript>가</noscript>', ["a"]),
    ],
)
def test_pictures_for_readers_without_scripts_are_shown_once(html: str, shown: list[str]) -> None:
    cleaned = sanitize(f"<p>{html}</p>", image_origins=set())

    assert re.findall(r'<img src="/static/(\w)\.jpg"', cleaned) == shown
    assert "&lt;" not in cleaned


def test_a_hostile_lazy_picture_is_harmless() -> None:
    html = """<img data-src='x" onerror="alert(1)' alt='"><script>'><img data-src="javascript:1">"""

    assert faults(sanitize(html, image_origins=IMAGE_ORIGINS)) == []


def test_relative_urls_are_resolved_against_the_article() -> None:
    html = '<a href="../2?x=1&y=2">둘</a><img src="/p/1.jpg" alt="">'

    cleaned = sanitize(html, image_origins=IMAGE_ORIGINS, base="https://images.harbour.example/a/1")

    assert cleaned == (
        '<a href="https://images.harbour.example/2?x=1&amp;y=2" rel="noopener">둘</a>'
        '<img src="https://images.harbour.example/p/1.jpg" alt="">'
    )


def test_decomposed_addresses_lead_where_they_did() -> None:
    path = unicodedata.normalize("NFD", "사진/항구")
    html = f'<a href="/{path}.html">{path}</a><img src="{path}.jpg" alt="">'

    cleaned = sanitize(html, image_origins=IMAGE_ORIGINS, base="https://images.harbour.example/a")

    site = "https://images.harbour.example"
    assert cleaned == (
        f'<a href="{site}/{quote(path)}.html" rel="noopener">사진/항구</a>'
        f'<img src="{site}/{quote(path)}.jpg" alt="">'
    )


def test_text_is_normalised_behind_entities_too() -> None:
    assert sanitize("<p>&#x1112;&#x1161;&#x11ab;&#x202e;글</p>", image_origins=()) == "<p>한글</p>"


def test_extreme_nesting_is_fast_and_keeps_the_text() -> None:
    assert sanitize("<div><ul>" * 50_000 + "글", image_origins=()) == "<p>글</p>"


def test_a_caption_has_the_style_of_newspapers() -> None:
    assert figure(src="/static/a.png", alt='"a"', caption="▲부두 <봄>", credit="ⓒ 한바다") == (
        '<figure><img src="/static/a.png" alt="&quot;a&quot;">'
        "<figcaption>▲ 부두 &lt;봄&gt; ⓒ 한바다</figcaption></figure>"
    )


def test_a_figure_without_text_has_no_caption() -> None:
    assert figure(src="/static/a.png") == '<figure><img src="/static/a.png" alt=""></figure>'


def test_empty_text_is_no_paragraph() -> None:
    assert to_paragraphs(" \n\n ") == ""


def test_a_summary_is_the_text_without_captions_cut_between_words() -> None:
    html = (
        figure(src="/static/a.png", caption="부두")
        + "<p>제<b>목</b>이 &amp; 둘</p><p>셋</p><script>x</script>"
        + "<p>낱말</p>" * 100
    )

    summary = plain_text(html, limit=20)

    assert summary == "제목이 & 둘 셋 낱말 낱말 낱말…"
    assert plain_text("<p>짧다</p>") == "짧다"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "첫 <b>문단</b>입니다.\r\n\r\n둘째 문단,\r\n둘째 줄.",
            "<p>첫 <b>문단</b>입니다.</p><p>둘째 문단,<br>둘째 줄.</p>",
        ),
        ("1 < 2 & <b>R&D</b>\n\n끝", "<p>1 &lt; 2 &amp; <b>R&amp;D</b></p><p>끝</p>"),
        ("<b>하나\n\n둘</b> 셋", "<p><b>하나</b></p><p><b>둘</b> 셋</p>"),
        (
            "앞\n\n<h2>소제목</h2>\n\n뒤\n\n<ul>\n<li>점\n</ul>",
            "<p>앞</p><h2>소제목</h2><p>뒤</p><ul>\n<li>점\n</li></ul>",
        ),
        ("하나<br>둘<br><br>셋", "<p>하나<br>둘</p><p>셋</p>"),
        ("<p>줄\n바꿈은 HTML이 정한다</p>", "<p>줄\n바꿈은 HTML이 정한다</p>"),
    ],
)
def test_what_is_typed_keeps_its_paragraphs_whatever_tags_are_in_it(text: str, html: str) -> None:
    assert sanitize(text, image_origins=IMAGE_ORIGINS, typed=True) == html


def test_blank_lines_are_paragraphs_in_feeds_too_and_line_breaks_are_not() -> None:
    text = "첫 문단은 <b>길어서</b>\n줄이 나뉜다.\n\n둘째 문단."
    with_breaks = "하나<br>\n\n<b>둘</b>"

    assert sanitize(text, image_origins=IMAGE_ORIGINS) == (
        "<p>첫 문단은 <b>길어서</b>\n줄이 나뉜다.</p><p>둘째 문단.</p>"
    )
    assert sanitize(with_breaks, image_origins=IMAGE_ORIGINS) == with_breaks


@pytest.mark.slow
@given(BITS)
@example(["<b><li><a href=/1><table><a href=/2>x"])
def test_sanitising_what_was_typed_again_changes_nothing(bits: list[str]) -> None:
    once = sanitize("\n\n".join(bits), image_origins=IMAGE_ORIGINS, typed=True)

    assert sanitize(once, image_origins=IMAGE_ORIGINS, typed=True) == once
    assert faults(once) == []
