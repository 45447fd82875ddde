"""What text with a format tells besides what it shows: named properties, comments, pictures.

The format is not parsed: pairs of a name and a value are read in the notations of markup, data and
source code. So a broken file tells as much as a valid one. Nothing of it can be cleaned.
"""

import base64
import re
from collections.abc import Iterator
from html import unescape

from ..formats import format_of, inspect_inside
from ..property_kinds import kind_of
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode
from ..text.pii import TEXT_MAX, find_pii

_NOTATIONS = (
    # <meta name="author" content="…">, in either order, and <p name="author">…
    re.compile(
        r"<(?:\w+:)?(?:meta|param|property|var|data|user-defined)\b[^<>]{0,200}?\b(?:name|property|itemprop"
        r"|http-equiv|key)\s*=\s*[\"']?([^\"'\s>]{1,80})[\"']?[^<>]{0,200}?\b(?:content|value)\s*=\s*"
        r"[\"']([^\"'>]+)",
        re.I,
    ),
    re.compile(
        r"<meta\b[^<>]{0,200}?\bcontent\s*=\s*[\"'](?P<value>[^\"'>]+)[\"'][^<>]{0,200}?"
        r"\b(?:name|property|itemprop)\s*=\s*[\"']?(?P<name>[^\"'\s>]{1,80})",
        re.I,
    ),
    re.compile(r"<[\w:-]+[^<>]{0,200}?\bname\s*=\s*[\"']([^\"'>]{1,80})[\"'][^<>]*>([^<]{1,2000})"),
    # name="…" and name='…'
    re.compile(
        r"(?<![\w:.-])(?!name\s*=)(?!xmlns)(?:[\w.-]+:)?([\w.-]{1,80})\s*=\s*(?:\"([^\"<]+)\"|'([^'<]+)')"
    ),
    # <name>…, and with elements within where the name tells something
    re.compile(r"<(?:[\w.-]+:)?([\w.-]{1,80})(?:\s[^<>]*)?>(?:<!\[CDATA\[)?([^<]{1,2000})"),
    re.compile(
        r"<(?:[\w.-]+:)?(creator|author|contributor|publisher|title|description|rights|subject)\b"
        r"[^<>]*>\s*(<.{1,400}?)</(?:[\w.-]+:)?\1>",
        re.S | re.I,
    ),
    # "name": "…"
    re.compile(r"\"([\w.:@-]{1,80})\"\s*:\s*(?:\"((?:[^\"\\]|\\.)+)\"|(-?[\d.]+))"),
    # "coordinates": [126.97, 37.56] of GeoJSON, and <key>…</key><string>…
    re.compile(r"\"(coordinates)\"\s*:\s*[\[\s]*(-?[\d.]+,\s*-?[\d.]+)"),
    re.compile(r"<key>([^<]{1,80})</key>\s*<string>([^<]{1,2000})"),
    # NAME;PARAMETER=…:… of calendars, name: … and name = … of settings, %%Name: … of PostScript
    re.compile(
        r"^[ \t]*(?:[#%;*/@-]{1,3} ?)?(?:\w+\.)?([A-Za-z][\w.-]{0,40})(?:;[^:\n]{1,200})?"
        r"[ \t]*(?::{1,2}|=)[ \t]*(\S.*?)[ \t,;]*$",
        re.M,
    ),
    # \name{…}, {\name …}, (name) …, @name …
    re.compile(r"\\([A-Za-z]{2,40})\*?(?:\[[^\]\n]*\])?\{([^{}]+)\}"),
    re.compile(r"\{(?:\\\*)?\\([a-z]{2,40}) ([^{}\\]+)\}"),
    re.compile(r"/([A-Z][A-Za-z]{1,40}) ?\(([^)\n]+)\)"),
    re.compile(r"@(\w{2,40})[ \t]+(\S.*)$", re.M),
)
_COMMENTS = (
    re.compile(r"<(?:\w+:)?metadata\b[^<>]*>\s*([^<\s][^<]{0,2000})"),
    re.compile(r"<!--((?:(?!<!--).){0,4000}?)-->", re.S),
    re.compile(r"/\*((?:(?!/\*).){0,4000}?)\*/", re.S),
    re.compile(r"^[ \t]*(?:#|//|--|%|;|'|REM |rem )[ \t]*(?![!%])(\S.*)$", re.M),
    re.compile(r"[ \t](?://|#|--)[ \t](\S.*)$", re.M),
)
_TAGS = re.compile(r"<[^>]*>")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{40}[A-Za-z0-9+/\s]{40,}={0,2}")
_PICTURES_MAX = 20


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    try:
        text = decode(data)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    yield from inspect_text(text[:TEXT_MAX], limits)


def inspect_text(text: str, limits: WorkerLimits) -> Iterator[Finding]:
    bare = _ENCODED.sub(" ", text)
    named = [*_properties(bare), *_comments(bare)]
    yield from named
    told = "\n".join(finding.detail for finding in named)
    yield from (finding for finding in find_pii(unescape(bare)) if finding.detail not in told)
    yield from _pictures(text, limits)


def _properties(text: str) -> Iterator[Finding]:
    for notation in _NOTATIONS:
        for match in notation.finditer(text):
            name, value = _named(match)
            if (kind := kind_of(name)) and (told := _plain(value)):
                yield make_finding(kind, f"{name}: {told}", stays=True)


def _named(match: re.Match[str]) -> tuple[str, str]:
    if "name" in match.re.groupindex:
        return match["name"], match["value"]
    return match[1], next(filter(None, match.groups()[1:]), "")


def _comments(text: str) -> Iterator[Finding]:
    for notation in _COMMENTS:
        for match in notation.finditer(text):
            if told := _plain(match[1]):
                yield make_finding(FindingKind.COMMENTS, told, stays=True)


def _plain(value: str) -> str:
    """A value without tags and escapes."""
    return unescape(_TAGS.sub(" ", value)).strip(" \"'\\{}()*-")


def _pictures(text: str, limits: WorkerLimits) -> Iterator[Finding]:
    """What pictures written as base64 tell."""
    for match in [*_ENCODED.finditer(text)][:_PICTURES_MAX]:
        body = re.sub(r"\s", "", match[0])
        picture = base64.b64decode(body[: len(body) // 4 * 4])
        if format_of(picture).is_image:
            yield from inspect_inside(picture, limits)
