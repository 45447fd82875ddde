"""Pictures, recordings and documents inside a document: looked into, and cleaned in their place."""

import re
from collections.abc import Iterable, Iterator

from .documents.zip_container import ZipContainer
from .formats import clean_inside, format_of, inspect_inside
from .media import images
from .results import Finding, FindingKind, WorkerLimits, make_finding
from .text.pii import find_pii

_TEXT_FINDINGS_MAX = 40  # findings in the text of one document


def inspect(parts: ZipContainer, names: Iterable[str], limits: WorkerLimits) -> Iterator[Finding]:
    """What the parts `names` give away, each by its own format."""
    for name in names:
        format_ = format_of(parts[name])
        if format_.is_image:
            yield from inspect_inside(parts[name], limits)
        elif format_.why_not or not format_.reader:
            yield Finding(FindingKind.ATTACHMENT, _base_name(name), stays=True)
        else:
            yield make_finding(FindingKind.ATTACHMENT, _base_name(name), stays=True)
            yield from inspect_inside(parts[name], limits.nested())


def clean(parts: ZipContainer, names: Iterable[str], limits: WorkerLimits) -> None:
    """Puts cleaned copies where the parts `names` are, if they keep their format."""
    for name in names:
        format_ = format_of(parts[name])
        if format_.is_image and format_.name != "bmp":
            # The document turns its pictures itself.
            parts[name] = images.clean(parts[name], limits, upright=False)
        elif format_.reader and not format_.why_not:
            parts[name] = clean_inside(parts[name], limits.nested())


def inspect_text(text: str) -> Iterator[Finding]:
    """What the text of a document gives away. It is content, so it stays."""
    for finding in find_pii(text)[:_TEXT_FINDINGS_MAX]:
        yield Finding(finding.kind, finding.detail, stays=True)


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]
