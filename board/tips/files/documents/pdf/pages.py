"""The pages of a PDF drawn anew: pictures of what a reader sees, in a new file, and nothing else.

Lost are selectable text, links, bookmarks and what is filled in later; kept are size and order of
the pages, and every mark that can be seen, such as the dots of a colour printer.
"""

import math
import re
import zlib
from contextlib import closing
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream
from PIL import Image

from ...results import NotCleanable, Reason, WorkerLimits
from .opening import Deadline

_POINTS_PER_INCH = 72
_DPI_MAX, _DPI_MIN = 200, 90  # below, small print cannot be read
_PIXELS_MAX = 240_000_000  # of all pages: 60 of size A4 at 200 dpi, 270 at 90
_SCAN_WIDTH_MIN = 1000  # pixels across
_COLOURS_MAX = 4096  # of drawings and text; a page of more is a photo or a scan
_ID = re.compile(rb"(?<=/ID )\[<[0-9a-f]{32}><[0-9a-f]{32}>\]")
_JPEG_QUALITY = 85


def draw(document: pypdfium2.PdfDocument, limits: WorkerLimits, deadline: Deadline) -> bytes:
    """The pages as a new PDF, the same for the same file. Raises NotCleanable(TOO_MUCH)."""
    scale = scale_of(document, limits)
    buffer, length = BytesIO(), 0
    with Pdf.new() as copy:
        for page in document:
            deadline.check()
            with closing(page):
                length += _add_page(copy, page.get_size(), rendered(page, scale))
            if length > limits.bytes:
                raise NotCleanable(Reason.TOO_MUCH)
        copy.save(buffer, deterministic_id=True)
    return _without_id(buffer.getvalue())


def _without_id(data: bytes) -> bytes:
    """The file with zeros for its identifier, a hash that may look like words by chance."""
    return _ID.sub(lambda match: re.sub(rb"[0-9a-f]", b"0", match[0]), data)


def scale_of(document: pypdfium2.PdfDocument, limits: WorkerLimits) -> float:
    """Pixels for each point, so that neither one page nor all together are too large.

    Raises NotCleanable(TOO_MUCH) if small print could not be read.
    """
    sizes = [document.get_page_size(number) for number in range(len(document))]
    areas = [max(width, 1) * max(height, 1) for width, height in sizes]
    fits = min(_PIXELS_MAX / sum(areas), limits.pixels / 4 / max(areas))
    scale = min(math.sqrt(fits), _DPI_MAX / _POINTS_PER_INCH)
    if scale < _DPI_MIN / _POINTS_PER_INCH:
        raise NotCleanable(Reason.TOO_MUCH)
    return scale


def is_scan(page: pypdfium2.PdfPage) -> bool:
    """Whether the page has a picture as large as scanners make them."""
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return any(image.get_px_size()[0] >= _SCAN_WIDTH_MIN for image in images)


def rendered(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    """The page in RGB; `scale`: pixels for each point."""
    return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def _picture(copy: Pdf, drawn: Image.Image) -> Stream:
    """An image: text and drawings without loss, in grey if there is no colour; photos as JPEG."""
    colours: Any = drawn.getcolors(_COLOURS_MAX)
    if colours and all(red == green == blue for _, (red, green, blue) in colours):
        drawn = drawn.convert("L")
    data, coding = _jpeg(drawn), Name.DCTDecode
    if colours and len(lossless := zlib.compress(drawn.tobytes())) < len(data):
        data, coding = lossless, Name.FlateDecode
    picture = Stream(copy, data, Type=Name.XObject, Subtype=Name.Image, Filter=coding)
    picture.Width, picture.Height, picture.BitsPerComponent = *drawn.size, 8
    picture.ColorSpace = Name.DeviceGray if drawn.mode == "L" else Name.DeviceRGB
    return picture


def _jpeg(drawn: Image.Image) -> bytes:
    buffer = BytesIO()
    drawn.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()


def _add_page(copy: Pdf, size: tuple[float, float], drawn: Image.Image) -> int:
    """Add a page of `size` (points) with one picture; return the bytes of the picture."""
    width, height = (f"{side:.2f}".rstrip("0").rstrip(".") for side in size)
    picture = copy.make_indirect(_picture(copy, drawn))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, Decimal(width), Decimal(height)]),
        Resources=Dictionary(XObject=Dictionary(P=picture)),
        Contents=copy.make_stream(f"{width} 0 0 {height} 0 0 cm /P Do".encode()),
    )
    copy.pages.append(Page(copy.make_indirect(page)))
    return len(picture.read_raw_bytes())
