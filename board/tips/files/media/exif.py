"""EXIF and IPTC metadata of cameras and picture agencies."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image, IptcImagePlugin

from ..readable import words
from ..results import Finding, FindingKind, make_finding

_TAGS = {
    **dict.fromkeys((0x010F, 0x0110, 0x013C, 0xA434, 0xC614), FindingKind.DEVICE),
    **dict.fromkeys((0xA431, 0xA435, 0xC62F), FindingKind.DEVICE),  # serial numbers
    **dict.fromkeys((0x013B, 0x8298, 0xA430, 0x9C9D), FindingKind.AUTHOR),
    **dict.fromkeys((0x000B, 0x0131), FindingKind.SOFTWARE),
    **dict.fromkeys((0x0132, 0x9003, 0x9004), FindingKind.TIME),
    **dict.fromkeys((0x9C9B, 0x9C9E, 0x9C9F), FindingKind.TITLE),
    **dict.fromkeys((0x010E, 0x010D, 0x9286, 0x9C9C), FindingKind.COMMENTS),
    **dict.fromkeys((0xA420, 0xC65D), FindingKind.IDENTIFIER),
}
_STRUCTURE = {0x02BC, 0x83BB, 0x8649, 0x8769, 0x8773, 0x8825, 0x0111, 0x0117, 0x015B}
_XP = range(0x9C9B, 0x9CA0)  # UTF-16, as Windows writes them
_USER_COMMENT = 0x9286
_COMMENT_CODE = 8  # bytes for the encoding
_MAKER_NOTE = 0x927C
_USUAL_LETTERS = re.compile("[ -~가-힣]")
_THUMBNAIL = 0x0201
_IPTC = {
    **dict.fromkeys(((2, 80), (2, 85), (2, 116), (2, 122)), FindingKind.AUTHOR),
    **dict.fromkeys(((2, 90), (2, 92), (2, 95), (2, 101), (2, 26), (2, 27)), FindingKind.PLACE),
    **dict.fromkeys(((2, 55), (2, 60), (2, 62)), FindingKind.TIME),
    **dict.fromkeys(((2, 5), (2, 25), (2, 105)), FindingKind.TITLE),
    **dict.fromkeys(((2, 40), (2, 120)), FindingKind.COMMENTS),
    **dict.fromkeys(((2, 110), (2, 115)), FindingKind.ORGANISATION),
    **dict.fromkeys(((2, 65), (2, 70)), FindingKind.SOFTWARE),
}


def exif_of(picture: Image.Image) -> Image.Exif:
    """Its Exif; none where other bytes stand in its place, which are then told as words."""
    try:
        return picture.getexif()
    except SyntaxError:
        return Image.Exif()


def inspect(exif: Image.Exif) -> Iterator[Finding]:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if gps:
        yield make_finding(FindingKind.PLACE, _coordinates(gps))
    for tag, value in {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}.items():
        if tag == _MAKER_NOTE and value:
            yield make_finding(FindingKind.DEVICE, "MakerNote", f"{len(value)} B")
        elif tag in _TAGS and (line := _value_text(tag, value)):
            yield make_finding(_TAGS[tag], line)
        elif isinstance(value, str | bytes) and tag not in _STRUCTURE:
            for line in words(value if isinstance(value, bytes) else _bytes(value)):
                yield make_finding(FindingKind.OTHER, line)
    if _THUMBNAIL in exif.get_ifd(ExifTags.IFD.IFD1):
        yield make_finding(FindingKind.PREVIEW, "EXIF")


def inspect_iptc(picture: Image.Image) -> Iterator[Finding]:
    """IPTC records of picture agencies, in JPEG and TIFF."""
    for record, value in (IptcImagePlugin.getiptcinfo(picture) or {}).items():  # type: ignore[arg-type]
        if record in _IPTC:
            values = value if isinstance(value, list) else [value]
            yield make_finding(_IPTC[record], *(text_of(one) for one in values))


def _value_text(tag: int, value: Any) -> str:
    if isinstance(value, tuple):
        value = bytes(value) if all(isinstance(n, int) and 0 <= n < 256 for n in value) else value
    if isinstance(value, str):
        value = _bytes(value)
    if not isinstance(value, bytes):
        return str(value)
    if tag in _XP:
        return value.decode("utf-16-le", "replace").strip("\0 ")
    return _comment(value) if tag == _USER_COMMENT else text_of(value)


def _bytes(value: str) -> bytes:
    """The bytes of a text that Pillow has decoded as Latin-1, as it does all text."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _comment(value: bytes) -> str:
    """A comment that begins with its encoding. Cameras do not agree on the order of its bytes."""
    code, body = value[:_COMMENT_CODE], value[_COMMENT_CODE:]
    if not code.startswith(b"UNICODE"):
        return text_of(body)
    orders = (body.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be"))
    return max(orders, key=lambda text: len(_USUAL_LETTERS.findall(text))).strip("\0 ")


def text_of(value: bytes) -> str:
    """The text decoded as UTF-8 or CP949; bytes that are neither, as Latin-1."""
    for encoding in ("utf-8", "cp949"):
        try:
            return value.decode(encoding).strip("\0 ")
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1").strip("\0 ")


def _coordinates(gps: Mapping[int, Any]) -> str:
    """Degrees, north and east positive, to about a metre; another tag if there are none."""
    try:
        latitude, longitude = _degrees(gps[2]), _degrees(gps[4])
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return str(gps.get(29, ""))
    latitude = -latitude if str(gps.get(1)).startswith("S") else latitude
    longitude = -longitude if str(gps.get(3)).startswith("W") else longitude
    return f"{latitude:.5f}, {longitude:.5f}"


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
