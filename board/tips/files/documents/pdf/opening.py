"""Opens PDF files within limits: with pikepdf to read objects, with PDFium to draw pages."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from time import process_time

import pikepdf
import pypdfium2
from pikepdf import Pdf

from ...results import NotCleanable, Reason, WorkerLimits

_OBJECTS_MAX = 200_000
_PAGES_MAX = 2_000
_END = b"%%EOF"
_VERSION = re.compile(rb"startxref\s+\d+\s+%%EOF")


def open_pdf(data: bytes) -> Pdf:
    """Raises NotCleanable: LOCKED without its password, TOO_MUCH with too many objects."""
    try:
        pdf = Pdf.open(BytesIO(_document(data)))
    except pikepdf.PasswordError:
        raise NotCleanable(Reason.LOCKED) from None
    except pikepdf.PdfError as error:
        # Encrypted for certificates: the library only knows passwords.
        locked = "unsupported encryption" in str(error)
        raise NotCleanable(Reason.LOCKED if locked else Reason.DAMAGED) from None
    if len(pdf.objects) > _OBJECTS_MAX:
        raise NotCleanable(Reason.TOO_MUCH)
    return pdf


@contextmanager
def open_pages(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The pages, to be drawn. Raises PdfiumError if damaged, NotCleanable with too many pages."""
    with closing(pypdfium2.PdfDocument(_document(data))) as document:
        if len(document) > _PAGES_MAX:
            raise NotCleanable(Reason.TOO_MUCH)
        document.init_forms()
        yield document


def is_damaged(pdf: Pdf) -> bool:
    """Whether objects had to be searched for: some may be lost without a trace."""
    return any("reconstruct cross-reference" in str(warning) for warning in pdf.get_warnings())


def versions_of(data: bytes) -> list[bytes]:
    """The file as it was after each save, oldest first; the last one is the file itself."""
    ends = [match.end() for match in _VERSION.finditer(data)]
    first = 1 if b"/Linearized" in data[:1024] else 0  # its first end is in the middle
    return [data[:end] for end in ends[first:]]


def around(data: bytes) -> list[bytes]:
    """What stands before and behind the document proper; programs ignore it."""
    end = data.rfind(_END)
    behind = data[end + len(_END) :] if end > 0 else b""
    return [part.strip(b"\0 \t\r\n") for part in (data[: data.find(b"%PDF-")], behind)]


class Deadline:
    """A share of the processor time of one file.

    The end of all the time ends the process; before, what was found can still be told.
    """

    def __init__(self, limits: WorkerLimits, share: float) -> None:
        self._end = process_time() + limits.seconds * share

    def check(self) -> None:
        """Raises NotCleanable(TOO_MUCH)."""
        if process_time() > self._end:
            raise NotCleanable(Reason.TOO_MUCH)


def _document(data: bytes) -> bytes:
    """Without what follows the last end: more than 1,024 bytes there look like damage."""
    end = data.rfind(_END)
    return data[: end + len(_END)] if end > 0 else data
