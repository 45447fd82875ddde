"""Tells prose from text with a format. Only prose is text that a person can read completely."""

import json
import re

from .decoding import decode

_FLAGS = re.I | re.M
# After what may precede any of them: spaces, comments, declarations.
_XML_LEAD = re.compile(
    r"(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?[^>]*>)*+"
    r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)",
    re.S | re.I,
)
_STARTS = (
    ("rtf", re.compile(r"\s*\{\\rtf")),
    ("ical", re.compile(r"\s*BEGIN:(?:VCALENDAR|VEVENT|VTODO)", re.I)),
    ("vcard", re.compile(r"\s*BEGIN:VCARD", re.I)),
    ("postscript", re.compile(r"[\s\x04]*%!|\xc5\xd0\xd3\xc6")),
    ("html", re.compile(r"\s*<!doctype\s+html", re.I)),
    ("email", re.compile(r"\s*From \S+.*\d\d:\d\d")),
)
_HEADER = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?.*\r?\n(?:[ \t].*\r?\n)*){3,}")
_MAIL_HEADER = re.compile(
    r"^(?:Received|Message-ID|MIME-Version|Return-Path|Delivered-To|Content-Type|X-[\w-]+):", _FLAGS
)
_HTML = re.compile(r"<(?:html|head|body|meta|title|script|style|table|div|span)\b[^>]*>", re.I)
# Anywhere in a text: none of these stands in prose.
_SIGNS = re.compile(
    r"<!--|<\?(?:xml|php)|<!\[|</[A-Za-z][\w:.-]*>"
    r"|<[A-Za-z][\w:.-]*(?: [\w:.-]+=[\"'][^<>]{0,300})?/>"
    r"|^[ \t]*<(?:html|head|body|meta|link|svg|script|style|table|div)\b"
    r"|^[ \t]*\\(?:documentclass|usepackage|begin|end|author|title|input)\b"
    r"|^WEBVTT|^\d\d:\d\d:\d\d[,.]\d{3} --> |^\[(?:Script Info|Events)\]"
    r"|^\$[A-Z]{4,6},|^-----BEGIN |^dn::? |^#!|^#(?:include|define|EXTM3U)\b|^%%[A-Z][A-Za-z]+"
    r"|^\[[\w .:-]{1,80}\][ \t]*\r?\n(?:[;#].*\n|[ \t\r]*\n)*+[\w.\[\]-]+ ?="
    r"|^(?:SELECT|INSERT INTO|CREATE|DROP|ALTER|UPDATE|DELETE FROM|BEGIN TRANSACTION)\b.*[;(]"
    r"|^(?:diff --git|Index: |@@ -\d|--- a/|\+\+\+ b/)|^begin(?:-base64)? \d{3} "
    r"|^import [\w.*]+(?: as \w+)?\s*;?$|^from [\w.]+ import "
    r"|^(?:def|class|function|package|public|private|const|let|var)"
    r"\b.*[:({;=][ \t\r]*$|/\*.{0,300}?\*/|^[ \t]*//[ \w@]|;[ \t\r]*\n.*;[ \t\r]*$"
    r"|\A---[ \t\r]*\n[\w-]+:|^[\w.-]{1,80}:[ \t\r]*\n(?: +|- )[\w.-]+:"
    r"|\{[^{}\n]*:[^{}\n]*[;}]|^\"[^\"\n]*\"[,;\t]\"|^@\w+$|^0 HEAD$"
    r"|^[A-Za-z0-9+/=_-]{160,}$",
    _FLAGS,
)
# Lines that a program reads: comments, directives, properties and points. Without \r.
_DIRECTIVES = re.compile(
    r"^[ \t]*(?:;|%|//)[ \t]*\S|^\.(?:\\\"|[A-Z]{2}\b|\. )|^:[A-Za-z][\w -]{0,40}:(?: |$)|^#\+\w+:"
    r"|-\*-.{1,200}-\*-|^(?:msgid|msgstr) \"|^\[[a-z]{2,10}:[^\]\n]*\]$|^\[\d\d:\d\d[.:]\d\d\]"
    r"|^[ \t]*(?:REM|PERFORMER|TRACK|INDEX) |^[A-Z][A-Z\d]  - |^\[HKEY_|^\[[A-Z]\w+ \".*\"\]$"
    r"|^[ \t]*0\nSECTION|\{[ \t]*//|^(?:graph|flowchart) [A-Z]{2}$|^![A-Z]\w+:|\A!<arch>"
    r"|^(?:h[1-6]|p|bq|bc|###)(?:\([^)\n]*\))?\.{1,2} |^v(?: -?[\d.]+){3}"
    r"|^G\d{1,3}(?: [A-Z][-\d.]+)*$"
    r"|^[ \t]*\$\w+ ?=|^[a-z_][\w-]*: \S.*\n[a-z_][\w-]*:(?: |$)"
    r"|\A(?:[A-Z][A-Za-z -]{1,20}:.*\n(?:[ \t]+\S.*\n)*){2,}[ \t]*\n",
    re.M,
)
_LOG_LINE = re.compile(
    r"^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|(?:\S+ ){0,4}\[\d\d/[A-Z][a-z]{2}/\d{4}:"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ |\d\d:\d\d:\d\d[.,]\d+ |<\d{1,3}>)"
)
_SETTING_LINE = re.compile(r"^\s*[A-Za-z_][\w.\[\]-]{0,60} ?[:=] ?\S.*$")
_PAIR = re.compile(r"[^,]+,[^, ][^,]*")
_CODE_SIGNS = re.compile(r"[{}<>|\\=;^`*&]")
_CODE_SHARE = 0.04  # of the characters; prose with addresses and lists has less
_SAMPLE = 256 * 1024  # characters


def format_name(data: bytes) -> str | None:
    """The name in the table of formats: `text` for prose, `data` for text whose format nobody
    knows; None if it is not text.
    """
    try:
        text = decode(data)
    except UnicodeDecodeError:
        text = data[:_SAMPLE].decode("latin-1")  # an old or damaged file may still be markup
        return _named(text)
    if not text.strip():
        return None
    return _named(text) or ("text" if _is_prose(text[:_SAMPLE]) else "data")


def _named(text: str) -> str | None:
    for name, start in _STARTS:
        if start.match(text):
            return name
    if (header := _HEADER.match(text.lstrip())) and _MAIL_HEADER.search(header[0]):
        return "email"
    return _markup_name(text) or _json_name(text)


def _markup_name(text: str) -> str | None:
    root = _XML_LEAD.match(text)
    if root and root[1].lower() == "svg":
        return "svg"
    if _HTML.search(text[:_SAMPLE]):
        return "xml" if root and root[1].lower() not in _HTML_ROOTS else "html"
    is_markup = root and re.search(r"</|/>|<\?xml", text[:_SAMPLE])
    return "xml" if is_markup else None


_HTML_ROOTS = {
    "html", "head", "body", "meta", "title", "script", "style", "table", "div", "span", "p", "a",
    "h1", "h2", "ul", "br", "b", "center", "font", "section", "article", "main",
}  # fmt: skip


def _json_name(text: str) -> str | None:
    bare = text.strip()
    if bare[:1] not in ("{", "[") or bare[-1:] not in ("}", "]"):
        return None
    try:
        json.loads(bare)
    except (ValueError, RecursionError):
        return "json" if re.search(r"[{,]\s*\"[^\"\n]*\"\s*:", bare[:_SAMPLE]) else None
    return "json"


def _is_prose(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    if _SIGNS.search(text) or _DIRECTIVES.search(text.replace("\r", "")) or _is_table(lines):
        return False
    formal = sum(1 for line in lines if _LOG_LINE.match(line))
    settings = sum(1 for line in lines if _SETTING_LINE.match(line))
    if formal * 2 > len(lines) or settings * 2 > len(lines):
        return False
    return len(_CODE_SIGNS.findall(text)) <= max(6, _CODE_SHARE * len(text))


def _is_table(lines: list[str]) -> bool:
    """Whether all lines have as many tabs, semicolons or commas, as rows have; sentences have
    full stops, too.
    """
    if sum(line.rstrip().endswith((".", "!", "?")) for line in lines) * 2 > len(lines):
        return False
    if len(lines) > 1 and all(_PAIR.fullmatch(line) for line in lines[:200]):
        return True
    for separator, least in (("\t", 1), (";", 2), (",", 2), ("|", 2)):
        counts = {line.count(separator) for line in lines[:200]}
        if len(lines) > 1 and len(counts) == 1 and counts.pop() >= least:
            return True
    return False
