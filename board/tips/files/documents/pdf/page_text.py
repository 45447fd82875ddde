"""The text of a page, parted into what its reader sees and what is there unseen.

The page is drawn with its text and without: where a letter changes no pixel, nobody sees it,
whether it is white, covered, clipped, too small, in a hidden layer or outside of the page.
"""

import ctypes
import math
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium
from PIL import ImageChops
from pypdfium2 import PdfPage, PdfTextPage

from .pages import rendered

_SCALE = 1.5  # pixels for each point
_FAINT = 24  # of 255: what differs less from its background is not noticed
_LETTERS_MIN = 3  # fewer in a row are specks
_SEEN, _FAINTLY, _UNSEEN = "seen", "faint", "unseen"


@dataclass(frozen=True, slots=True)
class PageText:
    """`seen` is in the copy as well; `faint` text, too, for who looks closely; `unseen` is not.

    `is_foreign`: letters whose font is not in the file, so that nobody can draw them for sure.
    """

    seen: str
    faint: tuple[str, ...]
    unseen: tuple[str, ...]
    is_foreign: bool


def read(page: PdfPage) -> PageText:
    """What the page says. Raises PdfiumError if it cannot be drawn."""
    with closing(page.get_textpage()) as text_page:
        letters = _Letters(text_page)
        pieces = _pieces(page, letters) if letters.count else []
    seen = " ".join(piece for look, piece in pieces if look == _SEEN)
    faint, unseen = (_kept(pieces, look, seen) for look in (_FAINTLY, _UNSEEN))
    return PageText(seen, faint, unseen, letters.is_foreign)


def _pieces(page: PdfPage, letters: "_Letters") -> list[tuple[str, str]]:
    """The text in pieces that look alike, each with its look."""
    pixels = _Pixels(page)
    looks = _spread([letters.look(number, pixels) for number in range(letters.count)])
    text = map(letters.char, range(letters.count))
    runs = groupby(zip(looks, text, strict=True), key=lambda pair: pair[0])
    return [(look, "".join(char for _, char in run)) for look, run in runs]


def _spread(looks: list[str]) -> list[str]:
    """Blanks look like the letter before them."""
    last = _SEEN
    return [last := look or last for look in looks]


def _kept(pieces: list[tuple[str, str]], look: str, seen: str) -> tuple[str, ...]:
    """The pieces of this look that say more than the visible text does."""
    texts = (" ".join(piece.split()) for each, piece in pieces if each == look)
    return tuple(text for text in texts if len(text) >= _LETTERS_MIN and text not in seen)


class _Pixels:
    """Where a page looks different without its text."""

    def __init__(self, page: PdfPage) -> None:
        with_text = rendered(page, _SCALE)
        for letters in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            pdfium.FPDFPageObj_SetIsActive(letters, False)
        red, green, blue = ImageChops.difference(with_text, rendered(page, _SCALE)).split()
        self._difference = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        self._axes = _axes(page, *self._difference.size)

    def change(self, left: float, bottom: float, right: float, top: float) -> int:
        """The largest change within a rectangle (points of the page): 0 to 255."""
        corners = [self._pixel(x, y) for x in (left, right) for y in (bottom, top)]
        low, high = (
            [pick(corner[axis] for corner in corners) for axis in (0, 1)] for pick in (min, max)
        )
        x, y = (_inner(*side) for side in zip(low, high, strict=True))
        width, height = self._difference.size
        box = (max(x[0], 0), max(y[0], 0), min(x[1], width), min(y[1], height))
        if box[0] >= box[2] or box[1] >= box[3]:
            return 0
        change: Any = self._difference.crop(box).getextrema()
        return int(change[1])

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        origin, across, up = self._axes
        return origin[0] + x * across[0] + y * up[0], origin[1] + x * across[1] + y * up[1]


class _Letters:
    """The letters of a page by number, in the order of reading."""

    def __init__(self, text_page: PdfTextPage) -> None:
        self._page = text_page
        self._fonts: dict[int | None, tuple[bool, bool]] = {}
        self.count = text_page.count_chars()
        self.is_foreign = False

    def char(self, number: int) -> str:
        return chr(pdfium.FPDFText_GetUnicode(self._page, number))

    def look(self, number: int, pixels: _Pixels) -> str:
        """How a letter looks; empty for blanks."""
        char = self.char(number)
        if char.isspace() or unicodedata.category(char)[0] in "CZ":
            return ""
        is_invisible, is_embedded = self._font(number)
        if is_invisible:
            return _UNSEEN
        if not is_embedded and char.isalpha() and char >= "\u0400":
            self.is_foreign = True
            return _SEEN
        change = pixels.change(*self._box(number))
        return _SEEN if change > _FAINT else _FAINTLY if change else _UNSEEN

    def _font(self, number: int) -> tuple[bool, bool]:
        """Whether a letter is drawn invisibly, and whether its font is in the file."""
        letters = pdfium.FPDFText_GetTextObject(self._page, number)
        address = ctypes.cast(letters, ctypes.c_void_p).value
        if address not in self._fonts:
            font = pdfium.FPDFTextObj_GetFont(letters)
            mode = pdfium.FPDFTextObj_GetTextRenderMode(letters)
            self._fonts[address] = (
                mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
                bool(pdfium.FPDFFont_GetIsEmbedded(font)),
            )
        return self._fonts[address]

    def _box(self, number: int) -> tuple[float, float, float, float]:
        return self._page.get_charbox(number)


def _axes(page: PdfPage, width: int, height: int) -> tuple[tuple[float, float], ...]:
    """Where the origin of the page is in its picture, and how far one point leads: pixels."""
    fine = 1_000  # PDFium answers in whole numbers
    x, y = ctypes.c_int(), ctypes.c_int()
    found = []
    for point in ((0, 0), (1, 0), (0, 1)):
        pdfium.FPDF_PageToDevice(page, 0, 0, width * fine, height * fine, 0, *point, x, y)
        found.append((x.value / fine, y.value / fine))
    origin, *others = found
    return origin, *((end[0] - origin[0], end[1] - origin[1]) for end in others)


def _inner(low: float, high: float) -> tuple[int, int]:
    """The whole pixels between two edges; if there are none, those the edges cross."""
    inner = math.ceil(low), math.floor(high)
    return inner if inner[0] < inner[1] else (math.floor(low), math.ceil(high))


def words(page: PdfPage) -> list[str]:
    """All words of the page, seen or not."""
    with closing(page.get_textpage()) as text_page:
        return text_page.get_text_range().split()
