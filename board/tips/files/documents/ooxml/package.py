"""Builds the copy of a document part by part, from its main part along its relationships."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from ...formats import format_of
from ...results import FindingKind, NotCleanable, Reason
from ...xml_tree import Damaged, parse, serialise
from ..zip_container import ZipContainer
from . import opc
from .copier import Copier
from .names import full, short
from .opc import EXTENSIONS, FAMILIES, Family, content_types
from .told import Told
from .values import Values

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")  # of ISO 29500 Strict
_COMMENT = re.compile(rb"<!--(.*?)-->|<\?(?!xml )(.*?)\?>", re.S)


@dataclass
class Page:
    """One part of the source while it is copied."""

    name: str
    kind: str  # of the relationship that leads to it
    root: etree._Element
    relations: dict[str, opc.Relation]
    package: "Package"

    @property
    def told(self) -> Told:
        return self.package.told

    def target(self, element: etree._Element, attribute: str = "r:id") -> str | None:
        """The part an element refers to."""
        relation = self.relations.get(element.get(full(attribute)) or "")
        return relation.target if relation and not relation.is_outside else None


Prepare = Callable[[Page], None]


@dataclass
class Package:
    """The copy: `written` parts by name; `pictures`: name → (part of the source, cropped edges).

    `refused`: why the copy cannot be offered, found on the way.
    """

    source: ZipContainer
    prepare: Prepare
    told: Told = field(default_factory=Told)
    written: dict[str, bytes] = field(default_factory=dict)
    pictures: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    refused: Reason | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    copied: dict[str, str | None] = field(default_factory=dict)  # part of the source → its copy
    kinds: dict[str, str] = field(default_factory=dict)  # part of the copy → its content type
    shown: set[str] = field(default_factory=set)  # layouts that slides use
    headings: dict[str, list[str]] = field(default_factory=dict)  # of the tables of spreadsheets
    drawings: dict[str, str] = field(default_factory=dict)  # data of a diagram → relationship
    used_strings: dict[int, int] = field(default_factory=dict)  # number → that in the copy
    notes: set[tuple[str, str | None]] = field(
        default_factory=set
    )  # (kind, id) of those referred to
    _related: dict[str, etree._Element | None] = field(default_factory=dict)

    def build(self) -> None:
        """Copy the whole document. Raises Damaged or NotCleanable if there is no main part."""
        main = opc.main_part(self.source)
        self.main = self.tree(main)
        family = FAMILIES.get(short(str(self.main.tag)))
        if family is None:
            raise NotCleanable(Reason.FORMAT)
        self.family: Family = family
        name = self.part(main, family.main)
        if name is None:
            raise Damaged("main part")
        self.written["_rels/.rels"] = opc.write({"rId1": ("officeDocument", name)})
        self.written["[Content_Types].xml"] = content_types(self.kinds, self.pictures)

    def related(self, kind: str) -> etree._Element | None:
        """The XML of the part of that kind that the main part names, read once for all parts."""
        if kind not in self._related:
            self._related[kind] = self._main_related(kind)
        return self._related[kind]

    def _main_related(self, kind: str) -> etree._Element | None:
        for relation in opc.read(self.source, opc.main_part(self.source)).values():
            if relation.kind == kind and relation.target in self.source:
                return self.tree(relation.target)
        return None

    def tree(self, name: str) -> etree._Element:
        """The XML of a part of the source; comments in it are told."""
        data = self.source[name]
        for match in _COMMENT.finditer(data):
            words = (match[1] or match[2] or b"").decode("utf-8", "replace")
            self.told.word("XML", words, FindingKind.COMMENTS)
        return parse(_STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data))

    def part(self, name: str, kind: str) -> str | None:
        """The name of the copy of a part, made now if it is the first time; None if not kept."""
        if name not in self.copied and name in self.source and kind in self.family.kinds:
            new = self._new_name(kind)
            self.copied[name], self.kinds[new] = new, self.family.kinds[kind]
            page = Page(name, kind, self.tree(name), opc.read(self.source, name), self)
            self.prepare(page)
            self._copy(page, new)
        return self.copied.get(name)

    def _new_name(self, kind: str) -> str:
        type_ = self.family.kinds[kind]
        count = sum(1 for other in self.kinds.values() if other == type_) + 1
        return f"{self.family.folder}/{kind}{count if kind != self.family.main else ''}.xml"

    def _copy(self, page: Page, new: str) -> None:
        links = Links(page)
        root = Copier(self.told, Values(self.aliases), links.kept).copy(page.root)
        if root is None:
            raise Damaged(page.name)
        for kind in self.family.implied.get(page.kind, ()):
            links.imply(kind)
        self.written[new] = serialise(root)
        if links.made:
            self.written[opc.file_of(new)] = opc.write(links.made)

    def picture(self, name: str, cropped: str | None) -> str | None:
        """The name of the copy of a picture; each way to crop it is a picture of its own."""
        if name not in self.source:
            return None
        for new, known in self.pictures.items():
            if known == (name, cropped):
                return new
        number, extension = len(self.pictures) + 1, self._extension(name)
        new = f"{self.family.folder}/media/image{number}.{extension}"
        self.copied.setdefault(name, new)
        self.pictures[new] = (name, cropped)
        return new

    def _extension(self, name: str) -> str:
        """The extension of the cleaned picture; without one the copy cannot be offered."""
        extension = EXTENSIONS.get(format_of(self.source[name]).name)
        if extension is None:
            self.refused = Reason.FORMAT
            self.told.remains(FindingKind.ATTACHMENT, name.rpartition("/")[2])
        return extension or "bin"


class Links:
    """The relationships of one part of the copy, numbered in the order of their use."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.made: dict[str, tuple[str, str]] = {}

    def kept(self, number: str, cropped: str | None) -> str | None:
        """The new id of a relationship; None if the copy does not have its target."""
        relation = self._page.relations.get(number)
        if relation is None:
            self._page.told.word("id", number)
            return None
        if relation.is_outside:
            self._page.told.word("Target", relation.target)
            return None
        return self._add(relation, cropped)

    def imply(self, kind: str) -> None:
        """Keep the relationships of a kind that no element names."""
        for relation in self._page.relations.values():
            if relation.kind == kind and not relation.is_outside:
                self._add(relation, None)

    def _add(self, relation: opc.Relation, cropped: str | None) -> str | None:
        package = self._page.package
        if relation.kind == "diagramData":
            self._add_diagram(relation.target)
        if relation.kind == "image":
            new = package.picture(relation.target, cropped)
        else:
            new = package.part(relation.target, relation.kind)
        return None if new is None else self._number((relation.kind, new))

    def _number(self, made: tuple[str, str]) -> str:
        for number, other in self.made.items():
            if other == made:
                return number
        number = f"rId{len(self.made) + 1}"
        self.made[number] = made
        return number

    def _add_diagram(self, data: str) -> None:
        """Keep the drawing of a diagram: its data names it by a relationship of this part."""
        package = self._page.package
        if data not in package.source:
            return
        for extension in package.tree(data).iter(full("dsp:dataModelExt")):
            number = self.kept(extension.get("relId") or "", None)
            if number:
                package.drawings[data] = number
