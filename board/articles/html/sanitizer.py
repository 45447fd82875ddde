"""Sanitizer of article HTML.

All changes are made before the last sanitising, so a mistake here makes an article ugly but never
dangerous.
"""

import html as entities
import re
from collections.abc import Collection

import nh3
import regex

from board.articles.html.lazy_images import load_lazy_images
from board.articles.html.paragraphs import split_paragraphs, to_paragraphs
from board.articles.html.urls import (
    SCHEMES,
    AttributeFilter,
    absolute_urls,
    allowed_image_urls,
    is_allowed_image,
)
from board.text import normalize

SUMMARY_MAX = 160  # graphemes
PICTURE_LABEL = "사진"  # link text of an image; stored, so in the newsroom's language
_TAGS = {
    "p", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "figure", "figcaption", "img", "a",
    "strong", "em", "b", "i", "u", "s", "sub", "sup", "br", "hr",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # without it nh3 allows title and lang
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
# Editing systems use these as paragraphs.
_CONTAINERS = {
    "div", "section", "article", "header", "footer", "main", "aside", "center", "address",
}  # fmt: skip
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}
_ROUNDS_MAX = 8
_DEPTH_MAX = 200
_NESTING = re.compile(
    "<(/?)(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption"
    "|figure|footer|form|header|hgroup|main|menu|nav|object|ol|search|section|summary|table|ul)\\b",
    re.I,
)

# These match output of nh3 only, in which attributes are always ="…" and escaped.
_CONTAINER = re.compile(rf"</?(?:{'|'.join(_CONTAINERS)})>")
_OTHER_HEADING = re.compile(rf"(</?)({'|'.join(_HEADINGS)})>")
_LINK_OR_IMAGE = re.compile(r'<a(?: [a-z]+="[^"]*")*>|</a>|<img(?: [a-z]+="[^"]*")*>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_EMPTY = re.compile(r'<p>\s*</p>|<a(?: [a-z]+="[^"]*")*></a>')
_BLOCK_EDGE = re.compile(
    r"<(?=/?(?:p|h[1-6]|li|ul|ol|br|hr|t[rdh]|table|caption|blockquote|div)\b)", re.I
)


def sanitize(
    html: str, *, image_origins: Collection[str], base: str = "", typed: bool = False
) -> str:
    """Safe HTML for an article body. Idempotent.

    Images are shown from /static/ and `image_origins` ("https://img.example") only. Others become
    a link with their description, so that readers' browsers contact no third party. `base` resolves
    relative URLs; without it they belong to this site. Text without any tag becomes paragraphs, and
    so does text with blank lines beside tags; `typed`: by a person, so line breaks are meant, too.
    """
    html = load_lazy_images(_strip_tags(html) if _is_too_deep(html) else html)
    html = _nh3_clean(html, absolute_urls(base), tags=_TAGS | _CONTAINERS | {*_HEADINGS})
    images = allowed_image_urls(frozenset(image_origins))
    html = _nh3_clean(_simplify(html, frozenset(image_origins)), images)
    return _sanitize_until_stable(html, images, typed=typed)


def figure(*, src: str, alt: str = "", caption: str = "", credit: str = "") -> str:
    """An image with a caption in the style of Korean newspapers: ▲ caption ⓒ credit."""
    caption, credit = caption.strip().lstrip("▲ "), credit.strip().lstrip("ⓒ© ")
    text = " ".join(filter(None, (caption and f"▲ {caption}", credit and f"ⓒ {credit}")))
    figcaption = f"<figcaption>{entities.escape(text)}</figcaption>" if text else ""
    image = f'<img src="{entities.escape(src)}" alt="{entities.escape(alt)}">'
    return f"<figure>{image}{figcaption}</figure>"


def plain_text(html: str, *, limit: int = SUMMARY_MAX) -> str:
    """The start of the text, without figures, in at most `limit` graphemes."""
    spaced = _BLOCK_EDGE.sub(" <", html)
    text = nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style", "figure"})
    text = " ".join(normalize(entities.unescape(text)).split())
    graphemes: list[str] = regex.findall(r"\X", text[: limit * 20])
    if len(graphemes) <= limit:
        return text
    cut = "".join(graphemes[: limit - 1])
    return f"{cut.rpartition(' ')[0] or cut}…"


def _nh3_clean(html: str, attribute_filter: AttributeFilter, tags: set[str] = _TAGS) -> str:
    return nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        url_schemes=SCHEMES,
        link_rel="noopener",
    )


def _is_too_deep(html: str) -> bool:
    """Parsers take quadratic time over deep nesting."""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEPTH_MAX:
            return True
    return False


def _strip_tags(html: str) -> str:
    return re.sub("<[^>]*>", "\n\n", html)


def _sanitize_until_stable(html: str, attribute_filter: AttributeFilter, *, typed: bool) -> str:
    """Sanitise, with text in paragraphs, until nothing changes.

    Once is safe, but broken nesting is parsed differently the second time.
    """
    for _ in range(_ROUNDS_MAX):
        tidied = _EMPTY.sub("", normalize(html))
        has_tags = "<" in tidied
        tidied = split_paragraphs(tidied, typed=typed) if has_tags else to_paragraphs(tidied)
        result = _nh3_clean(tidied, attribute_filter)
        if result == html:
            return html
        html = result
    return to_paragraphs(entities.escape(plain_text(html, limit=len(html)), quote=False))


def _simplify(html: str, image_origins: frozenset[str]) -> str:
    """Turn containers into paragraphs, other headings into h2 or h4, images not allowed into
    links."""
    html = _CONTAINER.sub("<p>", html)
    html = _OTHER_HEADING.sub(lambda tag: f"{tag[1]}{_HEADINGS[tag[2]]}>", html)
    inside_link = False

    def replace(tag: re.Match[str]) -> str:
        nonlocal inside_link
        if not tag[0].startswith("<img"):
            inside_link = tag[0] != "</a>"
            return tag[0]
        return _image_or_link(tag[0], image_origins, inside_link=inside_link)

    return _LINK_OR_IMAGE.sub(replace, html)


def _image_or_link(tag: str, image_origins: frozenset[str], *, inside_link: bool) -> str:
    attributes = dict(_ATTRIBUTE.findall(tag))
    is_tracker = {attributes.get("width"), attributes.get("height")} & {"0", "1"}
    if "src" not in attributes or is_tracker:
        return ""
    if is_allowed_image(entities.unescape(attributes["src"]), image_origins):
        return tag
    label = attributes.get("alt", "").strip() or PICTURE_LABEL
    return label if inside_link else f'<a href="{attributes["src"]}">{label}</a>'
