"""Before sending, a source sees what a file gives away, whatever its name says it is."""

from pathlib import Path

import pytest
import samples

from board.tips.files import Finding, Kind, Limits, Reason, look
from board.tips.files.results import DETAIL_MAX, FINDINGS_MAX
from board.tips.files.worker import answer_for

LIMITS = Limits()
PICTURE = {
    (Kind.PLACE, samples.HARBOUR),
    (Kind.DEVICE, "Keeper 3"),
    (Kind.DEVICE, "SN-4711"),
    (Kind.AUTHOR, "Ada Kim"),
    (Kind.SOFTWARE, "Darkroom 9"),
    (Kind.TIME, "2026:03:01 14:25:30"),
    (Kind.COMMENTS, "the quay"),
}
OFFICE = {
    (Kind.AUTHOR, "Ada Kim"),
    (Kind.AUTHOR, "Bora Lee"),
    (Kind.ORGANISATION, "Harbour Works"),
    (Kind.SOFTWARE, "Writer 12"),
    (Kind.TIME, "2026-03-01T05:25:30Z"),
    (Kind.PREVIEW, "thumbnail.jpeg"),
    (Kind.OTHER, "Desk: 4th floor"),
}
TOLD = {
    "jpeg": PICTURE
    | {
        (Kind.PLACE, "Incheon"),
        (Kind.DEVICE, "MakerNote 11 B"),
        (Kind.IDENTIFIER, "xmp.did:4711"),
        (Kind.COMMENTS, "for the desk"),
        (Kind.VOICE, f"{len(samples.FILM_BEHIND)} B"),
    },
    "png": PICTURE | {(Kind.AUTHOR, "Author: Ada Kim"), (Kind.ATTACHMENT, "26 B")},
    "gif": {(Kind.COMMENTS, "by Ada Kim")},
    "webp": PICTURE | {(Kind.IDENTIFIER, "xmp.did:4711")},
    "tiff": {(Kind.AUTHOR, "Ada Kim"), (Kind.SOFTWARE, "Scanner 4")},
    "bmp": {(Kind.ATTACHMENT, "48 B")},
    "avif": PICTURE | {(Kind.IDENTIFIER, "xmp.did:4711")},
    "heic": {(Kind.PLACE, samples.HARBOUR), (Kind.DEVICE, "Keeper 3")},
    "docx": OFFICE
    | PICTURE
    | {
        (Kind.COMMENTS, "MP Mo Park"),
        (Kind.REVISIONS, "2026-03-01T05:00:00Z Bora Lee"),
        (Kind.IDENTIFIER, "rsid"),
        (Kind.LINK, "file:///C:/Users/ada/desk.dotx"),
        (Kind.LINK, "https://tracker.example/dot.png"),
        (Kind.PHONE, "010-1234-5678"),
    },
    "docm": OFFICE | {(Kind.MACROS, "vbaProject.bin")},
    "xlsx": OFFICE
    | {
        (Kind.AUTHOR, "fileSharing Ada Kim"),
        (Kind.COMMENTS, "Mo Park"),
        (Kind.HIDDEN, "Second books"),
        (Kind.LINK, "absPath C:\\Users\\ada\\ledger\\"),
        (Kind.PRINTER, "printerSettings1.bin"),
    },
    "pptx": OFFICE | {(Kind.AUTHOR, "Mo Park"), (Kind.HIDDEN, "slide"), (Kind.HIDDEN, "notes 1")},
    "opendocument": PICTURE
    | {
        (Kind.AUTHOR, "Ada Kim"),
        (Kind.COMMENTS, "Mo Park"),
        (Kind.REVISIONS, "Bora Lee"),
        (Kind.PRINTER, "HP 4th floor"),
        (Kind.LINK, "file:///home/ada/quay.png"),
        (Kind.PREVIEW, "Thumbnails/thumbnail.png"),
    },
    "hwpx": PICTURE
    | {
        (Kind.AUTHOR, "김아다"),
        (Kind.AUTHOR, "이보라"),
        (Kind.PREVIEW, "지운 문장이 아직 여기 있다"),
        (Kind.PREVIEW, "Preview/PrvImage.png"),
        (Kind.COMMENTS, "박모"),
        (Kind.SCRIPT, "Scripts/headerScripts"),
    },
    "hwp": PICTURE
    | {
        (Kind.AUTHOR, "김아다"),
        (Kind.AUTHOR, "이보라"),
        (Kind.TIME, "2026년 3월 1일"),
        (Kind.PREVIEW, "지운 문장이 아직 여기 있다"),
        (Kind.REVISIONS, "DocHistory 1"),
        (Kind.AUTHOR, "박다라"),
        (Kind.COMMENTS, ""),
        (Kind.DEPARTMENT, "안전관리팀"),
        (Kind.PHONE, "010-1234-5678"),
        (Kind.LINK, "C:\\Users\\ada\\Pictures\\quay.png"),
        (Kind.LINK, ":\\Users\\ada\\AppData\\Local\\Temp\\prv0.gif"),
        (Kind.LINK, "http\\://desk.example/ledger;1;0;0;"),
    },
    "doc": {(Kind.AUTHOR, "Ada Kim"), (Kind.AUTHOR, "Bora Lee"), (Kind.MACROS, "Macros")},
    "pdf": PICTURE
    | {
        (Kind.AUTHOR, "Mo Park"),
        (Kind.COMMENTS, "ask Ada"),
        (Kind.REVISIONS, "2"),
        (Kind.SCRIPT, "app.alert(1)"),
        (Kind.ATTACHMENT, "list.txt"),
        (Kind.PHONE, "010-1234-5678"),
        (Kind.LINK, "https://harbour.example/"),
        (Kind.HIDDEN, "AcroForm"),
    },
    "film": {
        (Kind.PLACE, "+37.5665+126.9780"),
        (Kind.DEVICE, "Keeper 3"),
        (Kind.AUTHOR, "Ada Kim"),
        (Kind.TIME, "2026-02-27 01:20:00+00:00"),
        (Kind.VOICE, ""),
    },
    "mp3": {(Kind.AUTHOR, "Ada Kim"), (Kind.SOFTWARE, "Recorder 2"), (Kind.VOICE, "")},
    "wav": {(Kind.AUTHOR, "Ada Kim"), (Kind.DEVICE, "Recorder 2"), (Kind.VOICE, "")},
}


def told(data, name="x", limits=LIMITS):
    return {(f.kind, f.detail) for f in answer_for(data, name, limits).findings}


@pytest.mark.parametrize("sample", TOLD)
def test_a_file_tells_what_its_format_keeps(sample):
    assert TOLD[sample] - told(getattr(samples, sample)()) == set()


def test_the_report_comes_from_a_process_of_its_own():
    report = look(samples.jpeg(), "IMG_20260301_142530.png")

    assert (report.format, report.cleanable, report.why_not) == ("jpeg", True, None)
    assert {
        Finding(Kind.PLACE, samples.HARBOUR),
        Finding(Kind.FILENAME, "20260301_142530"),
        Finding(Kind.MISMATCH, "jpeg"),
    } <= set(report.findings)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("KakaoTalk_20260301_142530123.jpg", "20260301_142530123"),
        ("Screenshot_20260301-142530_Messages.jpg", "20260301-142530"),
        ("감사실 박 과장 010-1234-5678.jpg", "010-1234-5678"),
        ("감사실 보고.jpg", "감사실"),
    ],
)
def test_the_name_of_a_file_tells_too(name, part):
    assert (Kind.FILENAME, part) in told(samples.bmp(), name)


def test_a_plain_name_tells_nothing():
    assert told(samples.saved(samples.drawing(), "PNG"), "quay-2.png") == set()


@pytest.mark.parametrize(
    ("data", "format_", "why_not"),
    [
        (b"", "unknown", Reason.UNKNOWN),
        (b"\x00\x01\x02\x03", "unknown", Reason.UNKNOWN),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "7z", Reason.ARCHIVE),
        (samples.zipped({"ledger.txt": b"x"}), "zip", Reason.ARCHIVE),
        (samples.doc(), "doc", Reason.FORMAT),
        (samples.hwp(), "hwp", Reason.FORMAT),
        (samples.compound({"EncryptedPackage": b"x"}), "sealed", Reason.LOCKED),
        (samples.hwpx("<hp:deleteBegin/><hp:t>x</hp:t>"), "hwpx", Reason.CHANGES),
        (samples.film(track=b"camm"), "mov", Reason.TRACKS),
        (b"From: ada@x.example\nTo: b@x.example\nReceived: by x\n\nhi", "email", Reason.FORMAT),
        (b"%PDF-1.7 and nothing", "pdf", Reason.DAMAGED),
        (b"\xff\xd8\xff\xe0 cut", "jpeg", Reason.DAMAGED),
    ],
)
def test_what_cannot_be_cleaned_is_said_so(data, format_, why_not):
    answer = answer_for(data, "x", LIMITS)

    assert (answer.format.name, answer.why_not, answer.cleaned) == (format_, why_not, None)


def test_the_empty_script_that_hangul_writes_into_every_file_is_no_script():
    mine = samples.packed(samples.hwp_script("\tDocument.SaveAs('ledger');"))

    assert Kind.SCRIPT not in {kind for kind, _ in told(samples.hwp())}
    assert (Kind.SCRIPT, "Scripts DefaultJScript") in told(samples.hwp(DefaultJScript=mine))


def test_what_is_locked_in_a_document_for_reading_only_is_not_guessed_at():
    """Its text and scripts are encrypted: four letters in a row would mean nothing."""
    found = told(samples.hwp(0x1 | 0x4))

    assert (Kind.OTHER, "distribution") in found
    assert not {Kind.SCRIPT, Kind.LINK, Kind.DEPARTMENT} & {kind for kind, _ in found}


def test_a_document_whose_records_are_cut_short_tells_what_stands_before():
    cut = samples.record(16 + 51, "총무팀\r".encode("utf-16-le")) + b"\x43\xfc\xff\xff\xff"

    assert (Kind.DEPARTMENT, "총무팀") in told(samples.hwp(Section0=samples.packed(cut)))


@pytest.mark.parametrize("kind", ["text-web", "text-template", "text-master-template", "graphics"])
def test_every_kind_of_opendocument_is_one(kind):
    answer = answer_for(samples.opendocument(kind), "x.odt", LIMITS)

    assert (answer.format.reader, answer.why_not) == ("documents.opendocument", None)


def test_rich_text_tells_names_in_whatever_letters_they_are_written():
    rich = rb"{\rtf1{\info{\author \u44608\'3f\u50500\'3f}{\operator \'b1\'e8}{\title \'3f\'3f}}}"

    assert told(rich) == {(Kind.AUTHOR, "김아"), (Kind.AUTHOR, "김")}


def test_a_document_that_was_never_saved_again_has_no_versions():
    assert (Kind.REVISIONS, "0") not in told(samples.compound({
        "WordDocument": b"text", "\x05SummaryInformation": samples.property_set({9: "0"}),
    }))  # fmt: skip


def test_an_archive_tells_the_names_in_it_also_from_korean_windows():
    names = ["장부.xlsx".encode("cp949").decode("cp437"), "list.txt"]

    found = told(samples.zipped(dict.fromkeys(names, b"x")))

    assert {detail for kind, detail in found if kind == Kind.ATTACHMENT} >= {"list.txt"}


def test_a_letter_tells_its_way():
    letter = (
        b"From: Ada <ada@x.example>\nReceived: from [10.0.0.7]\nX-Mailer: Post 3\nDate: today\n\nhi"
    )

    assert {
        (Kind.AUTHOR, "From: Ada <ada@x.example>"),
        (Kind.PLACE, "Received: from [10.0.0.7]"),
        (Kind.SOFTWARE, "X-Mailer: Post 3"),
    } <= told(letter)


def test_a_saved_conversation_tells_with_whom_and_when():
    chat = "박모 님과 카카오톡 대화\n저장한 날짜 : 2026년 3월 1일 오후 2:25\n\n회의실에서 봐요\n"

    assert {(Kind.AUTHOR, "박모"), (Kind.TIME, "2026년 3월 1일 오후 2:25")} <= told(chat.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_text_is_read_in_the_encodings_of_korea(encoding):
    assert (Kind.PHONE, "010-1234-5678") in told("전화는 010-1234-5678".encode(encoding))


def test_pages_that_are_pictures_of_paper_may_carry_marks_of_a_printer():
    page = samples.saved(samples.drawing(size=(1200, 1600)), "PDF")

    answer = answer_for(page, "scan.pdf", LIMITS)

    assert Finding(Kind.PRINTER, stays=True) in answer.findings


def test_a_report_is_short_whatever_the_file_holds():
    document = "".join(f"<w:p><w:r><w:t>010-1234-{n:04}</w:t></w:r></w:p>" for n in range(3000))
    many = samples.docx(f"<w:document {samples._W}><w:body>{document}</w:body></w:document>")

    answer = answer_for(many, "x" * 100_000, LIMITS)

    assert len(answer.findings) <= FINDINGS_MAX + 1
    assert max(len(finding.detail) for finding in answer.findings) <= DETAIL_MAX


def test_every_word_for_a_finding_is_used():
    source = "".join(
        path.read_text()
        for path in (Path(samples.__file__).parents[2] / "board/tips/files").rglob("*.py")
    )

    assert [kind for kind in Kind if source.count(f"Kind.{kind.name}") == 0] == []
