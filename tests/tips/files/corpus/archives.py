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


def _field(text: str) -> bytes:
    return b"zz" + len(text).to_bytes(2, "little") + text.encode()


SAMPLES = {"tar": tar, "tgz": packed_tar, "gzip": packed, "zip": zipped}
