"""Unique words to hide in files, and the search for them in a file's bytes."""

import base64
import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from itertools import count
from urllib.parse import unquote_to_bytes

import olefile
import pikepdf

from board.tips.files import Reason
from support.encoded_forms import encoded_forms

_NUMBERS = count(1)
_DEPTH = 4  # of files in files


@dataclass
class Sample:
    """A file, and the words hidden in it.

    `hidden`: place → word, that a cleaned copy must not contain. `shown`: what readers of the file
    see, which the copy must still contain. `untold`: places whose word need not be named in a
    finding, because the finding has no detail (a macro, a thumbnail). `why_not`: the reason why
    there is no copy, if there is none. `is_drawn`: the copy shows pictures of its pages, so the
    visible words are looked for with the eyes.
    """

    name: str
    data: bytes = b""
    hidden: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)
    why_not: Reason | None = None  # why no copy is offered
    is_drawn: bool = False

    def hide(self, place: str, word: str = "", *, told: bool = True) -> str:
        """A word that occurs nowhere else, to be written into `place`."""
        assert place not in self.hidden, place
        self.hidden[place] = word or new_word()
        if not told:
            self.untold.add(place)
        return self.hidden[place]

    def show(self, place: str, word: str = "") -> str:
        """A word that readers of the file see."""
        assert place not in self.shown, place
        self.shown[place] = word or new_word()
        return self.shown[place]


def new_word() -> str:
    """Letters only, so that no program takes it for a number, a date or a path."""
    number = next(_NUMBERS)
    return "Mk" + "".join(chr(ord("a") + number // 26**place % 26) for place in range(4)) + "Q"


def places_left(sample: Sample, data: bytes) -> list[str]:
    """The places whose word is still somewhere in `data`, unpacked, in any encoding."""
    heap = _Heap(data)
    return [place for place, word in sample.hidden.items() if heap.has(word)]


def shown_lost(sample: Sample, data: bytes) -> list[str]:
    """The places whose visible word is no longer in `data`."""
    heap = _Heap(data)
    return [place for place, word in sample.shown.items() if not heap.has(word)]


class _Heap:
    """All bytes of a file: its own, those of its parts, and what both mean decoded."""

    def __init__(self, data: bytes) -> None:
        self.layers = [layer.lower() for layer in dict.fromkeys(_layers(data, _DEPTH))]

    def has(self, word: str) -> bool:
        return any(form in layer for form in encoded_forms(word) for layer in self.layers)


def _layers(data: bytes, depth: int) -> Iterator[bytes]:
    yield data
    yield from _decoded(data)
    if depth:
        for part in _parts(data):
            yield from _layers(part, depth - 1)


def _decoded(data: bytes) -> Iterator[bytes]:
    """Text without tags and escapes: a word split over two elements is still one to a reader."""
    text = data.decode("utf-8", "ignore")
    yield unescape(text).encode()
    yield re.sub(rb"<[^>]*>", b"", data)
    yield re.sub(rb"\)\s*-?[\d.]*\s*\(", b"", data)  # of PDF's TJ
    yield unquote_to_bytes(data)
    yield re.sub(rb"=\r?\n", b"", data)  # of quoted-printable, and of folded lines
    yield re.sub(rb"\r?\n[ \t]", b"", data)
    if b"\\u" in data:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).encode(
            "utf-8", "ignore"
        )


def _parts(data: bytes) -> Iterator[bytes]:
    """What is packed in a file: parts of a zip, streams of OLE and PDF, compressed runs."""
    if data[:2] == b"PK":
        yield from _zip_parts(data)
    if data[:4] == olefile.MAGIC[:4]:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            for name in ole.listdir():
                yield "/".join(name).encode()
                stream = ole.openstream(name).read()
                yield stream
                yield from _unpacked(stream, _inflated)  # as HWP 5 packs its streams
    if b"%PDF" in data[:1024]:
        yield from _pdf_parts(data)
    for start in re.finditer(rb"\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0", data):
        yield from _unpacked(data[start.start() :], gzip.decompress, bz2.decompress)
        yield from _unpacked(data[start.start() :], lzma.decompress)
    for start in re.finditer(rb"x[\x01\x5e\x9c\xda]", data):
        yield from _unpacked(
            data[start.start() :], lambda run: zlib.decompressobj().decompress(run)
        )
    for run in re.findall(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}", data):
        body = b"".join(run.split())
        yield from _unpacked(body + b"=" * (-len(body) % 4), base64.b64decode)


def _inflated(data: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data)


def _unpacked(data: bytes, *ways) -> Iterator[bytes]:
    for way in ways:
        try:
            yield way(data)
        except Exception:  # most runs that look packed are not
            continue


def _zip_parts(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        yield archive.comment
        for info in archive.infolist():
            yield info.filename.encode() + info.comment + info.extra
            yield archive.read(info)


def _pdf_parts(data: bytes) -> Iterator[bytes]:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            for item in (each for each in pdf.objects if isinstance(each, pikepdf.Object)):
                yield from _pdf_object_parts(item)
    except pikepdf.PdfError:
        return


def _pdf_object_parts(item: pikepdf.Object) -> Iterator[bytes]:
    if isinstance(item, pikepdf.Stream):
        try:
            yield item.read_bytes()
        except pikepdf.PdfError:  # a filter of pictures: the bytes as they are
            yield item.read_raw_bytes()
    yield from _pdf_strings(item, 8)


def _pdf_strings(item: pikepdf.Object, depth: int) -> Iterator[bytes]:
    """Strings as bytes and as the text they mean, however they are escaped in the file."""
    if not depth or (item.is_indirect and depth < 8):
        return
    if isinstance(item, pikepdf.String):
        yield bytes(item)
        yield str(item).encode("utf-8", "ignore")
    elif isinstance(item, pikepdf.Name):
        yield str(item).encode()
    elif isinstance(item, pikepdf.Array):
        for part in item:
            if isinstance(part, pikepdf.Object):
                yield from _pdf_strings(part, depth - 1)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for key, part in item.items():
            yield str(key).encode()
            if isinstance(part, pikepdf.Object):
                yield from _pdf_strings(part, depth - 1)
