"""Recordings: video and sound. A cleaned copy is a new container with nothing but both.

A voice cannot be made anonymous: sound is always told.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..formats import format_of
from ..property_kinds import kind_of
from ..readable import has_word, words
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from . import codecs, remux, xmp

# Tags that every file has, or that our copies have, too.
_USUAL = re.compile(
    r"(?:major_brand|minor_version|compatible_brands|language|duration)=.*"
    r"|handler_name=(?:Video|Sound)Handler|vendor_id=(?:FFMP|\[0\]\[0\]\[0\]\[0\])|encoder=Lavf",
    re.I,
)
# Words of containers and encoders themselves.
_STRUCTURE = (
    r"hdrlavih8|str[lnf](?:strh8)?|vids\w{4}|auds|odmldmlh|INFOI[A-Z]{3}"
    r"|(?:isom|iso[2-9]|avc1|mp4[12]|M4A )+|mdirappl|(?:Video|Sound)Handler"
    r"|AIFF(?:NAME|AUTH)|Opus(?:Tags|Head)|(?:LAME[\d.]*)?U{6,}|\d\d:\d\d:\d\d\.\d{9}"
)
_CUT_MIN = 0.25  # seconds; decoders of sound need a little more than is played
_UNKNOWN_TRACK = {"data": FindingKind.PLACE, "attachment": FindingKind.ATTACHMENT}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    container = format_of(data).name
    for packet in xmp.packets_in(data):
        yield from xmp.inspect(packet)
    with remux.opened(data, container) as recording:
        tags = [*_tag_lists(recording)]
        findings = [finding for one in tags for finding in _tags(one)]
        findings += [finding for stream in recording.streams for finding in _track(stream)]
        findings += [*_unplayed(recording)]
    yield from findings
    told = {finding.detail for finding in findings} | {name for one in tags for name in one}
    yield from _unnamed(data, container, told - {""})


def _tag_lists(recording: Any) -> Iterator[Mapping[str, str]]:
    yield recording.metadata
    for part in [*recording.chapters(), *({"metadata": s.metadata} for s in recording.streams)]:
        yield part["metadata"]


def _unnamed(data: bytes, container: str, told: set[str]) -> Iterator[Finding]:
    """Words that the copy does not have, other than those `told` already and names of tags."""
    names = sorted(map(re.escape, told), key=len, reverse=True)
    known = re.compile("|".join([rf"(?:{name})[=Dg]?" for name in names] + [_STRUCTURE]), re.I)
    copy = remux.copy(data, container)
    kept = remux.spare_bytes(copy, format_of(copy).name)
    for line in words(remux.spare_bytes(data, container), copy=kept):
        if has_word(known.sub("", line)):
            yield make_finding(FindingKind.OTHER, line)


def _track(stream: Any) -> Iterator[Finding]:
    if codecs.is_cover(stream):
        yield make_finding(FindingKind.PREVIEW, "cover")
    elif stream.type == "audio":
        yield Finding(FindingKind.VOICE, stays=True)
    elif stream.type != "video":
        kind = _UNKNOWN_TRACK.get(stream.type, FindingKind.HIDDEN)
        yield make_finding(kind, "track", stream.type)


def _unplayed(recording: Any) -> Iterator[Finding]:
    """What players do not play, and the copy has: further tracks, and what was cut off without
    encoding the film again.
    """
    kept = remux.kept(recording)
    for type_ in ("video", "audio"):
        for _ in [stream for stream in kept if stream.type == type_][1:]:
            yield make_finding(FindingKind.HIDDEN, "track", type_, stays=True)
    if (seconds := remux.seconds_cut(recording)) > _CUT_MIN:
        yield make_finding(FindingKind.HIDDEN, "cut", f"{seconds:.1f} s", stays=True)


def _tags(tags: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in tags.items():
        if not _USUAL.fullmatch(f"{name}={value}") and value.strip():
            kind = kind_of(name)
            yield make_finding(kind or FindingKind.OTHER, value if kind else f"{name}: {value}")


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """Raises NotCleanable(TRACKS)."""
    del limits
    return remux.copy(data, format_of(data).name)
