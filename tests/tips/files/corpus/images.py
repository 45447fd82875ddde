"""Pictures."""

import struct
import zlib

from PIL import TiffImagePlugin

from board.tips.files import Reason
from tips.files import samples
from tips.files.corpus.markers import Sample


def segment(marker, body):
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def jpeg():
    sample = Sample("x.jpg")
    comment = sample.hide("comment").encode()
    facts = samples.exif()
    facts[0x013B], facts[0x010E] = sample.hide("artist"), sample.hide("description")
    facts[0x010D], facts[0x8298] = sample.hide("document name"), sample.hide("copyright")
    facts.get_ifd(0x8769)[0xA431] = sample.hide("serial number of the body")
    facts.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + sample.hide("user comment").encode()
    facts[0xC4A5] = sample.hide("unknown tag")
    data = samples.saved(samples.drawing(), "JPEG", exif=facts, comment=comment)
    apps = b"".join(
        segment(marker, f"{sample.hide(f'APP{marker - 0xE0}')}\0".encode())
        for marker in (0xE3, 0xE4, 0xE5, 0xE7, 0xEB, 0xEC, 0xEF)
    )
    for marker, begin in ((0xE0, b"JFXX\0"), (0xE3, b"Exif\0\0"), (0xED, b"Photoshop 3.0\0")):
        apps += segment(marker, begin + sample.hide(f"strange {begin[:4]!r}").encode())
    apps += segment(0xFE, sample.hide("another comment").encode())
    sample.data = data[:2] + apps + data[2:]
    sample.data += sample.hide("behind the end", told=False).encode()
    return sample


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png():
    sample = Sample("x.png")
    data = samples.saved(samples.drawing("RGBA"), "PNG")
    packed = zlib.compress(sample.hide("zTXt").encode())
    chunks = png_chunk(b"tEXt", b"Author\0" + sample.hide("tEXt").encode())
    chunks += png_chunk(b"zTXt", b"Comment\0\0" + packed)
    chunks += png_chunk(b"iTXt", b"Title\0\0\0\0\0" + sample.hide("iTXt").encode())
    chunks += png_chunk(b"tEXt", b"Author\0" + sample.hide("second tEXt of one name").encode())
    chunks += png_chunk(b"iTXt", b"x\0\0\0ko\0" + sample.hide("name in Korean").encode() + b"\0x")
    digits = b"\nexif\n      20\n" + sample.hide("raw profile").encode().hex().encode()
    chunks += png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(digits))
    for kind in (b"caBX", b"prVW", b"vpAg", b"iDOT", b"mkBT", b"pCAL"):
        chunks += png_chunk(kind, sample.hide(f"chunk {kind.decode()}").encode())
    sample.data = (
        data[:33] + chunks + data[33:] + sample.hide("behind the end", told=False).encode()
    )
    return sample


def gif():
    sample = Sample("x.gif")
    frames = [samples.drawing("P"), samples.drawing("L").convert("P")]
    data = samples.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    def block(label, *parts):
        return b"\x21" + label + b"".join(bytes([len(p)]) + p for p in parts) + b"\0"

    more = block(b"\xfe", sample.hide("second comment").encode())
    more += block(b"\xff", b"XMP DataXMP", sample.hide("application").encode())
    more += block(b"\x01", bytes(12), sample.hide("plain text").encode())
    sample.data = data[:-1] + more + b";" + sample.hide("behind the end", told=False).encode()
    return sample


def bmp():
    sample = Sample("x.bmp")
    data = bytearray(samples.saved(samples.drawing(), "BMP"))
    word = sample.hide("before the pixels").encode()
    start = int.from_bytes(data[10:14], "little")
    data[start:start] = word
    data[10:14] = (start + len(word)).to_bytes(4, "little")
    data[2:6] = len(data).to_bytes(4, "little")
    sample.data = bytes(data)
    return sample


def avif():
    sample = Sample("x.avif")
    sample.data = samples.saved(samples.drawing(), "AVIF")
    for name in (b"free", b"skip", b"uuid"):
        word = sample.hide(f"box {name.decode()}").encode()
        sample.data += samples.box(name, bytes(16), word)
    return sample


def webp():
    sample = Sample("x.webp")
    facts = samples.exif()
    facts[0x013B] = sample.hide("artist")
    data = samples.saved(samples.drawing(), "WEBP", exif=facts.tobytes())
    word = sample.hide("unknown chunk").encode()
    data += b"ABCD" + struct.pack("<I", len(word)) + word + bytes(len(word) % 2)
    sample.data = b"RIFF" + struct.pack("<I", len(data) - 8) + data[8:]
    return sample


def tiff():
    sample = Sample("x.tif")
    pages = []
    for number in range(2):
        page = samples.drawing()
        facts = TiffImagePlugin.ImageFileDirectory_v2()
        for tag, name in ((270, "description"), (315, "artist"), (285, "name"), (33432, "rights")):
            facts[tag] = sample.hide(f"{name} of page {number}")
        page.encoderinfo = {"tiffinfo": facts}
        pages.append((page, facts))
    first, facts = pages[0]
    sample.data = samples.saved(
        first, "TIFF", save_all=True, append_images=[pages[1][0]], tiffinfo=facts
    )
    return sample


def raw():
    """A raw file of a camera: TIFF, with the sensor's data in a directory of its own."""
    sample = Sample("x.dng", why_not=Reason.FORMAT)
    facts = TiffImagePlugin.ImageFileDirectory_v2()
    facts[271], facts[272] = sample.hide("make"), sample.hide("model")
    facts[315], facts[50706] = sample.hide("artist"), bytes([1, 4, 0, 0])
    facts[50735] = sample.hide("serial number of the body")
    facts.tagtype[50706], facts.tagtype[50735] = 1, 2
    sample.data = samples.saved(samples.drawing(), "TIFF", tiffinfo=facts)
    return sample


def photoshop():
    """A format that nobody here reads: its XMP is told."""
    sample = Sample("x.psd", why_not=Reason.UNKNOWN)
    packet = samples.XMP.replace(b"Ada Kim", sample.hide("creator").encode())
    path = rf"C:\Users\{sample.hide('path')}\plan.psd".encode()
    sample.data = b"8BPS\0\1" + bytes(40) + packet + bytes(9) + path + bytes(40)
    return sample


SAMPLES = {
    "jpeg": jpeg,
    "png": png,
    "gif": gif,
    "bmp": bmp,
    "avif": avif,
    "webp": webp,
    "tiff": tiff,
    "dng": raw,
    "psd": photoshop,
}
