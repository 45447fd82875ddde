"""Headers of decoders: what stands before the first packet of a track, built anew.

Encoders and programs also put their names, comments and user data there.
"""

from collections.abc import Callable, Iterable

from ..readable import words
from ..results import NotCleanable, Reason

_ARRAYS = b"\1"  # how avcC and hvcC begin
_START = b"\0\0\0\1"
_XIPH = b"\2"  # two lengths follow, then three packets
_NO_COMMENTS = b"\3vorbis" + bytes(8) + b"\1"
_OPUS, _ALAC, _FLAC, _AV1 = 19, 36, 34, 4  # bytes that the specifications know


def _h264(data: bytes) -> bytes:
    """The parameter sets of avcC (ISO 14496-15, 5.3.3), as a stream of units."""
    units: list[bytes] = []
    at = 5
    if data[:1] != _ARRAYS:
        units = _streamed(data)
    else:
        for _ in range(2):
            found, at = _units(data, at + 1, data[at] & 0x1F)
            units += found
    return _stream(unit for unit in units if unit[0] & 0x1F in (7, 8))


def _hevc(data: bytes) -> bytes:
    """The parameter sets of hvcC (ISO 14496-15, 8.3.3), as a stream of units."""
    units: list[bytes] = []
    at = 23
    if data[:1] != _ARRAYS:
        units = _streamed(data)
    else:
        for _ in range(data[22]):
            found, at = _units(data, at + 3, int.from_bytes(data[at + 1 : at + 3], "big"))
            units += found
    return _stream(unit for unit in units if unit[0] >> 1 & 0x3F in (32, 33, 34))


def _units(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """Units, each behind its length in two bytes, and the offset behind them."""
    units = []
    for _ in range(count):
        size = int.from_bytes(data[at : at + 2], "big")
        units.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return units, at


def _streamed(data: bytes) -> list[bytes]:
    """The units of a stream, each behind a start code. ISO 14496-10, annex B."""
    return [unit.rstrip(b"\0") for unit in data.split(_START[1:]) if unit.strip(b"\0")]


def _stream(units: Iterable[bytes]) -> bytes:
    """Raises NotCleanable(TRACKS) if somebody could read something in a unit."""
    return b"".join(_START + _without_words(unit) for unit in units)


def _vorbis(data: bytes) -> bytes:
    """The three packets, the one of comments empty. Vorbis I, 4.2 and 5."""
    if not data.startswith(_XIPH):
        raise NotCleanable(Reason.TRACKS)
    first, at = _laced(data, 1)
    second, at = _laced(data, at)
    setup = data[at + first + second :]
    sizes = b"".join(_lacing(size) for size in (first, len(_NO_COMMENTS)))
    return _XIPH + sizes + data[at : at + first] + _NO_COMMENTS + setup


def _laced(data: bytes, at: int) -> tuple[int, int]:
    """A length in bytes of 255 and a last one, and the offset behind it."""
    end = at
    while data[end] == 255:
        end += 1
    return 255 * (end - at) + data[end], end + 1


def _lacing(size: int) -> bytes:
    return b"\xff" * (size // 255) + bytes([size % 255])


def _opus(data: bytes) -> bytes:
    """OpusHead, with its table of channels if it has one. RFC 7845, 5.1."""
    has_table = len(data) > _OPUS - 1 and data[_OPUS - 1]
    return data[: _OPUS + 2 + data[9] if has_table else _OPUS]


def _without_words(data: bytes) -> bytes:
    """Raises NotCleanable(TRACKS) if somebody could read something in it."""
    if any(words(data)):
        raise NotCleanable(Reason.TRACKS)
    return data


_REBUILT: dict[str, Callable[[bytes], bytes]] = {
    "h264": _h264,
    "hevc": _hevc,
    "av1": lambda data: data[:_AV1],  # key frames repeat the rest
    "aac": _without_words,
    "mpeg4": _without_words,
    "vorbis": _vorbis,
    "opus": _opus,
    "flac": lambda data: data[:_FLAC],
    "alac": lambda data: data[:_ALAC],
}


def rebuilt(codec: str, data: bytes | None) -> bytes | None:
    """The header for a decoder of this codec, without anything it does not need; None if it needs
    no header. Raises NotCleanable(TRACKS).
    """
    if not data or codec not in _REBUILT:
        return None
    try:
        return _REBUILT[codec](data)
    except IndexError:
        raise NotCleanable(Reason.TRACKS) from None
