"""HWP 5 with a word in every place of "한글 문서 파일 형식 5.0". It is only read."""

import struct

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus.markers import Sample
from tips.files.samples import control, counted, packed, property_set, record


def hwp() -> Sample:
    sample = Sample("x.hwp", why_not=Reason.FORMAT)
    h = sample.hide
    properties = {number: h(f"property {number}") for number in (2, 3, 4, 5, 6, 8, 20)}
    sample.data = samples.compound({
        "FileHeader": b"HWP Document File".ljust(32, b"\0")
        + struct.pack("<II", 0x05010001, 0x1)
        + bytes(216),
        "DocInfo": packed(_info(sample)),
        "\x05HwpSummaryInformation": property_set(properties),
        "BodyText/Section0": packed(_section(sample)),
        "BinData/BIN0001.jpg": packed(samples.jpeg()),
        f"BinData/{h('embedded object')}.ole": packed(b"object"),
        "PrvText": h("preview").encode("utf-16-le"),
        "DocOptions/_LinkDoc": b"\0\0" + f":\\{h('temporary path')}\\x\0".encode("utf-16-le"),
        f"XMLTemplate/{h('unknown stream')}": b"x",
    })  # fmt: skip
    sample.shown["paragraph"] = sample.hidden.pop("paragraph")
    return sample


def _info(sample: Sample) -> bytes:
    h = sample.hide
    linked = struct.pack("<H", 0) + counted(f"C:\\{h('linked path')}\\x.png")
    linked += counted(f"..\\{h('relative path')}.png")
    style = counted(h("style name")) + counted(h("english style name")) + bytes(8)
    usual = counted("바탕글") + counted("Normal") + bytes(8)
    data = struct.pack("<HHH", 0x21B, 1, 0) + struct.pack("<HH", 0x4000, 1)
    return (
        record(16, bytes(26))
        + record(16 + 2, linked, 1)
        + record(16 + 3, b"\x01" + counted("함초롬바탕"), 1)
        + record(16 + 3, b"\x01" + counted(h("typeface")), 1)
        + record(16 + 10, usual, 1)
        + record(16 + 10, style, 1)
        + record(16 + 11, data + counted(h("document data")))
        + record(16 + 81, counted(h("change author")))
    )


def _section(sample: Sample) -> bytes:
    h = sample.hide
    body = _paragraph(control(2) + h("paragraph").encode("utf-16-le"), 0)
    for name in (b"gso ", b"tbl ", b"eqed"):
        comment = f"그림입니다. 원본 그림의 이름: C:\\Users\\{h(f'shape {name!r}')}\\x.png"
        body += record(16 + 55, name[::-1] + bytes(40) + counted(comment), 1)
    for name in (b"%clk", b"%hlk", b"%usr", b"%smr", b"%dte", b"%pat", b"%xrf", b"%fmu", b"%unk"):
        command = f"x:{h(f'command of {name!r}')};"
        body += record(16 + 55, name[::-1] + bytes(5) + counted(command) + bytes(4), 1)
    field = struct.pack("<HHH", 0x21B, 1, 0) + struct.pack("<HH", 0x4000, 1)
    body += record(16 + 71, field + counted(h("field name")), 2)
    body += record(16 + 56, bytes(34) + field + counted(h("cell name")), 2)
    body += record(16 + 55, b"tcmt"[::-1] + bytes(4), 1) + record(16 + 56, bytes(8), 2)
    body += _paragraph(h("hidden comment").encode("utf-16-le"), 2)
    body += record(16 + 75, b"+pbt" + f"Name:wstring:7:{h('control')} ".encode("utf-16-le"), 2)
    memo = record(16 + 77, bytes(4), 1) + record(16 + 56, bytes(8), 2)
    return body + memo + _paragraph(h("memo").encode("utf-16-le"), 2)


def _paragraph(text: bytes, level: int) -> bytes:
    return record(16 + 50, bytes(22), level) + record(16 + 51, text + b"\r\0", level + 1)


SAMPLES = {"hwp": hwp}
