"""ODT, ODS, ODP and ODG. ISO/IEC 26300.

A cleaned copy is built anew from the elements and attributes in `tables.txt`: text, sheets, slides,
drawings and how they look. Changes are accepted, formulas become their values, fields their text.
"""

from collections.abc import Iterator

from lxml import etree

from ...results import Finding, NotCleanable, WorkerLimits
from ...xml_tree import parse, serialise, text_of
from .. import embedded
from ..allow_list.rebuild import Told
from ..zip_container import ZipContainer, unlocked, written
from . import forms, frames, manifest, properties
from .hidden import Hidden
from .names import Names
from .package import NAMESPACES, Package
from .parts import Rebuilt

_PARTS = ("styles.xml", "content.xml")
_DRAFTS = {  # namespaces before the standard
    "http://www.w3.org/1999/XSL/Format": NAMESPACES["fo"],
    "http://www.w3.org/2000/svg": NAMESPACES["svg"],
}
_PARAGRAPHS = {"p", "h"}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = unlocked(data, limits)
    yield from parts.inspect_container()
    package = _rebuilt(parts, limits)
    yield from package.told.findings
    for name, part in package.kept.items():
        if name.endswith("content.xml"):
            yield from embedded.inspect_text(text_of(parse(part), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same text, sheets and slides. Raises NotCleanable if a part cannot be cleaned."""
    package = _rebuilt(unlocked(data, limits), limits)
    if package.told.why_not:
        raise NotCleanable(package.told.why_not)
    return written(manifest.with_manifest(package))


def _rebuilt(parts: ZipContainer, limits: WorkerLimits) -> Package:
    package, done = Package(parts, Told(), limits), 0
    names = Names(package.tables)
    rebuilt = Rebuilt(package, names, "")
    while done < len(package.objects):  # an object may have objects in it
        folder = list(package.objects)[done]
        rebuilt = Rebuilt(package, names, folder)
        _document(package, rebuilt, folder)
        done += 1
    manifest.tell(package)
    for name in sorted(package.left()):
        properties.tell_part(rebuilt, name, parts[name])
        package.told.add(embedded.inspect_left_out(parts[name], limits))
    return package


def _parse(data: bytes) -> etree._Element:
    for draft, uri in _DRAFTS.items():
        data = data.replace(f'"{draft}"'.encode(), f'"{uri}"'.encode())
    return parse(data, comments=True)


def _document(package: Package, rebuilt: Rebuilt, folder: str) -> None:
    """Rebuild one document of the package."""
    names = [name for name in _PARTS if folder + name in package.parts]
    roots = {name: _parse(package.parts[folder + name]) for name in names}
    rebuilt.prepare(roots.values())
    hidden = Hidden(rebuilt, rebuilt.styles)
    for root in roots.values():
        hidden.remove(root)
        forms.replace(root, package.tables)
        frames.simplify(root, package, folder)
        rebuilt.prepare_sheets(root)
    rebuilt.prepare(roots.values())  # without the styles of what was hidden
    for name, root in roots.items():
        package.kept[package.objects[folder] + name] = serialise(rebuilt.rebuild(root))
