"""Archives with a word in every place that names something."""

import gzip
import tarfile
import zipfile
from io import BytesIO

from board.tips.files import Reason
from tips.files.corpus.markers import Sample


def tar() -> Sample:
    sample = Sample("x.tar", why_not=Reason.ARCHIVE)
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo(f"{sample.hide('folder')}/{sample.hide('file')}.txt")
        member.uname, member.gname = sample.hide("user"), sample.hide("group")
        member.pax_headers = {"comment": sample.hide("comment")}
        archive.addfile(member)
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, f"/home/{sample.hide('link')}"
        archive.addfile(link)
    sample.data = buffer.getvalue()
    return sample


def packed_tar() -> Sample:
    sample = tar()
    sample.name = "x.tgz"
    buffer = BytesIO()
    with gzip.GzipFile(f"{sample.hide('packed name')}.tar", "wb", fileobj=buffer) as packed:
        packed.write(sample.data)
    sample.data = buffer.getvalue()
    return sample


def packed() -> Sample:
    sample = Sample("x.gz", why_not=Reason.ARCHIVE)
    flags = bytes([0x4 | 0x8 | 0x10])  # a field of other programs, a name, a comment
    names = f"{sample.hide('name')}.txt\0{sample.hide('comment')}\0".encode()
    body = gzip.compress(b"x")[10:]
    sample.data = b"\x1f\x8b\x08" + flags + bytes(6) + b"\2\0ab" + names + body
    return sample


def zipped() -> Sample:
    """Names in both encodings that Korean programs use without saying so."""
    sample = Sample("x.zip", why_not=Reason.ARCHIVE)
    h, buffer = sample.hide, BytesIO()
    names = {letter: f"{letter}다라마.txt" for letter in ("가", "나")}
    stand_ins = {b"p" * 12: names["가"].encode("cp949"), b"q" * 16: names["나"].encode()}
    h("name of Windows", names["가"]), h("name of macOS", names["나"])
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = h("comment").encode()
        for name in stand_ins:
            archive.writestr(name.decode(), b"x")
        info = zipfile.ZipInfo("y")
        info.comment, info.extra = h("comment of a file").encode(), _field(h("field"))
        archive.writestr(info, b"x")
    sample.data = buffer.getvalue()
    for stand_in, name in stand_ins.items():
        assert len(stand_in) == len(name)
        sample.data = sample.data.replace(stand_in, name)
    return sample


def zipped_link() -> Sample:
    """Words that a link points to, stand behind a zero byte, or in other encodings."""
    sample = Sample("x.zip", why_not=Reason.ARCHIVE)
    h, buffer = sample.hide, BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, f"/home/{h('link')}/x")
        info = zipfile.ZipInfo(f"visible.txt\0{h('behind a zero byte')}")
        info.filename = info.orig_filename
        info.comment = h("comment of Windows", "가람솔").encode("cp949")
        words = {"utf-8": "나루터", "cp949": "다솜이", "utf-16-le": "라온제"}
        info.extra = b"".join(
            _field(h(f"field in {encoding}", word), encoding) for encoding, word in words.items()
        )
        archive.writestr(info, b"x")
    sample.data = buffer.getvalue()
    return sample


def tar_of_windows() -> Sample:
    """Two archives, one behind the other, with names in the encoding of Windows."""
    sample = Sample("x.tar", why_not=Reason.ARCHIVE)
    for number, (name, user) in enumerate((("마루솔", "바다별"), ("사랑채", "아침놀"))):
        buffer = BytesIO()
        with tarfile.open(
            fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="cp949"
        ) as archive:
            member = tarfile.TarInfo(sample.hide(f"name {number}", name))
            member.uname = sample.hide(f"user {number}", user)
            archive.addfile(member)
        sample.data += buffer.getvalue()
    return sample


def packed_twice() -> Sample:
    """Two files, one behind the other: a name in the encoding of Windows, and a field."""
    sample = Sample("x.gz", why_not=Reason.ARCHIVE)
    name = sample.hide("name of Windows", "자작나무").encode("cp949") + b"\0"
    field = _field(sample.hide("field", "차돌바위"))
    body = gzip.compress(b"x")[10:]
    sample.data = b"\x1f\x8b\x08\x00" + bytes(6) + body
    sample.data += b"\x1f\x8b\x08" + bytes([0x4 | 0x8]) + bytes(6)
    sample.data += len(field).to_bytes(2, "little") + field + name + body
    return sample


def _field(text: str, encoding: str = "utf-8") -> bytes:
    raw = text.encode(encoding)
    return b"zz" + len(raw).to_bytes(2, "little") + raw


SAMPLES = {
    "tar": tar,
    "tgz": packed_tar,
    "gzip": packed,
    "zip": zipped,
    "zip with a link": zipped_link,
    "two tar": tar_of_windows,
    "two gzip": packed_twice,
}
