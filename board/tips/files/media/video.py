"""Video, and audio in the same container: MP4, MOV, M4A. ISO/IEC 14496-12.

A cleaned copy keeps every byte of pictures and sound in place; metadata is overwritten with blanks.
A voice cannot be made anonymous: sound is always reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..results import (
    Finding,
    FindingKind,
    NotCleanable,
    Reason,
    WorkerLimits,
    first_readable,
    make_finding,
)
from . import xmp

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf", b"edts", b"dinf", b"mvex"}
_KEPT_TOP_LEVEL = {b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"ssix", b"wide"}
_KEPT_IN_CONTAINERS = {
    *(
        b"mvhd",
        b"tkhd",
        b"mdhd",
        b"hdlr",
        b"vmhd",
        b"smhd",
        b"nmhd",
        b"gmhd",
        b"elst",
        b"dref",
        b"stbl",
    ),
    *(
        b"mehd",
        b"trex",
        b"mfhd",
        b"tfhd",
        b"tfdt",
        b"trun",
        b"sbgp",
        b"sgpd",
        b"saiz",
        b"saio",
        b"tref",
    ),
    *(b"tapt", b"trgr", b"elng", b"subs", b"iods", b"mfro", b"tfra", b"cslg"),
    *_CONTAINERS,
}
_KEPT_TRACKS = {b"vide", b"soun", b"sbtl", b"subt", b"text", b"clcp", b"tmcd"}
_NOT_TRACKS = {b"mdir", b"mdta", b"url ", b"alis"}  # handlers that are not tracks
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_DEPTH_MAX, _BOXES_MAX = 8, 20_000
_LABELS = {
    b"\xa9xyz": FindingKind.PLACE,
    b"loci": FindingKind.PLACE,
    b"\xa9mak": FindingKind.DEVICE,
    b"\xa9mod": FindingKind.DEVICE,
    b"manu": FindingKind.DEVICE,
    b"modl": FindingKind.DEVICE,
    b"\xa9swr": FindingKind.SOFTWARE,
    b"\xa9too": FindingKind.SOFTWARE,
    b"\xa9enc": FindingKind.SOFTWARE,
    b"\xa9day": FindingKind.TIME,
    b"\xa9ART": FindingKind.AUTHOR,
    b"\xa9aut": FindingKind.AUTHOR,
    b"\xa9wrt": FindingKind.AUTHOR,
    b"aART": FindingKind.AUTHOR,
    b"auth": FindingKind.AUTHOR,
    b"cprt": FindingKind.AUTHOR,
    b"\xa9nam": FindingKind.TITLE,
    b"titl": FindingKind.TITLE,
    b"\xa9alb": FindingKind.TITLE,
    b"\xa9cmt": FindingKind.COMMENTS,
    b"desc": FindingKind.COMMENTS,
    b"covr": FindingKind.PREVIEW,
    b"smta": FindingKind.DEVICE,
    b"mdta": FindingKind.DEVICE,
}
_KEYS = (
    (FindingKind.PLACE, b"location"),
    (FindingKind.DEVICE, b"make"),
    (FindingKind.DEVICE, b"model"),
    (FindingKind.DEVICE, b"android.version"),
    (FindingKind.SOFTWARE, b"software"),
    (FindingKind.TIME, b"creationdate"),
    (FindingKind.AUTHOR, b"author"),
    (FindingKind.IDENTIFIER, b"identifier"),
)
_POSITION = re.compile(rb"[+-]\d{1,3}\.\d+[+-]\d{1,3}\.\d+(?:[+-][\d.]+)?")


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int
    body: int
    end: int
    depth: int


def _boxes(data: bytes) -> list[Box]:
    """All boxes in containers, outer before inner. Raises ValueError if their sizes do not fit."""
    boxes: list[Box] = []
    pending = [(0, len(data), 0)]
    while pending:
        at, end, depth = pending.pop()
        while at < end:
            box = _box(data, at, end, depth)
            boxes.append(box)
            if box.kind in _CONTAINERS and depth < _DEPTH_MAX:
                pending.append((box.body, box.end, depth + 1))
            at = box.end
        if len(boxes) > _BOXES_MAX:
            raise ValueError("too many boxes")
    return boxes


def _box(data: bytes, at: int, end: int, depth: int) -> Box:
    size, kind, body = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
    if size == 1:
        size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
    elif size == 0 and depth == 0:
        size = end - at
    if at + size > end or body > at + size:
        raise ValueError("a box larger than its container")
    return Box(kind, at, body, at + size, depth)


def _is_blanked(box: Box) -> bool:
    return box.kind not in (_KEPT_IN_CONTAINERS if box.depth else _KEPT_TOP_LEVEL)


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    for box in _boxes(data):
        body = data[box.body : box.end]
        if box.kind in (b"mvhd", b"mdhd", b"tkhd") and (moment := _timestamp(body)):
            yield make_finding(FindingKind.TIME, moment)
        elif box.kind == b"hdlr":
            yield from _track(body)
        elif _is_blanked(box) and body.strip(b"\0"):
            yield from _metadata(box.kind, body)


def _timestamp(body: bytes) -> str:
    size = 8 if body[:1] == b"\1" else 4
    seconds = int.from_bytes(body[4 : 4 + size], "big")
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat(" ") if seconds else ""
    except OverflowError:
        return ""


def _track(body: bytes) -> Iterator[Finding]:
    handler = body[8:12]
    if handler == b"soun":
        yield Finding(FindingKind.VOICE, stays=True)
    elif handler not in _KEPT_TRACKS | _NOT_TRACKS:
        yield make_finding(FindingKind.PLACE, "track", handler.decode("latin-1"))
    name = body[24:].strip(b"\0")
    if re.search(rb"[A-Za-z]{3}", name):
        yield make_finding(FindingKind.SOFTWARE, name.decode("utf-8", "replace"))


def _metadata(kind: bytes, body: bytes) -> Iterator[Finding]:
    """The metadata in a box; at least its type, if it cannot be parsed."""
    is_known = False
    for packet in xmp.packets_in(body):
        yield from xmp.inspect(packet)
        is_known = True
    for label, finding_kind in _LABELS.items():
        at = body.find(label)
        if at >= 0:
            yield make_finding(finding_kind, first_readable(body[at + 4 : at + 120]))
            is_known = True
    if match := _POSITION.search(body):
        yield make_finding(FindingKind.PLACE, match[0].decode())
        is_known = True
    for finding_kind, key in _KEYS:
        if b".quicktime." + key in body or (key in body and b"com.android" in body):
            yield make_finding(finding_kind, key.decode())
            is_known = True
    if not is_known:
        yield make_finding(FindingKind.OTHER, kind.decode("latin-1"), first_readable(body[:80]))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """Overwrite metadata in place, so that no offset inside the file changes.

    Raises NotCleanable(TRACKS) if a track is neither pictures, sound nor text: it may contain
    locations.
    """
    del limits
    copy = bytearray(data)
    for box in _boxes(data):
        body = slice(box.body, box.end)
        if box.kind == b"hdlr" and box.depth:
            kind = data[box.body + 8 : box.body + 12]
            if kind not in _KEPT_TRACKS | _NOT_TRACKS:
                raise NotCleanable(Reason.TRACKS)
            copy[box.body + 24 : box.end] = bytes(max(0, box.end - box.body - 24))
        elif box.kind in (b"mvhd", b"mdhd", b"tkhd"):
            size = 16 if data[box.body : box.body + 1] == b"\1" else 8
            copy[box.body + 4 : box.body + 4 + size] = bytes(size)
        elif _is_blanked(box):
            copy[box.start + 4 : box.start + 8] = b"free"
            copy[body] = bytes(box.end - box.body)
    return bytes(copy)
