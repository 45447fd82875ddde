"""Charset detection and decoding, as no parser knows that Korean files call CP949 EUC-KR."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from board.articles.importing.items import BrokenFeed

CHUNK = 64 * 1024
_BYTE_ORDER_MARKS = (  # UTF-32 first, since its mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""")
_KOREAN = {"euc-kr", "euckr", "ks_c_5601-1987", "ksc5601", "cp949", "ms949", "uhc", "windows-949"}
_OTHERS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-8",  # a declaration readable byte by byte is not in UTF-16
    "iso-8859-1": "iso-8859-1",
    "windows-1252": "windows-1252",
}


def decode_chunks(path: Path) -> Iterator[str]:
    """The text of a file in chunks, without byte order mark and leading white space.

    Bytes that are invalid in a file declared as EUC-KR become U+FFFD. Raises BrokenFeed.
    """
    codec, errors = _encoding(path)
    decoder = codecs.getincrementaldecoder(codec)(errors)
    started = False
    try:
        for chunk in _chunks(path):
            text = decoder.decode(chunk, final=not chunk)
            text = text if started else text.lstrip()
            if text:
                started = True
                yield text
    except UnicodeDecodeError as error:
        raise BrokenFeed(f"it is not {codec.upper()} text as it says ({error.reason})") from error


def _encoding(path: Path) -> tuple[str, str]:
    """The codec of the file and its error handler."""
    with path.open("rb") as file:
        head = file.read(1024)
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec, "strict"
    if 0 in head[:2]:
        return ("utf-16-be" if head[:1] == b"\0" else "utf-16-le"), "strict"
    declaration = _DECLARATION.match(head)
    declared = declaration[1].decode("ascii").lower() if declaration else ""
    if declared and declared not in _KOREAN:
        if declared not in _OTHERS:
            raise BrokenFeed(f"it is in {declared}, an encoding that is not read here")
        return _OTHERS[declared], "strict"
    # Servers convert files but keep the declaration. CP949 text is never UTF-8 by chance.
    if _is_valid(path, "utf-8"):
        return "utf-8", "strict"
    if not declared and not _is_valid(path, "cp949"):
        raise BrokenFeed("its encoding is neither UTF-8 nor EUC-KR, and it declares none")
    return "cp949", "replace"


def _is_valid(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of the file, then an empty chunk."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    yield b""
