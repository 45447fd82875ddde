"""Pictures, recordings and documents inside a document: inspected, cleaned, cropped."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO

from PIL import Image

from ..formats import clean_inside, format_of, inspect_inside
from ..media import images, pixels
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from ..text.pii import find_pii
from .zip_container import ZipContainer

Edges = tuple[float, float, float, float]  # left, top, right, bottom: parts of width and height
_DOTS_PER_INCH = 96.0  # of a picture that does not say it
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


def cleaned(data: bytes, limits: WorkerLimits) -> bytes:
    """A cleaned copy, perhaps in another format. Raises NotCleanable."""
    if format_of(data).is_image:  # the document rotates its pictures itself
        return images.clean(data, limits, upright=False)
    if format_of(data).why_not:  # the reason says what is known about the part, not the document
        raise NotCleanable(Reason.FORMAT)
    return clean_inside(data, limits.nested())


def inches(data: bytes) -> tuple[float, float]:
    """Width and height of a picture as documents reckon it. Raises NotCleanable if it is none."""
    if not format_of(data).is_image:
        raise NotCleanable(Reason.FORMAT)
    picture = Image.open(BytesIO(data), formats=images.FORMATS)
    dots = (*picture.info.get("dpi", ()), 0, 0)
    across, down = (float(n) if n and n > 1 else _DOTS_PER_INCH for n in dots[:2])
    return picture.width / across, picture.height / down


def cropped(data: bytes, limits: WorkerLimits, edges: Edges) -> bytes:
    """The cleaned picture without its `edges`; at least one pixel is left."""
    picture = Image.open(BytesIO(images.clean(data, limits, upright=False)))
    left, top, right, bottom = edges
    columns, rows = _kept(left, right, picture.width), _kept(top, bottom, picture.height)
    shown = picture.crop((columns[0], rows[0], columns[1], rows[1]))
    return pixels.encode(shown, picture.format or "PNG")


def _kept(before: float, after: float, size: int) -> tuple[int, int]:
    """The pixels left of `size`, at least one, without those before and after."""
    start = min(round(before * size), size - 1)
    return start, max(round((1 - after) * size), start + 1)


def inspect_left_out(data: bytes, limits: WorkerLimits) -> list[Finding]:
    """What a part reveals that a cleaned copy does not have."""
    found: list[Finding] = []
    if data.lstrip()[:1] == b"<":  # the reader of the document tells about its XML
        return found
    with suppress(Exception):  # a damaged part is told as far as it was read, and left out
        found.extend(replace(f, stays=False) for f in inspect_inside(data, limits.nested()))
    return found


def inspect_text(text: str) -> Iterator[Finding]:
    """What the text of a document reveals. It is content, so it stays."""
    for finding in find_pii(text)[:_TEXT_FINDINGS_MAX]:
        yield Finding(finding.kind, finding.detail, stays=True)


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]
