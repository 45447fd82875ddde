"""Charset detection and decoding, as no parser knows that Korean files call CP949 EUC-KR."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from board.articles.importing.items import BrokenFeed

CHUNK = 64 * 1024
UNPACKED_MAX = 256 * 1024 * 1024  # bytes of a compressed file
_GZIP = b"\x1f\x8b"
_BLANK = "\ufeff \t\r\n\f\v\u00a0"
_BYTE_ORDER_MARKS = (  # UTF-32 first, since its mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""")
_KOREAN = {
    "euc-kr", "euckr", "cseuckr", "ks_c_5601", "ks_c_5601-1987", "ks_c_5601-1989", "ksc_5601",
    "ksc5601", "korean", "iso-ir-149", "cp949", "ms949", "uhc", "windows-949", "x-windows-949",
    "x-uhc",
}  # fmt: skip
_UNICODE = {"utf-8", "utf8", "us-ascii", "utf-16"}  # read byte by byte, the last cannot be true
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")  # of surrogateescape: an invalid one
_LATIN = {"iso-8859-1", "windows-1252"}


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
    declaration = _DECLARATION.search(head)
    declared = declaration[1].decode("ascii").lower() if declaration else ""
    in_utf8 = _count_invalid(path, "utf-8")
    if not in_utf8 or declared in _LATIN:
        return declared if in_utf8 else "utf-8"
    if declared and declared not in _KOREAN | _UNICODE:
        raise BrokenFeed(f"it is in {declared}, an encoding that is not read here")
    in_korean = _count_invalid(path, "cp949")
    if not declared and in_utf8 and in_korean:
        raise BrokenFeed("its encoding is neither UTF-8 nor EUC-KR, and it declares none")
    return "utf-8" if in_utf8 < in_korean else "cp949"


def _count_invalid(path: Path, codec: str) -> int:
    """How many bytes cannot be read as this encoding."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    return sum(
        len(_ESCAPED_BYTE.findall(decoder.decode(chunk, final=not chunk)))
        for chunk in _chunks(path)
    )


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of the file, unpacked if it is compressed, then an empty chunk. Raises
    BrokenFeed.
    """
    with path.open("rb") as file:
        is_packed = file.read(len(_GZIP)) == _GZIP
    size = 0
    try:
        with gzip.open(path) if is_packed else path.open("rb") as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if is_packed and size > UNPACKED_MAX:
                    raise BrokenFeed(f"it is larger than {UNPACKED_MAX // 1024**2} MB unpacked")
                yield chunk
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BrokenFeed(f"it is compressed, and damaged ({error})") from error
    yield b""
