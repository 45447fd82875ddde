"""Formats of pictures and sound that their first bytes alone do not tell."""

from typing import Literal

_SUBFILE_TYPE = 0xFE
_RAW_TAGS = {0x14A, 0xC612, 0xC634, 0x828D, 0x828E}  # SubIFDs, DNG, mosaic of a sensor


def variant(data: bytes, name: str) -> str:
    """The format among those that begin like `name`."""
    if name == "tiff":
        return _tiff_name(data)
    return "webm" if name == "mkv" and b"webm" in data[:64] else name


def _tiff_name(data: bytes) -> str:
    """Raw files of cameras are TIFF, too, with more in them than the pictures TIFF shows."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    start = int.from_bytes(data[4:8], order)
    count = int.from_bytes(data[start : start + 2], order)
    entries = (data[start + 2 + 12 * n : start + 14 + 12 * n] for n in range(min(count, 200)))
    tags = {int.from_bytes(entry[:2], order): entry[8:] for entry in entries}
    is_reduced = int.from_bytes(tags.get(_SUBFILE_TYPE, b"")[:4], order) & 1
    is_raw = data[8:10] == b"CR" or is_reduced or _RAW_TAGS & set(tags)
    return "raw" if is_raw else "tiff"


def sound_name(data: bytes) -> str | None:
    """MP3 or AAC, whose frames begin with twelve ones; perhaps after ID3 tags."""
    at = 0
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += size + 10 + (10 if data[at + 5] & 0x10 else 0)
    if data[at : at + 4] == b"fLaC":
        return "flac"
    if data[at : at + 1] == b"\xff" and len(data) > at + 1:
        if data[at + 1] & 0xF6 == 0xF0:
            return "aac"
        if data[at + 1] & 0xE0 == 0xE0 and data[at + 1] & 0x06 and data[at + 1] < 0xFE:
            return "mp3"
    return "mp3" if at else None
