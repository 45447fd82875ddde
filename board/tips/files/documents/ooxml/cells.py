"""Cells of XLSX: which are seen, and what they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ...results import FindingKind, Reason
from ...xml_tree import remove
from .names import full
from .package import Package, Page

COLUMNS_MAX = 16_384
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
# Of a formula: functions and references, which tell nothing.
_CALCULATION = re.compile(r"[A-Z][A-Z0-9.]*\(|\$?[A-Z]{1,3}\$?\d+|TRUE|FALSE|_xlfn\.")
_HEIGHT_MIN, _WIDTH_MIN = 2, 0.4  # points, and digits: in less, nobody can read anything
_TRUE = ("1", "true")
_VALUE, _FORMULA = full("x:v"), full("x:f")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def has(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def area(reference: str) -> Area | None:
    """The area of a reference such as A1:C9."""
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    first, last = corners[0], corners[-1]
    if first is None or last is None:
        return None
    return Area(int(first[2]), _column(first[1]), int(last[2]), _column(last[1]))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


@dataclass(slots=True)
class Hidden:
    """What a reader of a sheet does not see."""

    rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)  # begin of merged cells
    merged: list[Area] = field(default_factory=list)

    def covers(self, row: int, column: int) -> bool:
        return row in self.rows or any(low <= column <= high for low, high in self.columns)

    def hides(self, row: int, column: int) -> bool:
        """Whether a cell is hidden, or merged into another one."""
        if (row, column) in self.seen:
            return False
        return self.covers(row, column) or any(area.has(row, column) for area in self.merged)


def keep_shown(page: Page) -> None:
    """Remove hidden cells; replace formulas by what they show."""
    hidden = _hidden(page.root)
    unseen = _unseen_formats(page.package)
    for row, column, cell in _cells(page.root):
        if hidden.hides(row, column) or cell.get("s") in unseen:
            _remove(page, row, column, cell)
        elif len(cell):
            _keep_value(page, cell)


def _cells(root: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
    """The cells of a sheet with their row and column; places that were left out are written."""
    number = 0
    for row in root.iter(full("x:row")):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        column = 0
        for cell in list(row.iterchildren(full("x:c"))):
            match = _REFERENCE.fullmatch(cell.get("r") or "")
            column = _column(match[1]) if match else column + 1
            if not match:
                cell.set("r", f"{_letters(column)}{number}")
            yield number, column, cell


def _letters(column: int) -> str:
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def _hidden(root: etree._Element) -> Hidden:
    hidden = Hidden(_hidden_rows(root))
    for column in root.iter(full("x:col")):
        if column.get("hidden") in _TRUE or _is_below(_WIDTH_MIN, column.get("width")):
            hidden.columns.append((int(column.get("min") or 0), int(column.get("max") or 0)))
    for merged in root.iter(full("x:mergeCell")):
        place = area(merged.get("ref") or "")
        if place:
            hidden.merged.append(place)
            if not hidden.covers(place.bottom, place.right):
                hidden.seen.add((place.top, place.left))
    return hidden


def _hidden_rows(root: etree._Element) -> set[int]:
    default = root.find(full("x:sheetFormatPr"))
    are_hidden = default is not None and default.get("zeroHeight") in _TRUE
    hidden, number = set(), 0
    for row in root.iter(full("x:row")):
        number = int(row.get("r") or number + 1)
        is_default = are_hidden and row.get("ht") is None and row.get("hidden") is None
        if row.get("hidden") in _TRUE or _is_below(_HEIGHT_MIN, row.get("ht")) or is_default:
            hidden.add(number)
    return hidden


def _is_below(least: float, size: str | None) -> bool:
    return size is not None and float(size) < least


def _unseen_formats(package: Package) -> set[str | None]:
    """The numbers of cell formats that show nothing: ;;; ."""
    root = package.related("styles")
    if root is None:
        return set()
    formats = root.iter(full("x:numFmt"))
    empty = {each.get("numFmtId") for each in formats if _shows_nothing(each.get("formatCode"))}
    xfs = root.findall(f"{full('x:cellXfs')}/{full('x:xf')}")
    return {str(number) for number, xf in enumerate(xfs) if xf.get("numFmtId") in empty}


def _shows_nothing(code: str | None) -> bool:
    return bool(re.fullmatch(r"\s*(\"\"|\s)*;(\"\"|[\s;])*", code or ""))


def _remove(page: Page, row: int, column: int, cell: etree._Element) -> None:
    if len(cell):
        page.told.note(FindingKind.HIDDEN, "cells", f"R{row}C{column}")
        page.told.element(cell, FindingKind.HIDDEN)
    remove(cell)


def _keep_value(page: Page, cell: etree._Element) -> None:
    value = cell.find(_VALUE)
    for formula in cell.findall(_FORMULA):
        if re.search(r"[^\W\d_]", _CALCULATION.sub("", formula.text or "")):
            page.told.word("formula", formula.text or "", FindingKind.LINK)
        cell.remove(formula)
        if value is None:  # the program that wrote it did not calculate it
            page.package.refused = Reason.FORMAT
    if value is not None and cell.get("t") == "s":
        used = page.package.used_strings
        value.text = str(used.setdefault(int(value.text or 0), len(used)))


def keep_used_strings(page: Page) -> None:
    """Keep the shared strings that visible cells show, in the order of their use."""
    strings = list(page.root)
    for number, string in enumerate(strings):
        page.root.remove(string)
        if number not in page.package.used_strings:
            page.told.element(string, FindingKind.HIDDEN)
    page.root.extend(strings[number] for number in page.package.used_strings)


def texts(page: Page) -> dict[tuple[int, int], str]:
    """The text of the cells that hold text: (row, column) → text."""
    shared = {new: old for old, new in page.package.used_strings.items()}
    related = page.package.related("sharedStrings")
    strings = [] if related is None else list(related)  # lxml counts from the start for each
    found: dict[tuple[int, int], str] = {}
    for row, column, cell in _cells(page.root):
        text: etree._Element | None = cell
        if cell.get("t") == "s" and related is not None:
            text = strings[shared[int(cell.findtext(_VALUE) or 0)]]
        if text is not None and cell.get("t") in ("s", "inlineStr"):
            found[row, column] = _written(text)
    return found


def _written(text: etree._Element) -> str:
    """The text without how it is pronounced, which is not shown."""
    runs = text.iter(full("x:t"))
    return "".join(run.text or "" for run in runs if not _is_spoken(run))


def _is_spoken(run: etree._Element) -> bool:
    parent = run.getparent()
    return parent is not None and parent.tag == full("x:rPh")
