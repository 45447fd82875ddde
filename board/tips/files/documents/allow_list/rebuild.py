"""Rebuilds the XML parts of a document from elements and attributes that are known to be harmless.

What is not in the tables is left out and told. An unknown element with text may be content, so then
there is no cleaned copy.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from enum import Enum
from textwrap import wrap

from lxml import etree

from ...results import DETAIL_MAX, Finding, FindingKind, NotCleanable, Reason
from .tables import Tables

_PIECES_MAX = 20  # findings for one element
_USUAL_NAMESPACE = re.compile(
    r"urn:oasis:names:tc:opendocument:|urn:org:documentfoundation:names:|http://purl\.org/dc/"
    r"|http://(www\.)?(w3|openoffice|idpf|owpml)\.org/|http://docs\.oasis-open\.org/"
    r"|http://www\.hancom\.co\.kr/hwpml/|$"
)


class Fate(Enum):
    KEPT = "kept"
    UNWRAPPED = "unwrapped"  # its content is kept


class Told:
    """What a cleaned copy leaves out, and the reason if there is no copy."""

    def __init__(self) -> None:
        self.findings: dict[Finding, None] = {}
        self.why_not: Reason | None = None

    def tell(self, kind: FindingKind, *words: str | None, stays: bool = False) -> None:
        """Add findings with all `words`; nothing if they are empty."""
        line = "".join(c if c.isprintable() else " " for c in " ".join(w for w in words if w))
        for piece in wrap(line, DETAIL_MAX)[:_PIECES_MAX]:
            self.findings[Finding(kind, piece, stays)] = None

    def add(self, findings: Iterable[Finding]) -> None:
        """Findings of another reader. Its refusal is ours."""
        try:
            self.findings |= dict.fromkeys(findings)
        except NotCleanable as refusal:
            self.refuse(refusal.reason)

    def refuse(self, reason: Reason) -> None:
        self.why_not = self.why_not or reason


class Rebuilder(ABC):
    """Copies trees. Each family of formats has a subclass with the rules of its attributes."""

    def __init__(self, tables: Tables, told: Told) -> None:
        self.tables, self.told = tables, told

    def fate(self, element: etree._Element, name: str) -> Fate | FindingKind:
        """What becomes of an element; a kind: it is left out, and told as that."""
        if name in self.tables["kept"]:
            return Fate.KEPT
        if name in self.tables["unwrapped"]:
            return Fate.UNWRAPPED
        if name in self.tables.left_out:
            return self.tables.left_out[name]
        if any(text.strip() for text in texts(element)):
            self.told.refuse(Reason.FORMAT)
        return FindingKind.OTHER

    @abstractmethod
    def value(self, element: etree._Element, name: str, value: str) -> str | None:
        """The value of an attribute in the copy; None: it is left out."""

    @abstractmethod
    def kind(self, name: str) -> FindingKind:
        """The kind of finding of an attribute that is left out."""

    def is_free(self, name: str, value: str) -> bool:
        """Whether the value of an attribute can say something about a person."""
        return not self.tables.is_measure(value)

    def rebuild(self, root: etree._Element) -> etree._Element:
        for node in (*root.itersiblings(preceding=True), *root.itersiblings()):
            self.told.tell(FindingKind.COMMENTS, node.text)
        for _, (prefix, uri) in etree.iterwalk(root, events=("start-ns",)):
            if not _USUAL_NAMESPACE.match(uri):
                self.told.tell(FindingKind.OTHER, prefix, uri)
        if self.tables.name(root.tag) not in self.tables["kept"]:
            self.told.refuse(Reason.FORMAT)
        copy = etree.Element(root.tag, nsmap=self.tables.namespaces)
        self._fill(copy, root)
        etree.cleanup_namespaces(copy)
        return copy

    def leave_out(self, kind: FindingKind, element: etree._Element) -> None:
        self.told.tell(kind, *self.words(element))

    def words(self, element: etree._Element) -> list[str]:
        """Texts and free values of an element and of all that is in it, each once."""
        found: dict[str, None] = {}
        for node in element.iter():
            if isinstance(node.tag, str):
                found |= dict.fromkeys(value for _, value in self._free_values(node))
            found |= dict.fromkeys([node.text or ""])
            found |= dict.fromkeys([node.tail or ""] if node is not element else [])
        return [word.strip() for word in found if word.strip()]

    def _free_values(self, element: etree._Element) -> list[tuple[str, str]]:
        pairs = ((self.tables.name(key), str(value)) for key, value in element.attrib.items())
        return [pair for pair in pairs if self.is_free(*pair)]

    def _fill(self, copy: etree._Element, source: etree._Element) -> None:
        for key, raw in source.attrib.items():
            name, value = self.tables.name(key), str(raw)
            kept = None if name.startswith("?") else self.value(source, name, value)
            if kept is not None:
                copy.set(key, kept)
            elif self.is_free(name, value):
                self.told.tell(self.kind(name), value)
        self._content(copy, source)

    def _content(self, copy: etree._Element, source: etree._Element) -> None:
        self._text(copy, source.text)
        for child in source:
            self._child(copy, child)
            self._text(copy, child.tail)

    def _text(self, copy: etree._Element, text: str | None) -> None:
        if self.tables.name(copy.tag) in self.tables["text"]:
            add_text(copy, text or "")
        elif text and text.strip():
            self.told.tell(FindingKind.HIDDEN, text)

    def _child(self, copy: etree._Element, child: etree._Element) -> None:
        if not isinstance(child.tag, str):
            self.told.tell(FindingKind.COMMENTS, child.text)
            return
        fate = self.fate(child, self.tables.name(child.tag))
        if fate is Fate.KEPT:
            self._fill(etree.SubElement(copy, child.tag), child)
        elif fate is Fate.UNWRAPPED:
            for name, value in self._free_values(child):
                self.told.tell(self.kind(name), value)
            self._content(copy, child)
        else:
            self.leave_out(fate, child)


def texts(element: etree._Element) -> Iterator[str]:
    """The texts in an element, without comments."""
    return (str(text) for text in element.itertext(etree.Element))


def add_text(element: etree._Element, text: str) -> None:
    """Append `text` after all that is in the element."""
    if text and len(element):
        element[-1].tail = (element[-1].tail or "") + text
    elif text:
        element.text = (element.text or "") + text
