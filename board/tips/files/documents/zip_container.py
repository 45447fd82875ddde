"""Documents that are zip files: parts read within limits, and written deterministically."""

import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO

from ..readable import words
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from ..text.decoding import decode_name

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip can name
_ENCRYPTED = 0x1
# The order matters to programs that look at the first bytes of a document.
_FIRST = ("mimetype", "[Content_Types].xml", "_rels/.rels")
_USUAL_FOLDER = re.compile(
    r"(Configurations2|Pictures|Thumbnails|META-INF|Contents|Preview|BinData|Scripts|_rels|docProps"
    r"|word|xl|ppt|media|Object \d+)/([a-zA-Z]{1,20}/){0,3}"
)
_END = b"PK\x05\x06"
_END_SIZE = 22  # bytes of that record, without the comment
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30  # bytes of the header before a part, without name and fields


class ZipContainer:
    """The parts of one document by name. Each is decompressed at most once, and all within
    `limits`.

    Raises NotCleanable(TOO_MUCH or LOCKED), or zipfile's own errors if the file is damaged.
    """

    def __init__(self, data: bytes, limits: WorkerLimits) -> None:
        self._zip = zipfile.ZipFile(BytesIO(data))
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        # A part never decompresses to more than it declares, so the sum is known beforehand.
        if len(infos) > limits.parts or sum(i.file_size for i in infos) > limits.unpacked:
            raise NotCleanable(Reason.TOO_MUCH)
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise NotCleanable(Reason.LOCKED)
        self._infos = {info.filename: info for info in infos}
        if len(self._infos) < len(infos):
            raise zipfile.BadZipFile("two parts of one name")
        self._read: dict[str, bytes] = {}
        self._data = data

    @property
    def names(self) -> list[str]:
        return sorted(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def __getitem__(self, name: str) -> bytes:
        if name not in self._read:
            self._read[name] = self._zip.read(self._infos[name])
        return self._read[name]

    def get(self, name: str, missing: bytes) -> bytes:
        return self[name] if name in self._infos else missing

    def matching(self, pattern: str) -> list[str]:
        """Names that match the whole of `pattern`, ignoring case."""
        return [name for name in self.names if re.fullmatch(pattern, name, re.I)]

    def inspect_container(self) -> Iterator[Finding]:
        """Metadata of the zip file itself."""
        dates = [info.date_time for info in self._infos.values() if info.date_time > _EPOCH]
        if dates:
            yield make_finding(
                FindingKind.TIME, "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*max(dates))
            )
        if self._zip.comment:
            yield make_finding(FindingKind.COMMENTS, decode_name(self._zip.comment))
        for info in self._zip.infolist():
            yield from notes(info)
        trailing = len(self._data) - self._data.rfind(_END) - _END_SIZE - len(self._zip.comment)
        if trailing > 0:
            yield make_finding(FindingKind.ATTACHMENT, f"{trailing} B")


def unlocked(data: bytes, limits: WorkerLimits) -> ZipContainer:
    """The parts of an OpenDocument or HWPX. Raises NotCleanable(LOCKED) if it has a password."""
    parts = ZipContainer(data, limits)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise NotCleanable(Reason.LOCKED)
    return parts


def written(parts: dict[str, bytes]) -> bytes:
    """A document of `parts`: one date, one system, a fixed order."""
    buffer = BytesIO()
    rest = sorted(set(parts) - set(_FIRST))
    with zipfile.ZipFile(buffer, "w") as target:
        for name in [*(name for name in _FIRST if name in parts), *rest]:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 0
            # The first part of OpenDocument and HWPX is read without unpacking.
            stored = name == "mimetype"
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            target.writestr(info, parts[name])
    return buffer.getvalue()


def notes(info: zipfile.ZipInfo) -> Iterator[Finding]:
    """Comments and fields of unknown use of one part, and folders of unusual names."""
    if info.comment:
        yield make_finding(FindingKind.COMMENTS, decode_name(info.comment))
    yield from field_words(info.extra)
    if info.is_dir() and not _USUAL_FOLDER.fullmatch(info.filename):
        yield make_finding(FindingKind.OTHER, info.filename)


def field_words(extra: bytes) -> Iterator[Finding]:
    """Words in fields of other programs, in any encoding. Those of gzip are built like these."""
    while extra:
        size = int.from_bytes(extra[2:4], "little")
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        texts = re.findall(r"[\w .,:/@-]{5,}", body.decode("utf-8", "ignore"))
        for text in dict.fromkeys((*texts, *words(body))):
            yield make_finding(FindingKind.OTHER, text)


def local_header(data: bytes, info: zipfile.ZipInfo) -> tuple[bytes, bytes]:
    """Name and fields of a part as they stand before it; empty if the place is wrong."""
    start = info.header_offset + _LOCAL_SIZE
    if not data.startswith(_LOCAL, info.header_offset) or len(data) < start:
        return b"", b""
    name_size, extra_size = struct.unpack_from("<HH", data, start - 4)
    name = data[start : start + name_size]
    return name, data[start + name_size : start + name_size + extra_size]
