"""Audio: MP3 with its tags (ID3, APE), and WAV. The sound is not encoded again."""

import re
from collections.abc import Iterator

from ..results import Finding, FindingKind, WorkerLimits, first_readable, make_finding


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    yield from _inspect_wav(data) if data.startswith(b"RIFF") else _inspect_mp3(data)
    yield Finding(FindingKind.VOICE, stays=True)


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The sound without tags. Raises ValueError if there is none."""
    del limits
    return _clean_wav(data) if data.startswith(b"RIFF") else _clean_mp3(data)


# MP3: audio frames with tags before and after them.

_FRAMES = {
    **dict.fromkeys(("TPE1", "TPE2", "TCOM", "TOWN", "TCOP", "TP1", "TOPE"), FindingKind.AUTHOR),
    **dict.fromkeys(("TSSE", "TENC", "TSS", "TEN"), FindingKind.SOFTWARE),
    **dict.fromkeys(("TDRC", "TDEN", "TDTG", "TYER", "TDAT", "TYE"), FindingKind.TIME),
    **dict.fromkeys(("TIT1", "TIT2", "TIT3", "TALB", "TT2", "TAL"), FindingKind.TITLE),
    **dict.fromkeys(("COMM", "USLT", "COM"), FindingKind.COMMENTS),
    **dict.fromkeys(("APIC", "PIC"), FindingKind.PREVIEW),
    **dict.fromkeys(("GEOB", "GEO"), FindingKind.ATTACHMENT),
    **dict.fromkeys(("UFID", "PRIV", "TSRC"), FindingKind.IDENTIFIER),
}
_TEXT_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_ID3V1, _APE_FOOTER = 128, 32  # bytes


def _id3_size(data: bytes) -> int:
    """Size in bytes of the ID3v2 tag with its header; 0 without one."""
    if data[:3] != b"ID3":
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return size + 10 + (10 if data[5] & 0x10 else 0)


def _inspect_mp3(data: bytes) -> Iterator[Finding]:
    yield from _id3_frames(data[: _id3_size(data)])
    frames = _audio_frames(data)
    trailing = data[_id3_size(data) + len(frames) :]
    if trailing[-_ID3V1:][:3] == b"TAG":
        for kind, field in (
            (FindingKind.TITLE, slice(-125, -95)),
            (FindingKind.AUTHOR, slice(-95, -65)),
        ):
            if text := trailing[field].decode("cp949", "replace").strip("\0 "):
                yield make_finding(kind, text)
    elif trailing:
        yield make_finding(FindingKind.OTHER, f"{len(trailing)} B")


def _id3_frames(tag: bytes) -> Iterator[Finding]:
    is_v2_2 = tag[3:4] == b"\2"
    head, name_size = (6, 3) if is_v2_2 else (10, 4)
    at = 10
    while at + head < len(tag) and tag[at : at + 1].strip(b"\0"):
        name = tag[at : at + name_size].decode("latin-1")
        size = _frame_size(tag[at + name_size : at + 2 * name_size], tag[3] == 4)
        body = tag[at + head : at + head + size]
        kind = _FRAMES.get(name, FindingKind.OTHER)
        text = _id3_text(body) if name[:1] in "TC" else ""
        yield make_finding(kind, text or name)
        at += head + size


def _frame_size(field: bytes, is_syncsafe: bool) -> int:
    size = 0
    for byte in field:
        size = size << (7 if is_syncsafe else 8) | byte
    return size


def _id3_text(body: bytes) -> str:
    encoding = _TEXT_ENCODINGS[body[0]] if body and body[0] < len(_TEXT_ENCODINGS) else "latin-1"
    return body[1:].decode(encoding, "replace").replace("\0", " ").strip()


def _audio_frames(data: bytes) -> bytes:
    """The bytes between the tags: ID3v2 before; ID3v1, Lyrics3 and APE after."""
    frames = data[_id3_size(data) :]
    while True:
        if frames[-_ID3V1:][:3] == b"TAG":
            frames = frames[:-_ID3V1]
        elif frames[-_APE_FOOTER:][:8] == b"APETAGEX":
            size = int.from_bytes(frames[-20:-16], "little")
            header = _APE_FOOTER if frames[-9] & 0x80 else 0
            frames = frames[: max(0, len(frames) - size - header)]
        elif frames.endswith(b"LYRICS200") and b"LYRICSBEGIN" in frames:
            frames = frames[: frames.rindex(b"LYRICSBEGIN")]
        else:
            return frames


def _clean_mp3(data: bytes) -> bytes:
    frames = _audio_frames(data)
    start = re.search(rb"\xff[\xfb\xfa\xf3\xf2\xe3]", frames[:4096])
    if not start:
        raise ValueError("no sound between the tags")
    return frames[start.start() :]


# WAV: a sequence of chunks.

_KEPT_CHUNKS = {b"fmt ", b"data", b"fact"}
_CHUNKS = {
    b"bext": FindingKind.DEVICE,
    b"iXML": FindingKind.DEVICE,
    b"LIST": FindingKind.COMMENTS,
    b"id3 ": FindingKind.COMMENTS,
    b"_PMX": FindingKind.OTHER,
    b"cart": FindingKind.TITLE,
}
_INFO = {
    b"IART": FindingKind.AUTHOR,
    b"ISFT": FindingKind.SOFTWARE,
    b"ICRD": FindingKind.TIME,
    b"INAM": FindingKind.TITLE,
}


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _inspect_wav(data: bytes) -> Iterator[Finding]:
    for name, body in _chunks(data):
        if name == b"LIST" and body.startswith(b"INFO"):
            for field, text in _chunks(b"RIFF0000" + body):
                kind = _INFO.get(field, FindingKind.COMMENTS)
                yield make_finding(kind, first_readable(text))
        elif name not in _KEPT_CHUNKS:
            yield make_finding(
                _CHUNKS.get(name, FindingKind.OTHER), first_readable(body) or name.decode("latin-1")
            )


def _clean_wav(data: bytes) -> bytes:
    chunks = b""
    for name, body in _chunks(data):
        if name in _KEPT_CHUNKS:
            chunks += name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
    if b"data" not in chunks:
        raise ValueError("no sound")
    return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks
