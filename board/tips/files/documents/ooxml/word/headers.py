"""Headers and footers of DOCX that no page shows. ECMA-376, 17.10."""

from lxml import etree

from ....results import FindingKind
from ....xml_tree import remove
from ..names import full
from ..package import Page
from .styles import OFF


def remove_unshown(page: Page) -> None:
    """Remove and tell those of first and of even pages where no section has such pages."""
    change = full("w:sectPrChange")
    sections = [
        section
        for section in page.root.iter(full("w:sectPr"))
        if next(section.iterancestors(change), None) is None
    ]
    has_even = _is_on(page.package.related("settings"), "evenAndOddHeaders")
    for name in ("headerReference", "footerReference"):
        for type_ in ("first", "even"):
            is_needed = False  # by a section from here on, which inherits it
            for section in reversed(sections):
                is_needed |= has_even if type_ == "even" else _is_on(section, "titlePg")
                own = [one for one in section.findall(full(f"w:{name}")) if _type(one) == type_]
                if own and not is_needed:
                    _remove(page, own)
                is_needed &= not own


def _type(reference: etree._Element) -> str | None:
    return reference.get(full("w:type"))


def _is_on(element: etree._Element | None, name: str) -> bool:
    switch = None if element is None else element.find(full(f"w:{name}"))
    return switch is not None and switch.get(full("w:val")) not in OFF


def _remove(page: Page, references: list[etree._Element]) -> None:
    for reference in references:
        target = page.target(reference)
        if target and target in page.package.source:
            page.told.element(page.package.tree(target), FindingKind.HIDDEN)
        remove(reference)
