"""One document of an OpenDocument package, rebuilt: the main one, or an object in it."""

import re
from collections.abc import Callable, Iterable

from lxml import etree

from ...results import FindingKind
from ..allow_list.fonts import is_usual
from ..allow_list.rebuild import Fate, Rebuilder
from .names import Names, decoded
from .package import Package
from .styles import Styles

_ATTRIBUTE_KINDS = {
    "xlink:href": FindingKind.LINK,
    "xlink:title": FindingKind.TITLE,
    **dict.fromkeys(
        ("table:formula", "text:formula", "text:condition", "office:string-value"),
        FindingKind.HIDDEN,
    ),
    **dict.fromkeys(("draw:name", "table:name", "text:name", "style:name"), FindingKind.TITLE),
    **dict.fromkeys(("office:title", "style:display-name", "draw:display-name"), FindingKind.TITLE),
}
_CLICKED = ("text:a", "draw:a")
_ADDRESS = re.compile(r"https?://|mailto:|tel:", re.I)
_CELLS = re.compile(r"(?:\$?(?:'((?:[^']|'')*)'|([^.' :]+)))?\.\$?[A-Z]{0,3}\$?\d{0,7}")
_CONDITION = re.compile(r"value\(\)(?:[<>=!]{1,2}-?[\d.]+)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}|[A-Z]{2,3}|[A-Z][a-z]{3}|none")
_OF_LANGUAGE = re.compile(r"[a-z]+:(transliteration-)?(language|country|script|currency)(-[a-z]+)?")
_NAMES = ("style:display-name", "draw:display-name", "table:name", "text:name", "text:id")
_PLACEHOLDERS = {f"<{word}>" for word in ("number", "header", "footer", "date/time", "번호")}
_PATTERNS = {
    "style:condition": _CONDITION,
    "draw:type": re.compile(r"ooxml-[A-Za-z]{2,30}\d?|mso-spt\d{1,3}"),
}
_WORD = re.compile(r"[^\W\d_]{4,}")
_NAME_OF_EQUATION = re.compile(r"f\d{1,4}")


class Rebuilt(Rebuilder):
    """The rules of OpenDocument."""

    def __init__(self, package: Package, names: Names, folder: str) -> None:
        super().__init__(package.tables, package.told)
        self._package, self._names, self._folder = package, names, folder
        self.styles = Styles((), self.tables)
        self._special: dict[str, Callable[[etree._Element, str], str | None]] = {
            "xlink:href": self._href,
            "style:display-name": self._display_name,
            "style:condition": lambda _, value: value if _CONDITION.fullmatch(value) else None,
            "table:name": self._table_name,
            "text:name": self._section_name,
        }

    def prepare(self, roots: Iterable[etree._Element]) -> None:
        self.styles = Styles(roots, self.tables)

    def prepare_sheets(self, root: etree._Element) -> None:
        """Names of the sheets that stay; tables of a text have no name that is shown."""
        spaces = self.tables.namespaces
        for body in root.iter(f"{{{spaces['office']}}}spreadsheet"):
            for table in body.iterchildren(f"{{{spaces['table']}}}table"):
                self._package.sheets.add(table.get(f"{{{spaces['table']}}}name") or "")

    def fate(self, element: etree._Element, name: str) -> Fate | FindingKind:
        defined = self.styles.definition(element, name)
        if defined and defined not in self.styles.used:
            return FindingKind.HIDDEN
        if name in _CLICKED and not self._is_clicked(element):
            return Fate.UNWRAPPED
        if name == "style:map" and self._lacks_condition(element):
            return FindingKind.HIDDEN
        return super().fate(element, name)

    def value(self, element: etree._Element, name: str, value: str) -> str | None:
        if name in self._special:
            return self._special[name](element, value)
        if name in self.tables["names"]:
            return self._name(element, name, value)
        if name in self.tables["families"]:
            return self._family(value)
        if name in self.tables["shown"]:
            if _WORD.search(value):
                self.told.tell(FindingKind.HIDDEN, value, stays=True)
            return value
        if name in self.tables["addresses"]:
            return value if self._is_inside(value) else None
        return value if name in self.tables["values"] and not self.is_free(name, value) else None

    def kind(self, name: str) -> FindingKind:
        return _ATTRIBUTE_KINDS.get(name, FindingKind.OTHER)

    def is_free(self, name: str, value: str) -> bool:
        if name.endswith("rsid"):
            self.told.tell(FindingKind.IDENTIFIER, "rsid")
            return False
        if name == "xlink:href":
            return self._is_telling(value) and not self._package.has(self._folder, value)
        if name in self.tables["families"]:
            return not is_usual(value)
        if _OF_LANGUAGE.fullmatch(name) and _LANGUAGE.fullmatch(value):
            return False
        if name in _PATTERNS and _PATTERNS[name].fullmatch(value):
            return False
        if name in self.tables["names"] or name in _NAMES:
            return super().is_free(name, value) and self._names.is_free(value)
        return (
            self._is_telling(value)
            and super().is_free(name, value)
            and not self._names.is_machine_made(value)
        )

    def words(self, element: etree._Element) -> list[str]:
        words = dict.fromkeys(decoded(word) for word in super().words(element))
        return [word for word in words if self._is_telling(word)]

    def _is_telling(self, word: str) -> bool:
        """Not only bullets, the address of shown cells, or what fills a slide master."""
        is_sign = not any(c.isalnum() for c in word)
        return not (is_sign or word in _PLACEHOLDERS or self._is_inside(word))

    def _name(self, element: etree._Element, name: str, value: str) -> str | None:
        if name == "draw:name" and self.tables.name(element.tag) == "draw:equation":
            return value if _NAME_OF_EQUATION.fullmatch(value) else None
        defines = self.styles.definition(element, self.tables.name(element.tag)) is not None
        is_target = name in ("draw:name", "xml:id", "presentation:name")
        if is_target and not defines and value not in self.styles.used:
            return None
        if self._names.is_free(value):
            self.told.tell(FindingKind.TITLE, decoded(value))
        return self._names.new(value)

    def _display_name(self, element: etree._Element, value: str) -> str | None:
        name = element.get(f"{{{self.tables.namespaces['style']}}}name") or ""
        return value if self._names.new(name) == name and decoded(name) == value else None

    def _table_name(self, element: etree._Element, value: str) -> str | None:
        return value if value in self._package.sheets else None

    def _section_name(self, element: etree._Element, value: str) -> str | None:
        if self.tables.name(element.tag) != "text:section":
            return None
        if self._names.is_free(value):
            self.told.tell(FindingKind.TITLE, value)
        return self._names.new(value)

    def _family(self, value: str) -> str:
        if is_usual(value):
            return value
        self.told.tell(FindingKind.TITLE, value.strip("'\""))
        return "sans-serif"

    def _is_inside(self, value: str) -> bool:
        """Whether these are addresses of cells in sheets that stay."""
        found = _CELLS.findall(value)
        rest = _CELLS.sub("", value).strip(" :")
        return not rest and all(
            (quoted or plain) in self._package.sheets for quoted, plain in found
        )

    def _lacks_condition(self, element: etree._Element) -> bool:
        key = f"{{{self.tables.namespaces['style']}}}condition"
        return not _CONDITION.fullmatch(element.get(key) or "")

    def _is_clicked(self, element: etree._Element) -> bool:
        href = element.get(f"{{{self.tables.namespaces['xlink']}}}href") or ""
        return _ADDRESS.match(href) is not None

    def _href(self, element: etree._Element, value: str) -> str | None:
        if self.tables.name(element.tag) in _CLICKED:
            self.told.tell(FindingKind.LINK, value, stays=True)
            return value
        if self.tables.name(element.tag) not in self.tables["loading"]:
            return None
        frame = element.getparent()
        clips = (
            self.styles.says(frame, kind, "fo:clip")
            for kind in ("draw:frame", "draw:frame of a slide")
            if frame is not None
        )
        return self._package.take(self._folder, value, next(filter(None, clips), ""))
