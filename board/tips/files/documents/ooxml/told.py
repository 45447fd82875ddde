"""What a cleaned copy leaves out, collected while it is built and told by place."""

import re
from collections.abc import Iterator, Set

from lxml import etree

from ...results import DETAIL_MAX, Finding, FindingKind, make_finding
from ...xml_tree import local
from . import names

# What the words of an attribute or element say, by its name without prefix.
_PEOPLE = (
    *("author", "initials", "userName", "displayName", "ed", "edGrp", "user", "userId", "people"),
    *("refreshedBy", "suggestedsigner", "suggestedsigner2", "suggestedsigneremail", "person"),
)
_ADDRESSES = (
    *("absPath", "href", "Target", "src", "instr", "instrText", "url", "link", "sourceFile"),
    *("refersTo", "althref", "dataSource", "query", "connectString", "macro", "definedName"),
)
_TITLES = (
    "descr",
    "title",
    "alt",
    "alias",
    "tag",
    "name",
    "tooltip",
    "tblCaption",
    "tblDescription",
)
_KINDS = {
    **dict.fromkeys(_PEOPLE, FindingKind.AUTHOR),
    **dict.fromkeys(_ADDRESSES, FindingKind.LINK),
    **dict.fromkeys(_TITLES, FindingKind.TITLE),
    **dict.fromkeys(("typeface", "font", "ascii", "hAnsi", "eastAsia"), FindingKind.SOFTWARE),
}
_GENERAL = {"val", "v", "c", "n", "id", "t", "r", "p", "t1", "x"}  # names that tell no place
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|file:|https?:|mailto:|/(Users|home)/|\[\d+\]|\.\w{3,4}!")
_IDENTIFIER = re.compile(
    r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?|(?=\d*[A-F])[0-9A-F]{8,}"
)
_SESSIONS = re.compile(r"rsid\w*|paraId|textId|nsid|tmpl|durableId|docId|documentId|uid")
_LETTERS = re.compile(r"[^\W\d_]")
# Kinds of findings whose place is told, too; of the others the words say enough.
_PLACED = {FindingKind.OTHER, FindingKind.HIDDEN}
_LINES_MAX = 6  # findings for one place
_VALUES_MAX = 200  # for one place


class Told:
    """The words left out so far: (kind, place) → words, in order."""

    def __init__(self) -> None:
        self._words: dict[tuple[FindingKind, str], dict[str, None]] = {}
        self._staying: dict[Finding, None] = {}

    def word(self, place: str, value: str, kind: FindingKind = FindingKind.OTHER) -> None:
        """Tell a value unless it is empty, a number or a word of the standard."""
        if not (value := value.strip()):
            return
        if place == "uri" and _IDENTIFIER.fullmatch(value):
            return  # says which extension it is
        is_number = names.is_plain(value) or _IDENTIFIER.fullmatch(value)
        if is_number and (_SESSIONS.fullmatch(place) or _IDENTIFIER.fullmatch(value)):
            self._add(FindingKind.IDENTIFIER, "", "rsid" if place[:4] == "rsid" else place)
        elif _LETTERS.search(value) and not names.is_plain(value) and value not in names.URIS:
            self._add(_kind(place, value, kind), place, value)

    def note(self, kind: FindingKind, place: str, value: str) -> None:
        """Tell a value that may be a plain number or a usual name."""
        self._add(kind, place, value)

    def remains(self, kind: FindingKind, *details: object) -> None:
        """Tell something that the copy still has."""
        self._staying[make_finding(kind, *details, stays=True)] = None

    def element(
        self,
        element: etree._Element,
        kind: FindingKind = FindingKind.OTHER,
        known: Set[str] = frozenset(),
    ) -> None:
        """Tell all words in an element and below, except `known` ones."""
        for each in element.iter(etree.Element):
            for place, words in _said(each, element):
                if words.strip() not in known:
                    self.word(place, words, kind)

    def _add(self, kind: FindingKind, place: str, value: str) -> None:
        words = self._words.setdefault((kind, place), {})
        if len(words) < _VALUES_MAX:
            words[value] = None

    def findings(self) -> Iterator[Finding]:
        for (kind, place), words in self._words.items():
            prefix = f"{place}: " if kind in _PLACED else ""
            for line in _lines(list(words), DETAIL_MAX - len(prefix))[:_LINES_MAX]:
                yield make_finding(kind, prefix + line)
        yield from self._staying


def _said(element: etree._Element, top: etree._Element) -> Iterator[tuple[str, str]]:
    """The words of an element with their place; references to other parts say nothing."""
    own = local(element.tag)
    for key, value in element.attrib.items():
        name = local(key)
        if not names.short(str(key)).startswith("r:"):
            yield own if name in _GENERAL else name, str(value)
    yield _place(element), element.text or ""
    if element is not top:
        yield _place(element), element.tail or ""


def _place(element: etree._Element) -> str:
    """The name of an element, or of the one around it if its own says nothing."""
    while (parent := element.getparent()) is not None and local(element.tag) in _GENERAL:
        element = parent
    return local(element.tag)


def _kind(place: str, value: str, kind: FindingKind) -> FindingKind:
    known = kind if kind == FindingKind.AUTHOR else _KINDS.get(place, kind)
    is_path = known in (FindingKind.OTHER, FindingKind.TITLE) and _PATH.search(value)
    return FindingKind.LINK if is_path else known


def _lines(words: list[str], width: int) -> list[str]:
    """The words, as many in each line as fit."""
    lines = [""]
    for word in words:
        joined = f"{lines[-1]}, {word}" if lines[-1] else word
        if len(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word[:width])
    return [line for line in lines if line]
