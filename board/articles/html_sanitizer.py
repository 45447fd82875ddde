"""The HTML of article bodies: what may stand in it, and nothing after that changes it.

Whatever is done to a body is done before the last sanitising, so a mistake here can make an article
ugly but not dangerous.
"""

import html as entities
import re
from collections.abc import Callable, Collection
from urllib.parse import urljoin, urlsplit

import nh3
import regex

from board.text import normalize

SUMMARY_MAX = 160  # characters as a reader counts them
PICTURE_LABEL = "사진"  # in the language of the articles, as it is kept with them
_TAGS = set(
    [
        "p",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "ul",
        "ol",
        "li",
        "figure",
        "figcaption",
        "img",
        "a",
        "strong",
        "em",
        "b",
        "i",
        "u",
        "s",
        "sub",
        "sup",
        "br",
        "hr",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # or title and lang would be allowed
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_NUMBERS = {"width", "height", "colspan", "rowspan"}
_SCHEMES = {"http", "https", "mailto"}
# Editing systems make paragraphs of these.
_BOXES = {"div", "section", "article", "header", "footer", "main", "aside", "center", "address"}
_HEADINGS = {"h1": "h2", "h5": "h4", "h6": "h4"}
_ROUNDS = 8
_DEPTH_MAX = 200
_NESTING = re.compile(
    "<(/?)(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption"
    "|figure|footer|form|header|hgroup|main|menu|nav|object|ol|search|section|summary|table|ul)\\b",
    re.I,
)

# These read what nh3 wrote, never what people wrote: there an attribute is always ="…" and escaped.
_BOX = re.compile(rf"</?(?:{'|'.join(_BOXES)})>")
_ODD_HEADING = re.compile(rf"(</?)({'|'.join(_HEADINGS)})>")
_LINK_OR_IMAGE = re.compile(r'<a(?: [a-z]+="[^"]*")*>|</a>|<img(?: [a-z]+="[^"]*")*>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_EMPTY = re.compile(r'<p>\s*</p>|<a(?: [a-z]+="[^"]*")*></a>')
_BLANK_LINE = re.compile(r"\n\s*\n")
_BLOCK_EDGE = re.compile(
    r"<(?=/?(?:p|h[1-6]|li|ul|ol|br|hr|t[rdh]|table|caption|blockquote|div)\b)", re.I
)

Filter = Callable[[str, str, str], str | None]


def sanitize(html: str, *, image_origins: Collection[str], base: str = "") -> str:
    """The body as it may be shown. Cleaning it again changes nothing.

    Pictures are shown from our own /static/ and from `image_origins` ("https://img.example") only;
    others become a link, named by their description, so no reader's browser asks a third party
    for anything. `base` is the address that relative ones are relative to; without
    it they are ours. Text without a single tag becomes paragraphs.
    """
    html = _flattened(html) if _is_too_deep(html) else html
    html = _sanitised(html, _whole_addresses(base), tags=_TAGS | _BOXES | {*_HEADINGS})
    html = _plainer(html, frozenset(image_origins))
    return _settled(html, _shown_addresses(frozenset(image_origins)))


def to_paragraphs(escaped: str) -> str:
    """Escaped text as HTML: a blank line begins a paragraph, any other line end is a <br>."""
    parts = _BLANK_LINE.split(escaped.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(
        f"<p>{'<br>'.join(part.strip().splitlines())}</p>" for part in parts if part.strip()
    )


def figure(*, src: str, alt: str = "", caption: str = "", credit: str = "") -> str:
    """A picture with its line in the style of Korean newspapers: ▲ caption ⓒ credit."""
    caption, credit = caption.strip().lstrip("▲ "), credit.strip().lstrip("ⓒ© ")
    words = " ".join(filter(None, (caption and f"▲ {caption}", credit and f"ⓒ {credit}")))
    line = f"<figcaption>{entities.escape(words)}</figcaption>" if words else ""
    image = f'<img src="{entities.escape(src)}" alt="{entities.escape(alt)}">'
    return f"<figure>{image}{line}</figure>"


def plain_text(html: str, *, limit: int = SUMMARY_MAX) -> str:
    """The beginning of the text, without pictures and their captions; `limit` in characters."""
    spaced = _BLOCK_EDGE.sub(" <", html)
    text = nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style", "figure"})
    text = " ".join(normalize(entities.unescape(text)).split())
    characters: list[str] = regex.findall(r"\X", text[: limit * 20])
    if len(characters) <= limit:
        return text
    cut = "".join(characters[: limit - 1])
    return f"{cut.rpartition(' ')[0] or cut}…"


def _sanitised(html: str, attribute_filter: Filter, tags: set[str] = _TAGS) -> str:
    return nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )


def _is_too_deep(html: str) -> bool:
    """Parsers take quadratic time over boxes in boxes in boxes."""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _DEPTH_MAX:
            return True
    return False


def _flattened(html: str) -> str:
    return re.sub("<[^>]*>", "\n\n", html)


def _settled(html: str, attribute_filter: Filter) -> str:
    """Sanitised until sanitising changes nothing.

    Once is safe; but nested mistakes are read in another way when they are read again.
    """
    for _ in range(_ROUNDS):
        tidied = _EMPTY.sub("", normalize(html))
        again = _sanitised(tidied if "<" in tidied else to_paragraphs(tidied), attribute_filter)
        if again == html:
            return html
        html = again
    return to_paragraphs(entities.escape(plain_text(html, limit=len(html)), quote=False))


def _whole_addresses(base: str) -> Filter:
    def whole(tag: str, attribute: str, value: str) -> str | None:
        if attribute in ("href", "src"):
            return _address(value, base)
        return _small_number(value) if attribute in _NUMBERS else value

    return whole


def _shown_addresses(image_origins: frozenset[str]) -> Filter:
    whole = _whole_addresses("")

    def shown(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src" and not is_allowed_image(value, image_origins):
            return None
        return whole(tag, attribute, value)

    return shown


def _address(value: str, base: str) -> str | None:
    """An address with a scheme we know, or a path of ours; None for everything else."""
    value = re.sub(r"[\t\r\n]", "", value).strip()  # as browsers do
    if value.startswith("//") and not base:
        value = f"https:{value}"
    try:
        address = urljoin(base, value)
        parts = urlsplit(address)
    except ValueError:
        return None
    if re.search(r"[\s\\\x00-\x1f]", address.replace(" ", "")):
        return None
    if parts.scheme in ("http", "https"):
        return address if parts.netloc else None
    is_our_path = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if parts.scheme == "mailto" or is_our_path else None


def is_allowed_image(src: str, image_origins: Collection[str]) -> bool:
    """Whether a page may load this picture: ours, or from an origin the operator named."""
    parts = urlsplit(src)
    if not parts.netloc:
        return src.startswith("/static/") and ".." not in src
    return f"{parts.scheme}://{parts.netloc}".lower() in image_origins


def _small_number(value: str) -> str | None:
    return value if re.fullmatch(r"[0-9]{1,4}", value) else None


def _plainer(html: str, image_origins: frozenset[str]) -> str:
    """Boxes as paragraphs, odd headings as ours, pictures that are not shown as links."""
    html = _BOX.sub("<p>", html)
    html = _ODD_HEADING.sub(lambda tag: f"{tag[1]}{_HEADINGS[tag[2]]}>", html)
    inside_link = False

    def linked(found: re.Match[str]) -> str:
        nonlocal inside_link
        if not found[0].startswith("<img"):
            inside_link = found[0] != "</a>"
            return found[0]
        return _image(found[0], image_origins, inside_link=inside_link)

    return _LINK_OR_IMAGE.sub(linked, html)


def _image(tag: str, image_origins: frozenset[str], *, inside_link: bool) -> str:
    about = dict(_ATTRIBUTE.findall(tag))
    is_beacon = {about.get("width"), about.get("height")} & {"0", "1"}
    if "src" not in about or is_beacon:
        return ""
    if is_allowed_image(entities.unescape(about["src"]), image_origins):
        return tag
    words = about.get("alt", "").strip() or PICTURE_LABEL
    return words if inside_link else f'<a href="{about["src"]}">{words}</a>'
