"""The names and values that a cleaned document may hold; the lists are in names.txt."""

import re
from functools import cache, lru_cache
from pathlib import Path

from ..allow_list import fonts

_SCHEMAS = "http://schemas.openxmlformats.org"
_MICROSOFT = "http://schemas.microsoft.com/office"
NAMESPACES = {
    "w": f"{_SCHEMAS}/wordprocessingml/2006/main",
    "x": f"{_SCHEMAS}/spreadsheetml/2006/main",
    "p": f"{_SCHEMAS}/presentationml/2006/main",
    "a": f"{_SCHEMAS}/drawingml/2006/main",
    "wp": f"{_SCHEMAS}/drawingml/2006/wordprocessingDrawing",
    "xdr": f"{_SCHEMAS}/drawingml/2006/spreadsheetDrawing",
    "pic": f"{_SCHEMAS}/drawingml/2006/picture",
    "c": f"{_SCHEMAS}/drawingml/2006/chart",
    "dgm": f"{_SCHEMAS}/drawingml/2006/diagram",
    "dsp": f"{_MICROSOFT}/drawing/2008/diagram",
    "m": f"{_SCHEMAS}/officeDocument/2006/math",
    "r": f"{_SCHEMAS}/officeDocument/2006/relationships",
    "wps": f"{_MICROSOFT}/word/2010/wordprocessingShape",
    "wpg": f"{_MICROSOFT}/word/2010/wordprocessingGroup",
    "wpc": f"{_MICROSOFT}/word/2010/wordprocessingCanvas",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w10": "urn:schemas-microsoft-com:office:word",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
# What the data of a graphic may be.
URIS = {NAMESPACES[prefix] for prefix in ("pic", "c", "dgm", "dsp", "wps", "wpg", "wpc")} | {
    f"{_SCHEMAS}/drawingml/2006/table"
}

# Read now, because the worker cannot read it later.
_LISTS = Path(__file__).with_name("names.txt").read_text(encoding="utf-8")


@cache
def _lists() -> dict[str, frozenset[str]]:
    """The lists of names.txt by their heading."""
    lists: dict[str, frozenset[str]] = {}
    for section in _LISTS.split("\n[")[1:]:
        heading, _, body = section.partition("]")
        words = body.replace("\n", " ").split("|" if "|" in body else None)
        lists[heading] = frozenset(word.strip() for word in words) - {""}
    return lists


@cache
def short(name: str) -> str:
    """w:p for the element or attribute p of WordprocessingML; ?:p in an unknown namespace."""
    uri, _, own = name.rpartition("}")
    return f"{_PREFIXES.get(uri[1:], '?')}:{own}" if uri else own


def full(name: str) -> str:
    """The name for lxml of an element or attribute such as w:p."""
    prefix, _, own = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{own}" if prefix else own


@cache
def is_element(name: str) -> bool:
    prefix, _, own = name.rpartition(":")
    return own in _lists().get(f"elements {prefix}", ())


@cache
def is_attribute(element: str, name: str) -> bool:
    """Whether an element may have an attribute; one without a prefix is of the element's list."""
    prefix, _, own = name.rpartition(":")
    return own in _lists().get(f"attributes {prefix or element.partition(':')[0]}", ())


_RUNS = re.compile(r"[A-Za-z]{3,}")
_HEXADECIMAL = re.compile(r"#?[0-9A-Fa-f]{2,20}")
_CELLS = re.compile(r"(?:\$?[A-Z]{1,3}\$?\d{1,7}[: ]?)+")


@lru_cache(maxsize=4096)
def is_plain(value: str) -> bool:
    """Whether a value is made of numbers, units and words of the standard, so that it names
    nobody.
    """
    if not value.isascii():
        return False
    if all(run in _lists()["words"] for run in _RUNS.findall(value)):
        return True
    return bool(_HEXADECIMAL.fullmatch(value) or _CELLS.fullmatch(value))


def is_font(name: str) -> bool:
    """Whether it is a common font, or one of the theme; others can belong to one company."""
    return name in fonts.NAMES or bool(re.fullmatch(r"\+m[jn]-(lt|ea|cs)|", name))


def is_style(name: str) -> bool:
    """Whether it is the name of a built-in style, or one that a copy gives."""
    numbered = r"(heading|toc|index|List|List Bullet|List Number|List Continue|Style) \d+"
    return name in _lists()["styles"] or bool(re.fullmatch(numbered, name, re.I))
