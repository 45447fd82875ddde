"""One XML part of a HWPX document, rebuilt."""

import re
from collections.abc import Callable

from lxml import etree

from ...results import Finding, FindingKind, Reason
from ...xml_tree import local
from ..allow_list.fonts import is_usual
from ..allow_list.rebuild import Fate, Rebuilder
from ..embedded import Edges
from .package import Package

_CHANGES = ("hp:deleteBegin", "hp:deleteEnd", "hp:insertBegin", "hp:insertEnd")
_FIELD_KINDS = {
    "MEMO": FindingKind.COMMENTS,
    **dict.fromkeys(("HYPERLINK", "PATH", "MAILMERGE", "CROSSREF"), FindingKind.LINK),
    **dict.fromkeys(("USER_INFO", "SUMMERY", "SUMMARY"), FindingKind.AUTHOR),
}
_ATTRIBUTE_KINDS = {
    **dict.fromkeys(("href", "path", "fullPath"), FindingKind.LINK),
    **dict.fromkeys(("name", "engName", "title", "groupName", "radioGroupName"), FindingKind.TITLE),
    "command": FindingKind.SCRIPT,
    "author": FindingKind.AUTHOR,
}
_USUAL_FACE = "함초롬바탕"
_EQUATION = re.compile(r"Equation Version \d{1,3}")
_NUMBERED = re.compile(r"n\d{1,5}")  # as a cleaned copy calls its styles
_SMALL = re.compile(r"\d{1,5}")  # ids of the head, by which all else refers to it
_CHARACTERS_MAX = 2  # of what is one character: a mark may follow it
_LEAST = 0.005  # of a picture's width: less is rounding


class Rebuilt(Rebuilder):
    """The rules of HWPX."""

    def __init__(self, package: Package) -> None:
        super().__init__(package.tables, package.told)
        self._package = package
        self._numbers: dict[str, str] = {"": "", "0": "0"}
        self._styles: dict[str, str] = {}
        self._special: dict[str, Callable[[etree._Element, str], str | None]] = {
            "binaryItemIDRef": self._picture,
            "idRef": self._master,
            "name": self._style,
            "engName": self._style,
            "version": self._version,
            "radioGroupName": self._group,
        }

    def fate(self, element: etree._Element, name: str) -> Fate | FindingKind:
        if name in _CHANGES:
            self.told.refuse(Reason.CHANGES)
            return FindingKind.REVISIONS
        if name in self.tables["refused"]:
            self.told.refuse(Reason.FORMAT)
            return FindingKind.ATTACHMENT
        if name == "hp:fieldBegin":
            return _FIELD_KINDS.get(element.get("type") or "", FindingKind.HIDDEN)
        if name in ("hp:text", "hp:t") and _is_masked(element):
            return FindingKind.HIDDEN
        return super().fate(element, name)

    def leave_out(self, kind: FindingKind, element: etree._Element) -> None:
        super().leave_out(kind, element)
        if kind is FindingKind.COMMENTS and not self.words(element):
            self.told.findings[Finding(kind)] = None

    def value(self, element: etree._Element, name: str, value: str) -> str | None:
        if name in self._special:
            return self._special[name](element, value)
        if name in self.tables["numbers"]:
            return self._number(element, value)
        if name in self.tables["faces"]:
            return self._face(value)
        if name in self.tables["shown"]:
            return self._shown(element, name, value)
        if self._is_dimension(element) and (dimension := self._dimension(element, name)):
            return dimension
        return value if name in self.tables["values"] and not self.is_free(name, value) else None

    def kind(self, name: str) -> FindingKind:
        return _ATTRIBUTE_KINDS.get(name.rpartition(":")[2], FindingKind.OTHER)

    def is_free(self, name: str, value: str) -> bool:
        if name in self.tables["faces"]:
            return not is_usual(value)
        if name in ("name", "engName"):
            return not self._is_usual_style(value)
        if name in ("binaryItemIDRef", "imageIDRef") and self._package.is_listed(value):
            return False
        return any(c.isalnum() for c in value) and super().is_free(name, value)

    def _number(self, element: etree._Element, value: str) -> str | None:
        if self.tables.name(element.tag).startswith("hh:"):
            return value if _SMALL.fullmatch(value) else None
        if self.is_free("id", value):
            self.told.tell(FindingKind.OTHER, value)
        return self._numbers.setdefault(value, str(len(self._numbers)))

    def _face(self, value: str) -> str:
        if is_usual(value):
            return value
        self.told.tell(FindingKind.OTHER, value)
        return _USUAL_FACE

    def _shown(self, element: etree._Element, name: str, value: str) -> str | None:
        is_one = name.rpartition(":")[2].lower().endswith("char")
        is_too_long = is_one and len(value) > _CHARACTERS_MAX
        return None if is_too_long or _is_masked(element) else value

    def _is_usual_style(self, value: str) -> bool:
        words = re.sub(r"[\d.()]+", " ", value).split()
        return bool(_NUMBERED.fullmatch(value)) or all(
            word in self.tables["known names"] for word in words
        )

    def _style(self, element: etree._Element, value: str) -> str | None:
        if self.tables.name(element.tag) != "hh:style":
            return None
        if self._is_usual_style(value):
            return value
        self.told.tell(FindingKind.TITLE, value)
        return self._named(value)

    def _group(self, element: etree._Element, value: str) -> str | None:
        if self.is_free("name", value):
            self.told.tell(FindingKind.TITLE, value)
        return self._named(value)

    def _named(self, value: str) -> str:
        return self._styles.setdefault(value, f"n{len(self._styles) + 1}")

    def _version(self, element: etree._Element, value: str) -> str | None:
        is_equation = _EQUATION.fullmatch(value) is not None
        return value if is_equation or not self.is_free("version", value) else None

    def _master(self, element: etree._Element, value: str) -> str | None:
        is_master = self.tables.name(element.tag) == "hp:masterPage"
        return value if is_master and re.fullmatch(r"masterpage\d+", value) else None

    def _picture(self, element: etree._Element, value: str) -> str | None:
        if self.tables.name(element.tag) not in ("hc:img", "hc:imgBrush"):
            return None
        return self._package.take(value, self._edges(element.getparent()))

    def _edges(self, picture: etree._Element | None) -> Edges | None:
        """What a picture's frame hides of it."""
        if picture is None:
            return None
        clip, size = _numbers(picture, "imgClip"), _numbers(picture, "imgDim")
        width, height = size.get("dimwidth", 0), size.get("dimheight", 0)
        if not clip or not width or not height:
            return None
        edges = (
            clip.get("left", 0) / width,
            clip.get("top", 0) / height,
            1 - clip.get("right", width) / width,
            1 - clip.get("bottom", height) / height,
        )
        left, top, right, bottom = (edge if edge > _LEAST else 0.0 for edge in edges)
        return (left, top, right, bottom) if any((left, top, right, bottom)) else None

    def _is_dimension(self, element: etree._Element) -> bool:
        parent = element.getparent()
        is_clip = self.tables.name(element.tag) in ("hp:imgClip", "hp:imgDim")
        return is_clip and self._edges(parent) is not None

    def _dimension(self, element: etree._Element, name: str) -> str | None:
        """The size of a cropped picture, which is shown as a whole."""
        parent = element.getparent()
        clip = _numbers(parent, "imgClip") if parent is not None else {}
        sizes = {
            **dict.fromkeys(("left", "top"), 0),
            **dict.fromkeys(
                ("right", "dimwidth"), clip.get("right", 0) - max(0, clip.get("left", 0))
            ),
            **dict.fromkeys(
                ("bottom", "dimheight"), clip.get("bottom", 0) - max(0, clip.get("top", 0))
            ),
        }
        return str(sizes[name]) if name in sizes else None


def _is_masked(element: etree._Element) -> bool:
    """Whether a form field shows other characters instead of this text. Programs differ in how
    exactly they read the name.
    """
    fields = (element, *element.iterancestors("{*}edit", "{*}comboBox"))
    return any(
        value and local(str(key)).lower() == "passwordchar"
        for field in fields
        for key, value in field.attrib.items()
    )


def _numbers(picture: etree._Element, name: str) -> dict[str, int]:
    found = next(picture.iterchildren(f"{{*}}{name}"), None)
    pairs = found.attrib.items() if found is not None else ()
    return {str(k): int(v) for k, v in pairs if re.fullmatch(r"-?\d{1,9}", str(v))}
