"""Pictures, recordings and documents inside a document: inspected, and cleaned in place."""

import re
from collections.abc import Iterable, Iterator

from .documents.zip_container import ZipContainer
from .formats import clean_inside, format_of, inspect_inside
from .media import images
from .results import Finding, FindingKind, WorkerLimits, make_finding
from .text.pii import find_pii

_TEXT_FINDINGS_MAX = 40  # findings in the text of one document


def inspect(parts: ZipContainer, names: Iterable[str], limits: WorkerLimits) -> Iterator[Finding]:
    """What the parts `names` reveal, each by its own format."""
    for name in names:
        part_format = format_of(parts[name])
        if part_format.is_image:
            yield from inspect_inside(parts[name], limits)
        elif part_format.why_not or not part_format.reader:
            yield Finding(FindingKind.ATTACHMENT, _base_name(name), stays=True)
        else:
            yield make_finding(FindingKind.ATTACHMENT, _base_name(name), stays=True)
            yield from inspect_inside(parts[name], limits.nested())


def clean(parts: ZipContainer, names: Iterable[str], limits: WorkerLimits) -> None:
    """Replace the parts `names` by cleaned copies, if they keep their format."""
    for name in names:
        part_format = format_of(parts[name])
        if part_format.is_image and part_format.name != "bmp":
            # The document rotates its pictures itself.
            parts[name] = images.clean(parts[name], limits, upright=False)
        elif part_format.reader and not part_format.why_not:
            parts[name] = clean_inside(parts[name], limits.nested())


def inspect_text(text: str) -> Iterator[Finding]:
    """What the text of a document reveals. It is content, so it stays."""
    for finding in find_pii(text)[:_TEXT_FINDINGS_MAX]:
        yield Finding(finding.kind, finding.detail, stays=True)


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]
