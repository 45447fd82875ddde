"""Frames of sound formats without a container, where anything may stand between two frames."""

import re
from io import BytesIO
from typing import Any

import av

# kbit/s by the index in the header; 0 has none, 15 is invalid. ISO 11172-3 and 13818-3.
_KBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
# Tags of ID3v2, APE, Lyrics3 and ID3v1 (of which more letters count: sound may say TAG).
_TAG = re.compile(rb"ID3[\2-\4]\0|APETAGEX|LYRICSBEGIN|TAG[\0\x20-\xff]{60}")
_RATES = (44_100, 48_000, 32_000)  # of version 1; halved for 2, and again for 2.5


def mpeg_frame(data: bytes) -> bytes:
    """The frame at the start, without what follows it; nothing if there is none."""
    size = _mpeg_size(data[:4])
    return untagged(data[:size]) if size and len(data) >= size else b""


def untagged(frame: bytes) -> bytes:
    """The frame; nothing if there is a tag in it, because it was cut off and something follows."""
    return b"" if _TAG.search(frame) else frame


def _mpeg_size(header: bytes) -> int:
    """Size of a frame in bytes, by its header; 0 if it is none."""
    word = int.from_bytes(header, "big")
    version, layer = word >> 19 & 3, 4 - (word >> 17 & 3)
    bits, rate, padding = word >> 12 & 15, word >> 10 & 3, word >> 9 & 1
    if word >> 21 != 0x7FF or version == 1 or layer == 4 or bits in (0, 15) or rate == 3:
        return 0
    kbits = _KBITS[1 if version == 3 else 2, layer][bits - 1]
    hertz = _RATES[rate] // {3: 1, 2: 2, 0: 4}[version]
    if layer == 1:
        return (12_000 * kbits // hertz + padding) * 4
    slots = 72_000 if layer == 3 and version != 3 else 144_000
    return slots * kbits // hertz + padding


def amr_frame(data: bytes) -> bytes:
    """The frame, or nothing if its header is none: RFC 4867, 5.3."""
    is_frame = not data[0] & 0x83 and not 10 <= data[0] >> 3 <= 13
    return data if is_frame else b""


def flac_again(source: Any) -> bytes:
    """The sound of an open FLAC file, decoded and encoded again: without loss, and without the
    bytes between its frames.
    """
    target = BytesIO()
    track = source.streams.audio[0]
    track.codec_context.thread_count = 1
    with av.open(target, "w", format="flac", options={"fflags": "+bitexact"}) as output:
        encoded = output.add_stream("flac", rate=track.rate)
        encoded.codec_context.thread_count = 1
        encoded.layout, encoded.format = track.layout, track.format
        for frame in source.decode(track):
            frame.pts = None
            output.mux(encoded.encode(frame))
        output.mux(encoded.encode(None))
    return target.getvalue()
