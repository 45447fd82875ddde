"""The codecs whose packets can be copied, and what of a packet its decoder needs."""

import re
from collections.abc import Callable
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition

from . import decoder_headers
from .image_end import strip_jpeg
from .sound_frames import amr_frame, mpeg_frame, untagged

# Units of a video stream that are needed to decode it; others hold words (SEI) or anything.
_NEEDED_UNITS = {
    "h264": "filter_units=pass_types=1-5|7-11|13-15|19-20",
    "hevc": "filter_units=pass_types=0-37",
    "av1": "filter_units=pass_types=1-4|6-8",
}
_USER_DATA = re.compile(rb"\x00\x00\x01\xb2.*?(?=\x00\x00\x01|\Z)", re.S)


def _without_user_data(data: bytes) -> bytes:
    """MPEG-2 and MPEG-4 part 2, without what encoders sign in it."""
    return _USER_DATA.sub(b"", data)


_NEEDED_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "aac": untagged,
    "amr_nb": amr_frame,
    "amr_wb": amr_frame,
    "mp3": mpeg_frame,
    "mp2": mpeg_frame,
    "mpeg4": _without_user_data,
    "mpeg2video": _without_user_data,
    "mjpeg": strip_jpeg,
}
_VIDEO = {"vp8", "vp9", "h263", "mpeg4", "mpeg2video", "mjpeg", *_NEEDED_UNITS}
_AUDIO = {
    *("aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb"),
    *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_alaw", "pcm_mulaw"),
    *("pcm_s8", "pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "adpcm_ima_wav", "gsm_ms"),
}
# What belongs to a packet beside its bytes, and may hold anything: a second picture or words, and
# another header in the middle.
_UNKNOWN_SIDES = {"matroska_block_additional", "new_extradata"}


def codec_of(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name if stream.codec_context else "")


def is_cover(stream: Any) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def is_known(stream: Any) -> bool:
    return codec_of(stream) in _VIDEO | _AUDIO


def header(stream: Any) -> bytes | None:
    """What a decoder needs before the first packet. Raises NotCleanable(TRACKS)."""
    codec, data = codec_of(stream), stream.codec_context.extradata
    if data and codec == "mpeg4":
        data = _without_user_data(data)
    return decoder_headers.rebuilt(codec, data)


def has_unknown_side(packet: Any) -> bool:
    return any(side.data_type in _UNKNOWN_SIDES for side in packet.iter_sidedata())


class PacketFilter:
    """Reduces the packets of one stream to what its decoder needs."""

    def __init__(self, source: Any, target: Any = None) -> None:
        units = _NEEDED_UNITS.get(codec_of(source))
        self._units = BitStreamFilterContext(units, source, target) if units else None
        self._needed = _NEEDED_BYTES.get(codec_of(source))

    def reduced(self, packet: Any) -> list[Any]:
        """The packet, or none if nothing of it is needed."""
        if self._units:
            return [kept for kept in self._units.filter(packet) if kept.size]
        if not self._needed or not packet.size:
            return [packet]
        whole = bytes(packet)
        needed = self._needed(whole)
        if needed == whole:
            return [packet]
        kept = av.Packet(needed)
        kept.pts, kept.dts, kept.time_base = packet.pts, packet.dts, packet.time_base
        kept.duration, kept.is_keyframe = packet.duration, packet.is_keyframe
        return [kept] if kept.size else []
