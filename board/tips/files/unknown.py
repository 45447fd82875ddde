"""Files of formats that nobody here takes apart: only what can be read in their bytes is told."""

from collections.abc import Iterator

from .media import xmp
from .readable import words
from .results import Finding, WorkerLimits
from .text.pii import TEXT_MAX, find_pii


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    for packet in xmp.packets_in(data):
        yield from xmp.inspect(packet)
    if data[:4] in (b"II*\0", b"MM\0*"):
        yield from _camera_findings(data)
    text = "\n".join(words(data))[:TEXT_MAX]
    for finding in find_pii(text):
        yield Finding(finding.kind, finding.detail, stays=True)


def _camera_findings(data: bytes) -> Iterator[Finding]:
    from PIL import Image  # noqa: PLC0415 - the library is loaded for such files only

    from .media import exif  # noqa: PLC0415

    facts = Image.Exif()
    facts.load(b"Exif\0\0" + data)
    yield from exif.inspect(facts)
