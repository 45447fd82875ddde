"""Pictures. A cleaned copy is drawn from the pixels alone, so no metadata can be left."""

import re
from collections.abc import Iterator
from io import BytesIO
from threading import Thread

import pi_heif
from PIL import (  # Pillow loads plugins when they are needed; the worker then cannot
    AvifImagePlugin,
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageSequence,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from ..readable import words
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from . import exif, icc, xmp
from .image_end import end_of
from .picture_blocks import unread
from .pixels import encode_frames, redrawn

# Threads count against the worker's limits, and one picture needs few.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.options.DECODE_THREADS = 1
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
Image.MAX_IMAGE_PIXELS = None  # WorkerLimits counts all frames together

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF")
_WRITTEN_AS = {"HEIF": "JPEG", "AVIF": "JPEG", "MPO": "JPEG", "BMP": "PNG"}
_MANY_FRAMES = {"GIF", "PNG", "WEBP", "TIFF"}
_TEXT_KINDS = (
    (FindingKind.AUTHOR, ("author", "artist", "copyright", "creator")),
    (FindingKind.SOFTWARE, ("software", "parameters", "workflow", "prompt")),
    (FindingKind.TIME, ("time", "date", "tIME")),
    (FindingKind.TITLE, ("title", "subject")),
)
_NOT_TEXT = {"xmp", "exif", "icc_profile", "comment", "photoshop", "dpi", "XML:com.adobe.xmp"}
_PAGES_MAX = 50
# Words of formats themselves, and of the settings that Photoshop writes into every picture.
_SETTING = r"(?:bool|enum|TEXT|Objc|long|doub|UntF#\w{3})"
_USUAL = re.compile(
    r"Photoshop 3\.0|http://ns\.adobe\.com/[\w./]*|Raw profile type \w+"
    r"|(?:print(?:SixteenBit|erName|ProofSetup|Output(?:Options)?)|proof(?:Setup|CMYK)"
    rf"|builtinProof|vectorData|cropWhenPrinting|cropRect\w{{3,6}}){_SETTING}?"
    rf"|(?:[A-Z][a-z][\w ]{{2}}{_SETTING})+"
)
_MARKS = (b"ftyp", b"SoundShot", b"MotionPhoto", b"moov")
_PNG_TIME = re.compile(rb"\x00\x00\x00\x07tIME(.{7})", re.S)


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    picture = _open(data, limits)
    told = ""
    for finding in _named(picture, data):
        told += finding.detail + "\n"
        yield finding
    for block in unread(data, picture.format or ""):
        for line in words(block):
            if line not in told and not _USUAL.fullmatch(line):
                yield make_finding(FindingKind.OTHER, line)
    if picture.format == "MPO":
        yield make_finding(FindingKind.PREVIEW, "MPO")
    yield from _trailer(data, picture.format or "")


def _named(picture: Image.Image, data: bytes) -> Iterator[Finding]:
    """What stands where its format has a place for it."""
    yield from exif.inspect(exif.exif_of(picture))
    yield from exif.inspect_iptc(picture)
    for packet in _xmp_packets(picture):
        yield from xmp.inspect(packet)
    if profile := picture.info.get("icc_profile"):
        yield from icc.inspect(profile)
    yield from _texts(picture, data)
    yield from _further_pages(picture)


def _further_pages(picture: Image.Image) -> Iterator[Finding]:
    """Metadata of the pages of a TIFF after the first."""
    if picture.format == "TIFF":
        for number in range(1, min(getattr(picture, "n_frames", 1), _PAGES_MAX)):
            picture.seek(number)
            yield from exif.inspect(exif.exif_of(picture))
        picture.seek(0)


def clean(data: bytes, limits: WorkerLimits, upright: bool = True) -> bytes:
    """The pixels in sRGB, rotated `upright` if the camera was turned, and nothing else.

    Formats that cannot be written, or that can hold invisible data, become JPEG or PNG.
    """
    picture = _open(data, limits)
    source = picture.format or ""
    if source == "HEIF":
        _require_thread()
    target = _WRITTEN_AS.get(source, source)
    limit = None if target in _MANY_FRAMES else 1
    frames, times = [], []
    for frame in ImageSequence.Iterator(picture):
        times.append(frame.info.get("duration", 0))
        frames.append(redrawn(frame, upright))
        if len(frames) == limit:
            break
    if target == "JPEG" and "A" in frames[0].mode:
        target = "PNG"
    return encode_frames(frames, target, times, picture.info.get("loop"))


def _require_thread() -> None:
    """Raise NotCleanable if no thread can be started: libheif needs one, and ends the process
    without.
    """
    try:
        thread = Thread(target=int)
        thread.start()
        thread.join()
    except RuntimeError:
        raise NotCleanable(Reason.FORMAT) from None


def _open(data: bytes, limits: WorkerLimits) -> Image.Image:
    """Raises NotCleanable if all frames together exceed the limit of pixels."""
    picture = Image.open(BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > limits.pixels:
        raise NotCleanable(Reason.TOO_MUCH)
    if width * height * getattr(picture, "n_frames", 1) > limits.pixels:
        raise NotCleanable(Reason.TOO_MUCH)
    return picture


def _xmp_packets(picture: Image.Image) -> Iterator[bytes]:
    for key in ("xmp", "XML:com.adobe.xmp"):
        value = picture.info.get(key)
        if value:
            yield value.encode() if isinstance(value, str) else value


def _texts(picture: Image.Image, data: bytes) -> Iterator[Finding]:
    if comment := picture.info.get("comment"):
        text = exif.text_of(comment) if isinstance(comment, bytes) else comment
        yield make_finding(FindingKind.COMMENTS, text)
    if picture.format != "PNG":
        return
    picture.load()  # texts may come after the pixels
    for key, text in getattr(picture, "text", {}).items():
        if key not in _NOT_TEXT:
            kinds = (kind for kind, names in _TEXT_KINDS if any(n in key.lower() for n in names))
            yield make_finding(next(kinds, FindingKind.COMMENTS), f"{key}: {text}")
    if match := _PNG_TIME.search(data):
        year = int.from_bytes(match[1][:2], "big")
        yield make_finding(FindingKind.TIME, f"{year}-{match[1][2]:02}-{match[1][3]:02}")


def _trailer(data: bytes, format_: str) -> Iterator[Finding]:
    """Data after the end of the picture: videos of motion photos, voice memos, archives."""
    trailer = data[end_of(data, format_) :]
    if not trailer.strip(b"\0"):
        return
    if any(mark in trailer for mark in _MARKS):
        yield make_finding(FindingKind.VOICE, f"{len(trailer)} B")
    else:
        yield make_finding(FindingKind.ATTACHMENT, f"{len(trailer)} B")
