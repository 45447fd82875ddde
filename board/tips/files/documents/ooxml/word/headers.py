"""Headers and footers of DOCX that no page shows. ECMA-376, 17.10."""

from lxml import etree

from ....results import FindingKind
from ....xml_tree import remove
from ..names import full
from ..package import Page
from .styles import is_on


def remove_unshown(page: Page) -> None:
    """Remove and report headers and footers of first or even pages that no section has."""
    change = full("w:sectPrChange")
    sections = [
        section
        for section in page.root.iter(full("w:sectPr"))
        if next(section.iterancestors(change), None) is None
    ]
    settings = page.package.related("settings")
    has_even = settings is not None and is_on(settings.find(full("w:evenAndOddHeaders")))
    for name in ("headerReference", "footerReference"):
        for type_ in ("first", "even"):
            is_needed = False  # by a section from here on, which inherits it
            for section in reversed(sections):
                is_needed |= has_even if type_ == "even" else is_on(section.find(full("w:titlePg")))
                own = [one for one in section.findall(full(f"w:{name}")) if _type(one) == type_]
                if own and not is_needed:
                    _remove(page, own)
                is_needed &= not own


def _type(reference: etree._Element) -> str | None:
    return reference.get(full("w:type"))


def _remove(page: Page, references: list[etree._Element]) -> None:
    for reference in references:
        target = page.target(reference)
        if target and target in page.package.source:
            page.told.element(page.package.tree(target), FindingKind.HIDDEN)
        remove(reference)
