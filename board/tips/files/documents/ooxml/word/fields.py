"""Fields of DOCX: only their results stay, and the numbers of pages."""

import re
from dataclasses import dataclass, field

from lxml import etree

from ....results import FindingKind
from ....xml_tree import remove, unwrap
from ..names import full
from ..package import Page

_NUMBERS = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b", re.I)


@dataclass
class Field:
    """A field that was begun: the elements of its code, and whether its result has begun."""

    marks: list[etree._Element] = field(default_factory=list)
    code: list[etree._Element] = field(default_factory=list)
    is_result: bool = False


def keep_results(page: Page) -> None:
    """Remove the codes of fields, and what a reader never sees because it belongs to a code."""
    for simple in list(page.root.iter(full("w:fldSimple"))):
        _keep_simple(page, simple)
    begun: list[Field] = []
    for run in list(page.root.iter(full("w:r"))):
        for child in list(run):
            _read(page, begun, child)
    for each in begun:
        _end(page, each)
    for code in list(page.root.iter(full("w:instrText"))):
        if not _NUMBERS.match(code.text or ""):
            page.told.word("instr", code.text or "")
            remove(code)


def _read(page: Page, begun: list[Field], child: etree._Element) -> None:
    """Read one element of a run."""
    if child.tag == full("w:fldChar"):
        _follow(page, begun, child)
    elif child.tag == full("w:instrText") and begun:
        begun[-1].code.append(child)
    elif child.tag != full("w:rPr") and any(not each.is_result for each in begun):
        page.told.element(child, FindingKind.HIDDEN)
        remove(child)


def _keep_simple(page: Page, simple: etree._Element) -> None:
    code = simple.get(full("w:instr")) or ""
    page.told.word("instr", code)
    if match := _NUMBERS.match(code):
        simple.set(full("w:instr"), f" {match[1].upper()} ")
    else:
        unwrap(simple)


def _follow(page: Page, begun: list[Field], mark: etree._Element) -> None:
    """Take one of the three marks of a field into account."""
    kind = mark.get(full("w:fldCharType"))
    if kind == "begin":
        begun.append(Field())
    if not begun:
        return
    begun[-1].marks.append(mark)
    begun[-1].is_result |= kind == "separate"
    if kind == "end":
        _end(page, begun.pop())


def _end(page: Page, ended: Field) -> None:
    code = "".join(element.text or "" for element in ended.code)
    match = _NUMBERS.match(code)
    page.told.word("instr", code)
    if match and ended.is_result:
        ended.code[0].text = f" {match[1].upper()} "
        gone = ended.code[1:]
    else:
        gone = [*ended.code, *ended.marks]
    for element in gone:
        for child in element:
            page.told.element(child)
        remove(element)
