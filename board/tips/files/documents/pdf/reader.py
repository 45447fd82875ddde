"""Inspects PDF files; the cleaned copy has its pages drawn anew."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from textwrap import wrap

from pikepdf import Array, Dictionary, Name, Pdf, Stream
from pypdfium2 import PdfPage

from ...readable import first_readable
from ...results import (
    DETAIL_MAX,
    Finding,
    FindingKind,
    NotCleanable,
    Reason,
    WorkerLimits,
    make_finding,
)
from .. import embedded
from . import page_text, pages, syntax
from .objects import Numbers, Texts, unused, walk
from .opening import Deadline, around, is_damaged, open_pages, open_pdf, versions_of
from .streams import StreamReader

_JUNK_MIN = 64  # bytes around the document that may be a file
_VERSIONS_MAX = 3  # earlier ones that are read, the latest
_LINES_MAX = 5  # findings about the hidden text of a page, or the lost text of a version
_SHARE = 0.45  # of the time: to inspect, and to clean


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    """Raises NotCleanable or PdfiumError after what was found before."""
    deadline, texts = Deadline(limits, _SHARE), Texts()
    for junk in around(data):
        text = first_readable(junk)
        if text or len(junk) >= _JUNK_MIN:
            yield make_finding(FindingKind.ATTACHMENT, f"{len(junk)} B", text)
    with open_pdf(data) as pdf:
        yield from _structure(pdf)
        yield from _objects(pdf, texts, limits, deadline)
        yield from _rest(data, pdf, texts)
    yield from _versions(data, texts, deadline)
    yield from texts.grouped()
    yield from _pages(data, texts, limits, deadline)


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The pages drawn anew. Raises NotCleanable or PdfiumError."""
    deadline = Deadline(limits, _SHARE)
    with open_pdf(data) as pdf, open_pages(data) as document:
        if is_damaged(pdf) or len(pdf.pages) != len(document):
            raise NotCleanable(Reason.DAMAGED)
        return pages.draw(document, limits, deadline)


def _structure(pdf: Pdf) -> Iterator[Finding]:
    if Name.AcroForm in pdf.Root:
        yield make_finding(FindingKind.HIDDEN, "AcroForm")
    default = pdf.Root.get("/OCProperties", Dictionary()).get("/D", Dictionary())
    if len(default.get("/OFF", Array([]))) or default.get("/BaseState") == Name.OFF:
        yield make_finding(FindingKind.HIDDEN, "OCProperties")


def _objects(pdf: Pdf, texts: Texts, limits: WorkerLimits, deadline: Deadline) -> Iterator[Finding]:
    """What the objects of the document reveal, and those nothing leads to any more."""
    seen: Numbers = set()
    streams = StreamReader(texts, limits, deadline)
    for place in walk([pdf.trailer], seen, deadline):
        yield from texts.inspect(place)
        if isinstance(place.value, Stream):
            yield from streams.inspect(place)
    for place in walk(unused(pdf, seen), seen, deadline):
        yield from texts.inspect(place, FindingKind.REVISIONS)
        if isinstance(place.value, Stream):
            yield from streams.inspect_unused(place.value)


def _rest(data: bytes, pdf: Pdf, texts: Texts) -> Iterator[Finding]:
    """Comments between the objects, and strings of objects that were replaced."""
    plain = syntax.without_streams(data)
    for comment in syntax.comments_in(plain):
        yield from texts.tell(comment, FindingKind.COMMENTS, "%")
    if not pdf.is_encrypted:
        for string in syntax.strings_in(plain):
            yield from texts.tell(string, FindingKind.REVISIONS)


def _pages(
    data: bytes, texts: Texts, limits: WorkerLimits, deadline: Deadline
) -> Iterator[Finding]:
    """What the pages say. Raises NotCleanable(FONTS) if they cannot be drawn faithfully."""
    is_foreign = False
    with open_pages(data) as document:
        pages.scale_of(document, limits)
        for page in document:
            deadline.check()
            with closing(page):
                text = page_text.read(page)
                yield from _page(page, text, texts)
            is_foreign |= text.is_foreign
    if is_foreign:
        raise NotCleanable(Reason.FONTS)


def _page(page: PdfPage, text: page_text.PageText, texts: Texts) -> Iterator[Finding]:
    """Of what is seen, personal data; of what is not, all."""
    yield from embedded.inspect_text(text.seen)
    if not text.seen and pages.is_scan(page):  # it may show the dots of a printer
        yield Finding(FindingKind.PRINTER, stays=True)
    yield from _hidden(text.unseen, texts)
    for finding in _hidden(text.faint, texts):
        yield replace(finding, stays=True)


def _hidden(pieces: tuple[str, ...], texts: Texts) -> Iterator[Finding]:
    for line in _lines(" … ".join(pieces)):
        yield from texts.tell(line, FindingKind.HIDDEN)


def _versions(data: bytes, texts: Texts, deadline: Deadline) -> Iterator[Finding]:
    """What earlier versions say that this one does not."""
    earlier = versions_of(data)[:-1]
    if not earlier:
        return
    yield make_finding(FindingKind.REVISIONS, len(earlier) + 1)
    said = set(_words(data))
    for version in earlier[-_VERSIONS_MAX:]:
        with open_pdf(version) as pdf:
            for place in walk([pdf.trailer], set(), deadline):
                yield from texts.inspect(place, FindingKind.REVISIONS)
        lost = dict.fromkeys(word for word in _words(version) if word not in said)
        for line in _lines(" ".join(lost)):
            yield from texts.tell(line, FindingKind.REVISIONS)


def _words(data: bytes) -> list[str]:
    with open_pages(data) as document:
        return [word for page in document for word in page_text.words(page)]


def _lines(text: str) -> list[str]:
    return wrap(text, DETAIL_MAX)[:_LINES_MAX]
