"""HWPX, the open document format of Hangul. KS X 6101 (OWPML).

A cleaned copy is built anew from the elements and attributes in `tables.txt`: pages and how they
look. Fields become their text. Tracked changes cannot be accepted: the deleted text would have to
be found between two marks anywhere in the document.
"""

from collections.abc import Iterator

from ...results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits
from ...xml_tree import parse, serialise, text_of
from .. import embedded
from ..allow_list.rebuild import Told
from ..zip_container import ZipContainer, unlocked, written
from . import fields, properties, shapes
from .package import HEAD, Package
from .parts import Rebuilt

_PARAGRAPHS = {"p"}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = unlocked(data, limits)
    yield from parts.inspect_container()
    package = _rebuilt(parts, limits)
    yield from package.told.findings
    for name in package.sections:
        yield from embedded.inspect_text(text_of(parse(package.kept[name]), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same pages. Raises NotCleanable(CHANGES) if there are tracked changes."""
    package = _rebuilt(unlocked(data, limits), limits)
    if package.told.why_not:
        raise NotCleanable(package.told.why_not)
    return written(package.all_parts())


def _rebuilt(parts: ZipContainer, limits: WorkerLimits) -> Package:
    package = Package(parts, Told(), limits)
    if package.has_unlisted_sections():
        package.told.refuse(Reason.FORMAT)
    rebuilt = Rebuilt(package)
    roots = {name: parse(parts[name], comments=True) for name in package.documents()}
    for name, root in roots.items():
        fields.remove_values(root, rebuilt)
        for text in shapes.unseen(root, roots.get(HEAD)):
            package.told.tell(FindingKind.HIDDEN, text, stays=True)
        package.kept[name] = serialise(rebuilt.rebuild(root))
    for name in sorted(package.left()):
        properties.tell_part(rebuilt, name, parts[name])
        package.told.add(embedded.inspect_left_out(parts[name], limits))
    return package
