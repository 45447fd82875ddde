"""What a feed tells us, judged: an Item we can believe, or a Refusal that says why not."""

import html
import re
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from board.articles.importing.dates import parse_date
from board.text import UNREADABLE, is_readable, normalize_line

URL_MAX = 2000  # characters
HTML_MAX = 4_000_000  # characters; Hangul in XHTML arrives as &#xBC24;
ITEM_MAX = 8_000_000  # characters of source; no parser has to hold more than this at once
_SLUG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SLUG_MAX = 80
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_INLINE_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|font|span|br|sub|sup)(?:\s[^<>]*)?/?>", re.I)
_EMAIL = re.compile(r"[(<\[]?[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?")
_DEFAULT_PORT = {"http": 80, "https": 443}


class BrokenFeed(Exception):
    """The document cannot be read to its end. The text says why and follows “because”."""


class InvalidItem(ValueError):
    """One item cannot be taken. The text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as its feed has it. `html` is not sanitised."""

    url: str  # canonical
    title: str
    subtitles: tuple[str, ...]
    section: str
    byline: str
    summary: str
    html: str
    base: str  # what relative addresses in `html` are relative to; "" is this board
    image: str  # absolute, a path of ours below /static/, or ""
    image_alt: str
    published_at: datetime | None
    edited_at: datetime | None
    slug: str  # or ""


@dataclass(frozen=True, slots=True)
class RejectedItem:
    where: str
    reason: str


@dataclass(slots=True, kw_only=True)
class RawItem:
    """An item as its feed tells it: text that nothing has been done to yet."""

    url: str = ""
    title: str = ""
    subtitles: tuple[str, ...] = ()
    section: str = ""
    byline: str = ""
    summary: str = ""
    html: str = ""
    base: str | None = None  # None: its own address
    image: str = ""
    image_alt: str = ""
    published: str = ""
    edited: str = ""
    slug: str = ""
    flaw: str = ""  # what the reader already found wrong


def validate_item(number: int, draft: RawItem) -> Item | RejectedItem:
    """The item, or why it is refused. `number` counts from 1."""
    try:
        if draft.flaw:
            raise InvalidItem(draft.flaw)
        return _item(draft)
    except InvalidItem as unfit:
        name = _shown(draft.url)[:200] or _shown(draft.title)[:80]
        return RejectedItem(f"item {number}" + (f" ({name})" if name else ""), _shown(str(unfit)))


def _shown(text: str) -> str:
    """Safe on a terminal."""
    return normalize_line(UNREADABLE.sub("?", text))


def _item(draft: RawItem) -> Item:
    _refuse_damage(draft)
    url = canonical_url(draft.url)
    published_at, edited_at = _moments(draft)
    return Item(
        url=url,
        title=_title(draft.title),
        subtitles=tuple(filter(None, map(clean_title, draft.subtitles))),
        section=clean_title(draft.section),
        byline=clean_byline(draft.byline),
        summary=normalize_line(draft.summary),
        html=draft.html,
        base="" if draft.base == "" else urljoin(url, draft.base or ""),
        image=_image(draft.image),
        image_alt=clean_title(draft.image_alt),
        published_at=published_at,
        edited_at=edited_at,
        slug=_slug(draft.slug),
    )


def _refuse_damage(draft: RawItem) -> None:
    for field in fields(draft):
        told = getattr(draft, field.name)
        if not is_readable("".join(told or "")):
            raise InvalidItem(f"its {field.name} holds characters that are damaged (NUL or U+FFFD)")
    if len(draft.html) > HTML_MAX:
        raise InvalidItem(f"its text is longer than {HTML_MAX:,} characters")


def _moments(draft: RawItem) -> tuple[datetime | None, datetime | None]:
    try:
        published_at, edited_at = parse_date(draft.published), parse_date(draft.edited)
    except ValueError as error:
        raise InvalidItem(str(error)) from None
    if edited_at and published_at and edited_at <= published_at:
        return published_at, None
    return published_at, edited_at


def canonical_url(url: str) -> str:
    """One spelling of an address: so an article read twice is one article. Raises Unfit."""
    url = normalize_line(url)
    if not url:
        raise InvalidItem("it has no address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidItem(f"its address {url[:200]} is not a web address") from None
    if parts.scheme not in _DEFAULT_PORT or not host or re.search(r"[\s\\@]", parts.netloc):
        raise InvalidItem(f"its address {url[:200]} is not a web address")
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{host}:{port}"
    query = "&".join(pair for pair in parts.query.split("&") if not pair.lower().startswith("utm_"))
    spelled = urlunsplit((parts.scheme, netloc, _quoted(parts.path or "/"), _quoted(query), ""))
    if len(spelled) > URL_MAX:
        raise InvalidItem(f"its address is longer than {URL_MAX:,} characters")
    return spelled


def _quoted(part: str) -> str:
    return quote(part, safe="/%:@!$&'()*+,;=~-._?[]|")


def _title(text: str) -> str:
    title = clean_title(text)
    if not title:
        raise InvalidItem("it has no title")
    return title


def _image(url: str) -> str:
    """A picture we cannot show is no reason to refuse an article."""
    if re.fullmatch(r"/static/[\w./-]+", url, re.A) and ".." not in url:
        return url
    try:
        return canonical_url(url) if url else ""
    except InvalidItem:
        return ""


def _slug(slug: str) -> str:
    if slug and not is_slug(slug):
        raise InvalidItem(
            f"its slug {slug[:100]} is not {_SLUG_MAX} ASCII letters, digits and hyphens"
        )
    return slug


def is_slug(text: str) -> bool:
    """Whether an article may be called this. /desk/articles/new is a page of its own."""
    return len(text) <= _SLUG_MAX and text != "new" and bool(_SLUG.fullmatch(text))


def clean_title(text: str) -> str:
    """A title as a reader should see it.

    Korean editing systems escape twice and leave <b> in titles, but <속보> is a word of its own.
    """
    for _ in range(2):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _INLINE_TAG.sub("", text))
    return normalize_line(_INLINE_TAG.sub("", text))


def clean_byline(text: str) -> str:
    """Who wrote it, without the e-mail address that feeds put beside the name."""
    text = normalize_line(_EMAIL.sub(" ", clean_title(text)))
    bare = re.fullmatch(r"\(([^()]+)\)", text)
    return (bare[1] if bare else text).strip(" ,/|")
