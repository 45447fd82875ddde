"""Charset detection and decoding, as no parser knows that Korean files call CP949 EUC-KR."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from board.articles.importing.items import BrokenFeed

CHUNK = 64 * 1024
UNPACKED_MAX = 256 * 1024 * 1024  # bytes of a compressed file
_GZIP = b"\x1f\x8b"
_LAYERS_MAX = 2
_BLANK = "\ufeff \t\r\n\f\v\u00a0"
_BYTE_ORDER_MARKS = (  # UTF-32 first, since its mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""")
_KOREAN = {"euc_kr", "cp949", "johab"}  # as Python calls them
_KOREAN_LABEL = re.compile("euc.?kr|ks_?c|korean|949|uhc|ir-149", re.I)
_UNICODE = {"utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be"}  # the last three cannot be true
_JOHAB_LABEL = re.compile("johab|1361|5601.?1992", re.I)
_LATIN = {"iso8859-1", "cp1252"}  # also what servers declare by default
_DAMAGED_MAX = 20  # bytes of a file that does not declare its encoding
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")  # of surrogateescape: an invalid one


def decode_chunks(path: Path) -> Iterator[str]:
    """The text of a file in chunks, without byte order marks and white space at the start.

    Compressed files are unpacked. Bytes that are invalid become U+FFFD. Raises BrokenFeed.
    """
    codec = _encoding(path)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    started = False
    for chunk in _chunks(path):
        text = decoder.decode(chunk, final=not chunk)
        text = text if started else text.lstrip(_BLANK)
        if text:
            started = True
            yield text


def _encoding(path: Path) -> str:
    """The encoding of the bytes. A declaration counts only where the bytes leave it open: servers
    convert files and keep the declaration.
    """
    head = next(_chunks(path))[:1024]
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    if 0 in head[:2]:
        return "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    declared = _declared(head)
    invalid = {"utf-8": _count_invalid(path, "utf-8")}
    if not invalid["utf-8"]:
        return "utf-8"
    if declared in _LATIN:
        return declared if _count_invalid(path, "euc_kr") else "cp949"
    if declared and declared not in _KOREAN | _UNICODE:
        raise BrokenFeed(f"it is in {declared}, an encoding that is not read here")
    first = sorted(("cp949", "johab"), key=declared.__ne__)  # many bytes are valid in both
    invalid |= {codec: _count_invalid(path, codec) for codec in first}
    codec = min((*first, "utf-8"), key=invalid.__getitem__)
    if not declared and invalid[codec] > _DAMAGED_MAX:
        raise BrokenFeed("its encoding is neither UTF-8 nor EUC-KR, and it declares none")
    return codec


def _declared(head: bytes) -> str:
    """Python's name for the encoding that is declared; empty without one, or for an unknown
    label, which says nothing. Most labels of EUC-KR are unknown to Python.
    """
    declaration = _DECLARATION.search(head)
    label = declaration[1].decode("ascii") if declaration else ""
    if _JOHAB_LABEL.search(label):
        return "johab"
    if _KOREAN_LABEL.search(label):
        return "cp949"
    try:
        return codecs.lookup(label).name if label else ""
    except LookupError:
        return ""


def _count_invalid(path: Path, codec: str) -> int:
    """How many bytes cannot be read as this encoding."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    return sum(
        len(_ESCAPED_BYTE.findall(decoder.decode(chunk, final=not chunk)))
        for chunk in _chunks(path)
    )


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of the file, unpacked if it is compressed, once or twice, then an empty chunk.
    Raises BrokenFeed.
    """
    size = 0
    try:
        with ExitStack() as files:
            file, is_packed = _unpacked(path, files)
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if is_packed and size > UNPACKED_MAX:
                    raise BrokenFeed(f"it is larger than {UNPACKED_MAX // 1024**2} MB unpacked")
                yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BrokenFeed(f"it is compressed, and damaged ({error})") from error
    yield b""


def _unpacked(path: Path, files: ExitStack) -> tuple[IO[bytes], bool]:
    """The open file, and whether it is compressed: a server may send a packed file packed."""
    file: IO[bytes] = files.enter_context(path.open("rb"))
    for layer in range(_LAYERS_MAX + 1):
        is_packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        if not is_packed or layer == _LAYERS_MAX:
            break
        file = cast(IO[bytes], files.enter_context(gzip.GzipFile(fileobj=file, mode="rb")))
    return file, layer > 0
