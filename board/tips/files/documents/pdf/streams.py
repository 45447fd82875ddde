"""What the streams of a PDF reveal: metadata, files, pictures, profiles, scripts, comments."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from pikepdf import Array, Name, Object, PdfError, StreamDecodeLevel

from ...formats import inspect_inside
from ...media import icc, xmp
from ...readable import first_readable
from ...results import Finding, FindingKind, WorkerLimits, make_finding
from . import syntax
from .objects import Place, Texts, walk
from .opening import Deadline

_TEXTS = {
    "/JS": FindingKind.SCRIPT,
    "/XFA": FindingKind.HIDDEN,
    "/RC": FindingKind.COMMENTS,
    "/RV": FindingKind.HIDDEN,
    "/Private": FindingKind.OTHER,
}
_FONTS = {"/FontFile", "/FontFile2", "/FontFile3", "/ToUnicode"}
_CMAP = b"begincmap"  # from codes of a font to letters
_NAMESPACES = re.compile(rb"xmlns:\w+=(\"[^\"]*\"|'[^']*')|<\?.*?\?>", re.S)
_XMP_TEXT = re.compile(rb"<!--(.*?)-->|>([^<>]+)(?=<)|=\"([^\"]*)\"|='([^']*)'", re.S)
_TAGS = re.compile(r"<[^>]*>")


class StreamReader:
    """Findings about the streams of one document."""

    def __init__(self, texts: Texts, limits: WorkerLimits, deadline: Deadline) -> None:
        self._texts, self._limits, self._deadline = texts, limits, deadline

    def inspect(self, place: Place) -> Iterator[Finding]:
        """What one stream reveals: nothing, if it cannot be unpacked."""
        with suppress(PdfError):
            yield from self._findings(place.key, place.value)

    def inspect_unused(self, stream: Object) -> Iterator[Finding]:
        """What a stream says that nothing leads to: a page deleted, a text replaced."""
        with suppress(PdfError):
            content = stream.read_bytes()
            strings = [] if _CMAP in content else list(syntax.strings_in(content))
            if stream.get(Name.Type) != Name.ObjStm:  # a page writes a word in pieces
                strings = [" ".join(strings)]
            for string in strings:
                yield from self._texts.tell(string, FindingKind.REVISIONS)

    def _findings(self, key: str, stream: Object) -> Iterator[Finding]:
        if stream.get(Name.Subtype) == Name.Image:
            return _image(key, stream, self._limits)
        kind, data = str(stream.get(Name.Type)), stream.read_bytes()
        if "/Metadata" in (key, kind):
            return self._metadata(data)
        if kind == "/EmbeddedFile":
            return _attached(data, self._limits)
        if key in _TEXTS:
            return self._texts.tell(_text(data), _TEXTS[key], key)
        if isinstance(stream.get(Name.N), int):
            return icc.inspect(data)
        return iter(()) if key in _FONTS or _CMAP in data else self._content(data)

    def _metadata(self, packet: bytes) -> Iterator[Finding]:
        """The known properties of XMP, and all other text in it."""
        said = ""
        for finding in xmp.inspect(packet):
            said += finding.detail + " "
            yield finding
        for match in _XMP_TEXT.finditer(_NAMESPACES.sub(b"", packet)):
            text = next(filter(None, match.groups()), b"").decode("utf-8", "replace").strip()
            if text not in said:
                yield from self._texts.tell(text, FindingKind.OTHER, "/XMP")

    def _content(self, content: bytes) -> Iterator[Finding]:
        """Comments and properties of marked content; words are told by what the page shows."""
        content = syntax.without_inline_images(content)
        for comment in syntax.comments_in(content) if b"%" in content else ():
            yield from self._texts.tell(comment, FindingKind.COMMENTS, "%")
        for place in walk(syntax.property_lists_in(content), set(), self._deadline):
            yield from self._texts.inspect(place)


def _attached(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    """What an attached file reveals itself. Its name stands elsewhere."""
    for finding in inspect_inside(data, limits.nested()):
        yield replace(finding, stays=False, span=None)


def _image(key: str, image: Object, limits: WorkerLimits) -> Iterator[Finding]:
    if key == "/Thumb":
        yield make_finding(FindingKind.PREVIEW, "Thumb")
    filters = _filters(image)
    if filters[-1:] == ["/DCTDecode"]:
        yield from _jpeg(_encoded(image), limits)
    elif filters[-1:] == ["/JPXDecode"]:
        yield from _jpeg_2000(_encoded(image))


def _jpeg(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    try:
        for finding in inspect_inside(data, limits):
            yield replace(finding, stays=False)
    except Exception:  # a picture too damaged or too large to be read is not in the copy either
        yield make_finding(FindingKind.OTHER, "JPEG")


def _jpeg_2000(data: bytes) -> Iterator[Finding]:
    """Text in the boxes of a JPEG 2000. ISO 15444-1, I.7; its pixels are not decoded."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        box = data[at + 8 : at + size if size > 8 else len(data)]
        if kind == b"jp2c" and b"\xff\x64" in box[:4096]:
            yield make_finding(FindingKind.COMMENTS, _comment(box))
        elif kind in (b"xml ", b"uuid", b"jp2i") and (packets := xmp.packets_in(box)):
            yield from xmp.inspect(packets[0])
        elif kind in (b"xml ", b"uuid", b"jp2i"):
            yield make_finding(FindingKind.OTHER, first_readable(box))
        at += max(size, 8) if size != 0 else len(data)


def _comment(codestream: bytes) -> str:
    """The comment segment, by which most encoders name themselves."""
    start = codestream.index(b"\xff\x64")
    size = int.from_bytes(codestream[start + 2 : start + 4], "big")
    return codestream[start + 6 : start + 2 + size].decode("latin-1")


def _encoded(image: Object) -> bytes:
    """The picture as it was embedded."""
    if len(_filters(image)) == 1:
        return image.read_raw_bytes()
    return image.read_bytes(decode_level=StreamDecodeLevel.generalized)


def _filters(stream: Object) -> list[str]:
    filters = stream.get(Name.Filter, Array([]))
    return [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]


def _text(data: bytes) -> str:
    """Text of a script or of marked-up text."""
    encoding = "utf-16" if data[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8"
    return _TAGS.sub(" ", data.decode(encoding, "replace"))
