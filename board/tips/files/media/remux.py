"""Recordings copied into a new container: sound and pictures only, packet by packet.

What belongs to no packet of sound or pictures is not copied: tags, chapters, covers, subtitles,
tracks of places, spare bytes. Nothing is encoded again, except FLAC, without loss.
"""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import av

from ..results import NotCleanable, Reason
from . import codecs
from .sound_frames import flac_again

# Container of a format: what FFmpeg reads it with, and what it writes it with.
CONTAINERS = {
    "mp4": ("mov", "mp4"),
    "3gp": ("mov", "3gp"),
    "mov": ("mov", "mov"),
    "m4a": ("mov", "ipod"),
    "mp3": ("mp3", "mp3"),
    "wav": ("wav", "wav"),
    "aiff": ("aiff", "aiff"),
    "flac": ("flac", "flac"),
    "ogg": ("ogg", "ogg"),
    "aac": ("aac", "adts"),
    "amr": ("amr", "amr"),
    "mkv": ("matroska", "matroska"),
    "webm": ("matroska", "webm"),
    "avi": ("avi", "matroska"),  # FFmpeg gets the times of MP3 wrong when it writes AVI
}
_FIRST_OGG_PAGE = b"OggS\0\x02"  # more than tracks: recordings one after the other
_COLOUR_PROFILE = b"colrprof"  # ISO 14496-12, 12.1.5: it can name a screen or a person
_SEARCHED = 70_000  # bytes after the start of a page or block in which its packet begins
_FLAC_TAIL = 512  # bytes: what follows the last frame counts as part of it
_START = 16  # bytes by which a packet is found


def opened(data: bytes, container: str) -> Any:
    """The recording, read as this container and no other. Raises av.FFmpegError."""
    return av.open(
        BytesIO(data),
        format=CONTAINERS[container][0],
        metadata_errors="replace",
        options={"fflags": "+genpts"},
    )


def copy(data: bytes, container: str) -> bytes:
    """The recording in a new container. Raises NotCleanable(TRACKS) if one of its codecs, or what
    goes with a track, may hold what nobody here knows, or there is no sound or picture.
    """
    with opened(data, container) as source:
        streams = kept(source)
        is_chained = data.count(_FIRST_OGG_PAGE) > len(source.streams)
        if is_chained or not streams or not all(map(codecs.is_known, streams)):
            raise NotCleanable(Reason.TRACKS)
        if container == "flac":
            return flac_again(source)
        return _copied(source, CONTAINERS[container][1])


def kept(source: Any) -> list[Any]:
    """The streams of sound and moving pictures."""
    return [s for s in source.streams if s.type in ("audio", "video") and not codecs.is_cover(s)]


def _copied(source: Any, container: str) -> bytes:
    target = BytesIO()
    with av.open(target, "w", format=container, options={"fflags": "+bitexact"}) as output:
        tracks = {stream.index: _Track(stream, output) for stream in kept(source)}
        for packet in source.demux(kept(source)):
            for copied in tracks[packet.stream_index].copies(packet):
                output.mux(copied)
    if _COLOUR_PROFILE in target.getvalue():  # PyAV cannot leave it out
        raise NotCleanable(Reason.TRACKS)
    return target.getvalue()


def seconds_cut(recording: Any) -> float:
    """How much of its longest cut track an open recording does not play. ISO 14496-12, 8.6.6."""
    cut: defaultdict[int, float] = defaultdict(float)
    for packet in recording.demux(kept(recording)):
        if packet.is_discard:
            cut[packet.stream_index] += float((packet.duration or 0) * packet.time_base)
    return max(cut.values(), default=0)


class _Track:
    """A stream of the source and its copy."""

    def __init__(self, source: Any, output: Any) -> None:
        self._target = output.add_stream_from_template(source, opaque=True)
        self._filter = codecs.PacketFilter(source, self._target)
        # After the filter, which sets the header as well, but does not take it apart.
        self._target.codec_context.extradata = codecs.header(source)
        self._undated: list[Any] = []

    def copies(self, packet: Any) -> Iterator[Any]:
        """Raises NotCleanable(TRACKS)."""
        if codecs.has_unknown_side(packet):
            raise NotCleanable(Reason.TRACKS)
        for dated in self._dated(packet):
            for copied in self._filter.reduced(dated):
                copied.stream = self._target
                yield copied

    def _dated(self, packet: Any) -> list[Any]:
        """The packet, after those before it whose time of decoding the container did not say."""
        if packet.size:
            self._undated.append(packet)
            if packet.dts is None:
                return []
        ready, self._undated = self._undated, []
        for back, undated in enumerate(reversed(ready)):
            if undated.dts is None:
                undated.dts = undated.pts if packet.dts is None else packet.dts - back
        return ready


def spare_bytes(data: bytes, container: str) -> bytes:
    """The bytes that are no part of sound or pictures, in which words may stand."""
    spare, at = [], 0
    end = len(data) - (_FLAC_TAIL if container == "flac" else 0)
    for start, stop in sorted(_needed_parts(data, container)):
        spare.append(data[at : max(at, start)])
        at = max(at, min(stop, end))
    return b"\0".join([*spare, data[at:]])


def _needed_parts(data: bytes, container: str) -> Iterator[tuple[int, int]]:
    """Start and end of what decoders need, in the file. A packet in pieces counts as whole."""
    with opened(data, container) as source:
        filters = {stream.index: codecs.PacketFilter(stream) for stream in kept(source)}
        for packet in source.demux(kept(source)):
            block = packet.pos or 0
            start = data.find(bytes(packet)[:_START], block, block + _SEARCHED)
            if packet.size and start >= 0:
                end = min(start + packet.size, len(data))
                reduced = b"".join(map(bytes, filters[packet.stream_index].reduced(packet)))
                yield end - _common_end(data[start:end], reduced), end


def _common_end(data: bytes, reduced: bytes) -> int:
    """How many bytes at their ends are the same."""
    least, most = 0, min(len(data), len(reduced))
    while least < most:
        middle = (least + most + 1) // 2
        if data.endswith(reduced[-middle:]):
            least = middle
        else:
            most = middle - 1
    return least
