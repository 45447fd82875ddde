"""A whole DOCX, XLSX or PPTX: inspected and cleaned. ECMA-376."""

import re
from collections.abc import Iterator

from ...media import images
from ...results import Finding, NotCleanable, WorkerLimits
from ...xml_tree import parse, text_of
from .. import embedded
from ..zip_container import ZipContainer, written
from . import left_out, presentation, spreadsheet
from .package import Package, Page
from .word import wordprocessing

_TEXT = (
    r"(word/(document|header\d*|footer\d*|footnotes\d*|endnotes\d*)"
    r"|ppt/slide\d+|xl/(worksheet|sharedStrings)\d+)\.xml"
)
_PARAGRAPHS = {"p", "is", "si"}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    """Everything that the cleaned copy leaves out, and the personal data in the text."""
    parts = ZipContainer(data, limits)
    yield from parts.inspect_container()
    for name in parts.matching(r"docProps/[^/]*\.xml"):
        yield from left_out.properties(parse(parts[name]))
    package = Package(parts, _prepare)
    try:
        package.build()
    finally:  # what was found before the damage is told, too
        yield from package.told.findings()
    yield from left_out.inspect(package, limits)
    yield from _shown(package, limits)


def _shown(package: Package, limits: WorkerLimits) -> Iterator[Finding]:
    """What pictures and text reveal, which the copy has."""
    pictures = dict.fromkeys(source for source, _ in package.pictures.values())
    yield from embedded.inspect(package.source, pictures, limits)
    for name, part in package.written.items():
        if re.fullmatch(_TEXT, name):
            yield from embedded.inspect_text(text_of(parse(part), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same text, sheets and slides. Raises NotCleanable if a part cannot be cleaned."""
    package = Package(ZipContainer(data, limits), _prepare)
    package.build()
    if package.refused:
        raise NotCleanable(package.refused)
    for name, (source, cropped) in package.pictures.items():
        package.written[name] = _picture(package.source[source], cropped, limits)
    return written(package.written)


def _picture(data: bytes, cropped: str | None, limits: WorkerLimits) -> bytes:
    """The cleaned picture without its cropped edges. The document rotates its pictures itself."""
    if cropped is None:
        return images.clean(data, limits, upright=False)
    left, top, right, bottom = (float(edge) for edge in cropped.split(","))
    return embedded.cropped(data, limits, (left, top, right, bottom))


def _prepare(page: Page) -> None:
    families = {"word": wordprocessing, "xl": spreadsheet, "ppt": presentation}
    families[page.package.family.folder].prepare(page)
