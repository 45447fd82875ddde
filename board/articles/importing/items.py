"""Validation of feed items: RawItem in, Item or RejectedItem out."""

import html
import re
from dataclasses import dataclass, fields
from datetime import datetime

from board.articles.addresses import InvalidAddress, canonical_url, join_base
from board.articles.importing.dates import parse_date
from board.articles.importing.trailers import text_without_trailer, without_trailer
from board.text import UNREADABLE, is_readable, normalize_line

GUID_MAX = 500
HTML_MAX = 4_000_000  # characters; Hangul in XHTML is written as &#xBC24;
ITEM_MAX = 8_000_000  # characters of source; the most a parser holds at once
_SLUG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SLUG_MAX = 80
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_INLINE_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|font|span|br|sub|sup)(?:\s[^<>]*)?/?>", re.I)
_EMAIL = re.compile(r"[(<\[]?[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")


class BrokenFeed(Exception):
    """The document cannot be read to its end. The message completes “because …”."""


class InvalidItem(ValueError):
    """An item is rejected. The message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A valid item. `html` is not sanitised."""

    url: str  # canonical
    title: str
    subtitles: tuple[str, ...]
    section: str
    byline: str
    summary: str
    html: str
    base: str  # resolves relative URLs in `html`; "" is this site
    image: str  # absolute URL, path below /static/, or ""
    image_alt: str
    published_at: datetime | None
    edited_at: datetime | None
    slug: str  # or ""
    guid: str  # an identifier of the feed's own, or ""


@dataclass(frozen=True, slots=True)
class RejectedItem:
    where: str
    reason: str


@dataclass(slots=True, kw_only=True)
class RawItem:
    """An item as a parser reads it, all text unchanged."""

    url: str = ""
    title: str = ""
    subtitles: tuple[str, ...] = ()
    section: str = ""
    byline: str = ""
    summary: str = ""
    html: str = ""
    base: str | None = None  # None: its own URL
    image: str = ""
    image_alt: str = ""
    published: str = ""
    edited: str = ""
    slug: str = ""
    guid: str = ""  # an identifier of the feed's own
    line: int = 0  # of the file; 0: unknown
    error: str = ""  # found by the parser


def validate_item(number: int, raw_item: RawItem) -> Item | RejectedItem:
    """The item, or the reason to reject it. `number` counts from 1."""
    try:
        if raw_item.error:
            raise InvalidItem(raw_item.error)
        return _item(raw_item)
    except InvalidItem as error:
        name = _printable(raw_item.url)[:200] or _printable(raw_item.title)[:80]
        where = f"item {number}" + (f" in line {raw_item.line}" if raw_item.line else "")
        where += f" ({name})" if name else ""
        return RejectedItem(where, _printable(str(error)))


def _printable(text: str) -> str:
    """Text without terminal escapes."""
    return normalize_line(UNREADABLE.sub("?", text))


def _item(raw_item: RawItem) -> Item:
    _reject_damaged(raw_item)
    url = _address(raw_item.url)
    published_at, edited_at = _dates(raw_item)
    return Item(
        url=url,
        title=_title(raw_item.title),
        subtitles=tuple(filter(None, map(clean_title, raw_item.subtitles))),
        section=clean_title(raw_item.section),
        byline=clean_byline(raw_item.byline),
        summary=text_without_trailer(normalize_line(raw_item.summary)),
        html=without_trailer(raw_item.html),
        base="" if raw_item.base == "" else join_base(url, raw_item.base or ""),
        image=_image(raw_item.image),
        image_alt=clean_title(raw_item.image_alt),
        published_at=published_at,
        edited_at=edited_at,
        slug=_slug(raw_item.slug),
        guid=normalize_line(raw_item.guid)[:GUID_MAX],
    )


def _reject_damaged(raw_item: RawItem) -> None:
    for field in fields(raw_item):
        value = getattr(raw_item, field.name)
        if isinstance(value, str | tuple) and not is_readable("".join(value)):
            raise InvalidItem(f"its {field.name} holds characters that are damaged (NUL or U+FFFD)")
    if len(raw_item.html) > HTML_MAX:
        raise InvalidItem(f"its text is longer than {HTML_MAX:,} characters")


def _dates(raw_item: RawItem) -> tuple[datetime | None, datetime | None]:
    published_at, edited_at = parse_date(raw_item.published), parse_date(raw_item.edited)
    if edited_at and published_at and edited_at <= published_at:
        return published_at, None
    return published_at, edited_at


def _address(url: str) -> str:
    if not normalize_line(url):
        raise InvalidItem("it has no address")
    try:
        return canonical_url(url)
    except InvalidAddress as error:
        raise InvalidItem(f"its address {error}") from None


def _title(text: str) -> str:
    title = clean_title(text)
    if not title:
        raise InvalidItem("it has no title")
    return title


def _image(url: str) -> str:
    """URL of the image, or "": a bad one does not reject the article."""
    if re.fullmatch(r"/static/[\w./-]+", url, re.A) and ".." not in url:
        return url
    try:
        return canonical_url(url) if url else ""
    except InvalidAddress:
        return ""


def _slug(slug: str) -> str:
    if slug and not is_slug(slug):
        raise InvalidItem(
            f"its slug {slug[:100]} is not {_SLUG_MAX} ASCII letters, digits and hyphens"
        )
    return slug


def is_slug(text: str) -> bool:
    """True for a valid slug. `new` is not, since /desk/articles/new is a page."""
    return len(text) <= _SLUG_MAX and text != "new" and bool(_SLUG.fullmatch(text))


def clean_title(text: str) -> str:
    """A title without markup.

    Korean editing systems escape twice and leave <b> in titles, but <속보> is text.
    """
    for _ in range(2):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _INLINE_TAG.sub("", text))
    return normalize_line(_INLINE_TAG.sub("", text))


def clean_byline(text: str) -> str:
    """The author without the email address that feeds add to the name."""
    text = normalize_line(_EMAIL.sub(" ", clean_title(text)))
    in_brackets = re.fullmatch(r"\(([^()]+)\)", text)
    return (in_brackets[1] if in_brackets else text).strip(" ,/|")
