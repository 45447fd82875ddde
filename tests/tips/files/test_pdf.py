"""A source sends a PDF: its pages are drawn anew, and what they hide is told."""

from contextlib import closing
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from pypdfium2 import PdfDocument

from board.tips.files import Finding, FindingKind, Reason, WorkerLimits, clean, inspect
from board.tips.files.worker import answer_for
from tips.files import samples

LIMITS = WorkerLimits()
WRITE = "BT /F 12 Tf {} Td ({}) Tj ET"


def pdf(*contents, size=(300, 200), font=None, **options):
    """A PDF of one page for each content, written with `font` or Helvetica."""
    document = pikepdf.new()
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    for content in contents:
        page = document.add_blank_page(page_size=(300, 200))
        page.MediaBox = [0, 0, *size]
        page.Resources = Dictionary(Font=Dictionary(F=font or helvetica))
        page.Contents = document.make_stream(content.encode())
    return saved(document, **options)


def saved(document, **options):
    buffer = BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


def answer(data):
    return answer_for(data, "x.pdf", LIMITS)


def details(data, kind):
    return [finding.detail for finding in answer(data).findings if finding.kind == kind]


def drawn(data):
    with closing(PdfDocument(data)) as document:
        return [page.render(scale=1).to_pil().convert("L") for page in document]


def korean_font():
    """A font that programs are expected to have."""
    info = Dictionary(Registry="Adobe", Ordering="Korea1", Supplement=1)
    letters = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name.HYSMyeongJo, CIDSystemInfo=info
    )
    return Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.HYSMyeongJo,
        Encoding=Name("/UniKS-UCS2-H"), DescendantFonts=Array([letters]),
    )  # fmt: skip


def test_a_cleaned_pdf_has_one_picture_on_each_page_and_nothing_else():
    original = pdf(WRITE.format("20 100", "one"), "1 0 0 rg 0 0 9 9 re f", size=(612.5, 400))

    with pikepdf.open(BytesIO(answer(original).cleaned)) as copy:
        assert [[float(side) for side in page.MediaBox] for page in copy.pages] == [
            [0, 0, 612.5, 400]
        ] * 2
        for page in copy.pages:
            assert set(page.obj.keys()) == {
                *("/Type", "/Parent", "/MediaBox", "/Resources", "/Contents")
            }
            assert set(page.Resources.keys()) == {"/XObject"}
            assert page.Contents.read_bytes() == b"612.5 0 0 400 0 0 cm /P Do"
        assert set(copy.Root.keys()) == {"/Type", "/Pages"}
        assert set(copy.trailer.keys()) == {"/Root", "/Size", "/ID"}
        assert {bytes(half) for half in copy.trailer.ID} == {bytes(16)}
        assert copy.check_pdf_syntax() == []


def test_a_cleaned_pdf_shows_pictures_filled_fields_and_colours():
    (page,) = drawn(answer(samples.pdf()).cleaned)

    assert page.crop((20, 80, 60, 100)).getextrema()[0] < 100  # “Ada”, filled in
    assert page.crop((20, 40, 90, 55)).getextrema()[0] < 100  # “The ledger”
    assert page.getpixel((25, 153)) < 100  # the red corner of the picture


def test_a_page_that_is_turned_and_cropped_is_shown_as_it_was():
    with pikepdf.open(BytesIO(pdf("0 g 100 100 100 50 re f"))) as document:
        document.pages[0].CropBox = [50, 50, 250, 200]
        document.pages[0].Rotate = 90
        original = saved(document)

    (before,), (after,) = drawn(original), drawn(answer(original).cleaned)

    assert before.size == after.size == (150, 200)
    before, after = (
        page.resize((15, 20)).point(lambda grey: 255 * (grey > 128)) for page in (before, after)
    )
    assert before.tobytes() == after.tobytes()
    assert before.histogram()[0] == 50  # of 300 parts, 50 are black


def test_a_photo_is_kept_as_a_photo_and_text_without_loss():
    photo = samples.saved(Image.effect_noise((400, 300), 90), "PDF")
    text = pdf(WRITE.format("20 100", "The ledger has two columns."))

    for original, coding in ((photo, "/DCTDecode"), (text, "/FlateDecode")):
        with pikepdf.open(BytesIO(answer(original).cleaned)) as copy:
            assert copy.pages[0].Resources.XObject.P.Filter == coding


def test_words_under_a_box_are_told_without_those_beside_it():
    covered = WRITE.format("20 100", "Signed by Minister Hong today") + " 0 g 74 95 80 20 re f"

    (told,) = details(pdf(covered), FindingKind.HIDDEN)

    assert "Minister" in told
    assert "Signed" not in told


def test_hidden_words_that_the_page_also_shows_are_not_told():
    twice = WRITE.format("20 100", "ledger") + " 1 g " + WRITE.format("20 50", "ledger")

    assert details(pdf(twice), FindingKind.HIDDEN) == []


def test_faint_words_are_told_to_stay():
    faint = "0.93 g " + WRITE.format("20 100", "printed by Hong")

    assert Finding(FindingKind.HIDDEN, "printed by Hong", stays=True) in answer(pdf(faint)).findings


def test_personal_data_that_everyone_sees_stays():
    found = answer(pdf(WRITE.format("20 100", "Call 010-1234-5678"))).findings

    assert Finding(FindingKind.PHONE, "010-1234-5678", stays=True) in found


def test_the_author_is_read_in_the_old_encoding_of_korea():
    with pikepdf.open(BytesIO(pdf(""))) as document:
        document.trailer.Info = document.make_indirect(
            Dictionary(Author=pikepdf.String("홍길동".encode("cp949")))
        )

        assert details(saved(document), FindingKind.AUTHOR) == ["홍길동"]


def test_hashes_and_keys_are_not_told_as_text():
    with pikepdf.open(BytesIO(pdf(""))) as document:
        document.Root.Key = pikepdf.String(bytes(range(128, 200)))

        found = answer(saved(document)).findings

    assert {finding.kind for finding in found} == {FindingKind.SOFTWARE}  # the name of the font


def test_a_pdf_whose_fonts_are_elsewhere_is_refused():
    text = "BT /F 12 Tf 20 100 Td <" + "장부가 두 권".encode("utf-16-be").hex() + "> Tj ET"

    assert answer(pdf(text, font=korean_font())).why_not == Reason.FONTS


def test_the_text_layer_of_a_scan_needs_no_font():
    text = "BT 3 Tr /F 12 Tf 20 100 Td <" + "장부가 두 권".encode("utf-16-be").hex() + "> Tj ET"

    scan = answer(pdf(text, font=korean_font()))

    assert (scan.why_not, [f.detail for f in scan.findings if f.kind == FindingKind.HIDDEN]) == (
        None,
        ["장부가 두 권"],
    )


def test_a_pdf_with_a_password_is_said_to_be_locked():
    locked = pdf("", encryption=pikepdf.Encryption(owner="a", user="b"))

    assert answer(locked).why_not == Reason.LOCKED


@pytest.mark.parametrize("part", [0.3, 0.6, 0.8, 0.9])
def test_a_pdf_cut_short_is_said_to_be_damaged(part):
    whole = pdf(*(WRITE.format("20 100", f"page {n}") for n in range(5)))

    assert answer(whole[: int(len(whole) * part)]).why_not == Reason.DAMAGED


def test_what_a_damaged_pdf_reveals_is_told():
    with pikepdf.open(BytesIO(pdf(""))) as document:
        document.docinfo["/Author"] = "Ada Kim"
        data = saved(document, object_stream_mode=pikepdf.ObjectStreamMode.disable)

    damaged = answer(data.replace(b"startxref\n", b"startxref\n9"))

    assert damaged.why_not == Reason.DAMAGED
    assert Finding(FindingKind.AUTHOR, "Ada Kim") in damaged.findings


def test_a_pdf_with_data_behind_its_end_is_not_damaged():
    assert answer(pdf("") + b"\n" + b"junk" * 1000).why_not is None


@pytest.mark.slow
@pytest.mark.parametrize("size", [(10**9, 10**9), (10**9, 1), (20_000, 20_000)])
def test_pages_too_large_to_draw_are_refused_and_what_else_was_found_is_told(size):
    with pikepdf.open(BytesIO(pdf("", size=size))) as document:
        document.docinfo["/Author"] = "Ada Kim"
        report = inspect(saved(document), "x.pdf")

    assert report.why_not == Reason.TOO_MUCH
    assert Finding(FindingKind.AUTHOR, "Ada Kim") in report.findings


def test_tiny_pages_are_drawn():
    assert answer(pdf("", size=(0.5, 0.5))).why_not is None


@pytest.mark.slow
def test_too_many_pages_are_refused():
    with pikepdf.open(BytesIO(pdf(""))) as document:
        pages = document.Root.Pages
        pages.Kids, pages.Count = Array([pages.Kids[0]] * 3000), 3000

        assert answer(saved(document)).why_not == Reason.TOO_MUCH


def test_a_form_that_draws_itself_is_drawn_once():
    document = pikepdf.open(BytesIO(pdf("/X Do")))
    form = document.make_stream(b"/X Do 0 0 9 9 re f", Subtype=Name.Form, BBox=[0, 0, 9, 9])
    form.Resources = document.pages[0].Resources.XObject = Dictionary(X=form)
    form.Resources = Dictionary(XObject=Dictionary(X=form))

    assert answer(saved(document)).why_not is None


@pytest.mark.parametrize("content", ["(" * 300_000, "<<" * 300_000, "%" * 300_000, "q " * 99_999])
def test_nonsense_in_a_page_is_read_in_one_pass(content):
    assert answer(pdf(content)).why_not is None


@pytest.mark.slow
def test_forms_within_forms_without_end_take_too_much():
    document = pikepdf.open(BytesIO(pdf("/X Do")))
    options = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 9, 9]}
    last = document.make_stream(b"0 0 9 9 re f", **options)
    for _ in range(12):
        inner = Dictionary(XObject=Dictionary(X=last))
        last = document.make_stream(b"/X Do " * 10, **options, Resources=inner)
    document.pages[0].Resources.XObject = Dictionary(X=last)

    assert inspect(saved(document), "x.pdf").why_not == Reason.TOO_MUCH


@pytest.mark.slow
def test_a_pdf_is_drawn_within_the_limits_of_a_worker():
    report = clean(pdf(*(WRITE.format("20 100", f"page {n}") for n in range(50))), "보고서.pdf")

    assert report.name == "document.pdf"
    assert len(drawn(report.data)) == 50
