"""Before sending, a source sees what a file reveals, whatever its extension."""

import random
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from board.tips.files import Finding, FindingKind, Reason, WorkerLimits, inspect, readable
from board.tips.files.results import DETAIL_MAX, FINDINGS_MAX
from board.tips.files.worker import answer_for
from tips.files import samples
from tips.files.corpus import recordings

pytestmark = pytest.mark.slow

LIMITS = WorkerLimits()
PICTURE = {
    (FindingKind.PLACE, samples.HARBOUR),
    (FindingKind.DEVICE, "Keeper 3"),
    (FindingKind.DEVICE, "SN-4711"),
    (FindingKind.AUTHOR, "Ada Kim"),
    (FindingKind.SOFTWARE, "Darkroom 9"),
    (FindingKind.TIME, "2026:03:01 14:25:30"),
    (FindingKind.COMMENTS, "the quay"),
}
OFFICE = {
    (FindingKind.AUTHOR, "Ada Kim"),
    (FindingKind.AUTHOR, "Bora Lee"),
    (FindingKind.ORGANISATION, "Harbour Works"),
    (FindingKind.SOFTWARE, "Writer 12"),
    (FindingKind.TIME, "2026-03-01T05:25:30Z"),
    (FindingKind.PREVIEW, "thumbnail.jpeg"),
    (FindingKind.OTHER, "Desk: 4th floor"),
}
REVEALED = {
    "jpeg": PICTURE
    | {
        (FindingKind.PLACE, "Incheon"),
        (FindingKind.DEVICE, "MakerNote 11 B"),
        (FindingKind.IDENTIFIER, "xmp.did:4711"),
        (FindingKind.COMMENTS, "for the desk"),
        (FindingKind.VOICE, f"{len(samples.FILM_BEHIND)} B"),
    },
    "png": PICTURE | {(FindingKind.AUTHOR, "Author: Ada Kim"), (FindingKind.ATTACHMENT, "26 B")},
    "gif": {(FindingKind.COMMENTS, "by Ada Kim")},
    "webp": PICTURE | {(FindingKind.IDENTIFIER, "xmp.did:4711")},
    "tiff": {(FindingKind.AUTHOR, "Ada Kim"), (FindingKind.SOFTWARE, "Scanner 4")},
    "bmp": {(FindingKind.ATTACHMENT, "48 B")},
    "avif": PICTURE | {(FindingKind.IDENTIFIER, "xmp.did:4711")},
    "heic": {(FindingKind.PLACE, samples.HARBOUR), (FindingKind.DEVICE, "Keeper 3")},
    "docx": OFFICE
    | PICTURE
    | {
        (FindingKind.COMMENTS, "comments.xml"),
        (FindingKind.AUTHOR, "Mo Park"),
        (FindingKind.REVISIONS, "2026-03-01T05:00:00Z Bora Lee, Bora Lee"),
        (FindingKind.REVISIONS, "Struck sentence."),
        (FindingKind.IDENTIFIER, "rsid"),
        (
            FindingKind.LINK,
            "https://harbour.example/, https://tracker.example/dot.png, "
            "file:///C:/Users/ada/desk.dotx",
        ),
        (FindingKind.PHONE, "010-1234-5678"),
    },
    "docm": OFFICE | {(FindingKind.MACROS, "vbaProject.bin")},
    "xlsx": OFFICE
    | {
        (FindingKind.AUTHOR, "Mo Park"),
        (FindingKind.HIDDEN, "sheet: Second books"),
        (FindingKind.LINK, "C:\\Users\\ada\\ledger\\"),
        (FindingKind.PRINTER, "printerSettings1.bin"),
    },
    "pptx": OFFICE
    | {
        (FindingKind.AUTHOR, "Mo Park"),
        (FindingKind.HIDDEN, "slide1.xml"),
        (FindingKind.HIDDEN, "notesSlide1.xml"),
    },
    "opendocument": PICTURE
    | {
        (FindingKind.AUTHOR, "Ada Kim"),
        (FindingKind.COMMENTS, "Mo Park ask Ada"),
        (FindingKind.REVISIONS, "Bora Lee"),
        (FindingKind.PRINTER, "HP 4th floor"),
        (FindingKind.LINK, "file:///home/ada/quay.png"),
        (FindingKind.PREVIEW, "Thumbnails/thumbnail.png"),
    },
    "hwpx": PICTURE
    | {
        (FindingKind.AUTHOR, "김아다"),
        (FindingKind.AUTHOR, "이보라"),
        (FindingKind.PREVIEW, "지운 문장이 아직 여기 있다"),
        (FindingKind.PREVIEW, "Preview/PrvImage.png"),
        (FindingKind.COMMENTS, "박모"),
        (FindingKind.SCRIPT, "Scripts/headerScripts"),
    },
    "hwp": PICTURE
    | {
        (FindingKind.AUTHOR, "김아다"),
        (FindingKind.AUTHOR, "이보라"),
        (FindingKind.TIME, "2026년 3월 1일"),
        (FindingKind.PREVIEW, "지운 문장이 아직 여기 있다"),
        (FindingKind.REVISIONS, "DocHistory 1"),
        (FindingKind.AUTHOR, "박다라"),
        (FindingKind.COMMENTS, ""),
        (FindingKind.DEPARTMENT, "안전관리팀"),
        (FindingKind.PHONE, "010-1234-5678"),
        (FindingKind.LINK, "C:\\Users\\ada\\Pictures\\quay.png"),
        (FindingKind.LINK, ":\\Users\\ada\\AppData\\Local\\Temp\\prv0.gif"),
        (FindingKind.LINK, "http\\://desk.example/ledger;1;0;0;"),
    },
    "doc": {
        (FindingKind.AUTHOR, "Ada Kim"),
        (FindingKind.AUTHOR, "Bora Lee"),
        (FindingKind.MACROS, "Macros"),
    },
    "pdf": PICTURE
    | {
        (FindingKind.AUTHOR, "Mo Park"),
        (FindingKind.COMMENTS, "ask Ada"),
        (FindingKind.REVISIONS, "2"),
        (FindingKind.SCRIPT, "app.alert(1)"),
        (FindingKind.ATTACHMENT, "list.txt"),
        (FindingKind.PHONE, "010-1234-5678"),
        (FindingKind.LINK, "https://harbour.example/"),
        (FindingKind.HIDDEN, "AcroForm"),
    },
    "film": {
        (FindingKind.PLACE, "+37.5665+126.9780/"),
        (FindingKind.DEVICE, "Keeper 3"),
        (FindingKind.AUTHOR, "Ada Kim"),
        (FindingKind.TIME, "2026-02-27T01:20:00.000000Z"),
        (FindingKind.VOICE, ""),
    },
    "mp3": {
        (FindingKind.AUTHOR, "Ada Kim"),
        (FindingKind.SOFTWARE, "Recorder 2"),
        (FindingKind.VOICE, ""),
    },
    "wav": {
        (FindingKind.AUTHOR, "Ada Kim"),
        (FindingKind.COMMENTS, "Recorder 2"),
        (FindingKind.VOICE, ""),
    },
}


def findings_of(data, name="x", limits=LIMITS):
    return {(f.kind, f.detail) for f in answer_for(data, name, limits).findings}


@pytest.mark.parametrize("sample", REVEALED)
def test_a_file_reveals_the_metadata_of_its_format(sample):
    assert REVEALED[sample] - findings_of(getattr(samples, sample)()) == set()


def test_a_file_is_inspected_in_a_process_of_its_own():
    report = inspect(samples.jpeg(), "IMG_20260301_142530.png")

    assert (report.format, report.cleanable, report.why_not) == ("jpeg", True, None)
    assert {
        Finding(FindingKind.PLACE, samples.HARBOUR),
        Finding(FindingKind.FILENAME, "20260301_142530"),
        Finding(FindingKind.MISMATCH, "jpeg"),
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
def test_a_file_name_reveals_times_numbers_and_departments(name, part):
    assert (FindingKind.FILENAME, part) in findings_of(samples.bmp(), name)


def test_a_neutral_name_reveals_nothing():
    assert findings_of(samples.saved(samples.drawing(), "PNG"), "quay-2.png") == set()


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
        (samples.movie([(b"soun", b"QDM2", bytes(99))]), "mov", Reason.TRACKS),
        (b"From: ada@x.example\nTo: b@x.example\nReceived: by x\n\nhi", "email", Reason.FORMAT),
        (b"%PDF-1.7 and nothing", "pdf", Reason.DAMAGED),
        (b"\xff\xd8\xff\xe0 cut", "jpeg", Reason.DAMAGED),
    ],
)
def test_a_report_says_why_a_file_cannot_be_cleaned(data, format_, why_not):
    answer = answer_for(data, "x", LIMITS)

    assert (answer.format.name, answer.why_not, answer.cleaned) == (format_, why_not, None)


def test_the_empty_script_of_every_hangul_file_is_not_reported():
    mine = samples.packed(samples.hwp_script("\tDocument.SaveAs('ledger');"))

    assert FindingKind.SCRIPT not in {kind for kind, _ in findings_of(samples.hwp())}
    assert (FindingKind.SCRIPT, "Scripts DefaultJScript") in findings_of(
        samples.hwp(DefaultJScript=mine)
    )


def test_encrypted_parts_of_a_distribution_document_are_skipped():
    """Its text and scripts are encrypted: four letters in a row would mean nothing."""
    found = findings_of(samples.hwp(0x1 | 0x4))

    assert (FindingKind.OTHER, "distribution") in found
    assert not {FindingKind.SCRIPT, FindingKind.LINK, FindingKind.DEPARTMENT} & {
        kind for kind, _ in found
    }


def test_a_document_with_truncated_records_is_inspected_up_to_there():
    cut = samples.record(16 + 51, "총무팀\r".encode("utf-16-le")) + b"\x43\xfc\xff\xff\xff"

    assert (FindingKind.DEPARTMENT, "총무팀") in findings_of(
        samples.hwp(Section0=samples.packed(cut))
    )


@pytest.mark.parametrize("kind", ["text-web", "text-template", "text-master-template", "graphics"])
def test_every_type_of_opendocument_is_recognised(kind):
    answer = answer_for(samples.opendocument(kind), "x.odt", LIMITS)

    assert (answer.format.reader, answer.why_not) == ("documents.opendocument", None)


def test_rich_text_reveals_names_in_every_encoding():
    rich = rb"{\rtf1{\info{\author \u44608\'3f\u50500\'3f}{\operator \'b1\'e8}{\title \'3f\'3f}}}"

    assert findings_of(rich) == {(FindingKind.AUTHOR, "김아"), (FindingKind.AUTHOR, "김")}


def test_a_document_that_was_never_saved_again_has_no_versions():
    assert (FindingKind.REVISIONS, "0") not in findings_of(samples.compound({
        "WordDocument": b"text", "\x05SummaryInformation": samples.property_set({9: "0"}),
    }))  # fmt: skip


def test_an_archive_reveals_its_file_names_also_from_korean_windows():
    names = ["장부.xlsx".encode("cp949").decode("cp437"), "list.txt"]

    found = findings_of(samples.zipped(dict.fromkeys(names, b"x")))

    assert {detail for kind, detail in found if kind == FindingKind.ATTACHMENT} >= {"list.txt"}


def test_a_name_that_only_stands_before_a_zipped_file_is_told():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("list.txt", b"x")

    found = findings_of(buffer.getvalue().replace(b"list.txt", b"wind.txt", 1))

    assert {detail for _, detail in found} == {"list.txt", "wind.txt"}


def test_an_email_reveals_its_sender_and_route():
    letter = (
        b"From: Ada <ada@x.example>\nReceived: from [10.0.0.7]\nX-Mailer: Post 3\nDate: today\n\nhi"
    )

    assert {
        (FindingKind.AUTHOR, "From: Ada <ada@x.example>"),
        (FindingKind.PLACE, "Received: from [10.0.0.7]"),
        (FindingKind.SOFTWARE, "X-Mailer: Post 3"),
    } <= findings_of(letter)


@pytest.mark.parametrize(
    "header",
    [
        "X-Note: =?ks_c_5601-1987?B?vIQgvLax5g==?=",
        "X-Note: =?euc-kr?Q?=BC=84=20=BC=B6=B1=E6?=",
        "X-Note: =?x-ours?B?vIQgvLax5g==?=",
        "X-Note: 펲 섬길",
        "Content-Disposition: attachment; filename*=ks_c_5601-1987''%BC%84%20%BC%B6%B1%E6",
        'Content-Disposition: attachment; filename="=?ks_c_5601-1987?B?vIQgvLax5g==?="',
        'Content-Disposition: attachment; filename="펲 섬길"',
    ],
)
def test_a_header_is_read_although_it_names_its_encoding_wrongly(header):
    letter = f"From: a@x.example\nMessage-ID: <x>\nMIME-Version: 1.0\n{header}\n\nhi".encode(
        "cp949"
    )

    assert "펲 섬길" in " ".join(detail for _, detail in findings_of(letter))


def test_a_saved_chat_reveals_with_whom_and_when():
    chat = "박모 님과 카카오톡 대화\n저장한 날짜 : 2026년 3월 1일 오후 2:25\n\n회의실에서 봐요\n"

    assert {
        (FindingKind.AUTHOR, "박모"),
        (FindingKind.TIME, "2026년 3월 1일 오후 2:25"),
    } <= findings_of(chat.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_text_is_read_in_the_encodings_of_korea(encoding):
    assert (FindingKind.PHONE, "010-1234-5678") in findings_of(
        "전화는 010-1234-5678".encode(encoding)
    )


def test_scanned_pages_may_identify_a_printer():
    page = samples.saved(samples.drawing(size=(1200, 1600)), "PDF")

    answer = answer_for(page, "scan.pdf", LIMITS)

    assert Finding(FindingKind.PRINTER, stays=True) in answer.findings


def test_a_report_is_bounded_for_any_file():
    document = "".join(f"<w:p><w:r><w:t>010-1234-{n:04}</w:t></w:r></w:p>" for n in range(3000))
    many = samples.docx(f"<w:document {samples._W}><w:body>{document}</w:body></w:document>")

    answer = answer_for(many, "x" * 100_000, LIMITS)

    assert len(answer.findings) <= FINDINGS_MAX + 1
    assert max(len(finding.detail) for finding in answer.findings) <= DETAIL_MAX


def test_every_finding_kind_is_used():
    source = "".join(
        path.read_text()
        for path in (Path(samples.__file__).parents[3] / "board/tips/files").rglob("*.py")
    )

    assert [kind for kind in FindingKind if source.count(f"Kind.{kind.name}") == 0] == []


def test_what_was_cut_off_a_film_without_encoding_it_is_told():
    film = recordings.trimmed(recordings.recorded("mp4", "aac", "libx264"), seconds=0.6)

    found = told(answer_for(film, "x.mp4", LIMITS))

    assert (FindingKind.HIDDEN, "cut 0.6 s", True) in found


def test_further_tracks_of_sound_or_pictures_are_told():
    film = recordings.joined(recordings.recorded("mp4", "aac", "libx264"), times=2)

    found = told(answer_for(film, "x.mp4", LIMITS))

    assert {(FindingKind.HIDDEN, f"track {type_}", True) for type_ in ("video", "audio")} <= found


def test_a_plain_film_has_nothing_hidden():
    answer = answer_for(recordings.recorded("mp4", "aac", "libx264"), "x.mp4", LIMITS)

    assert FindingKind.HIDDEN not in {finding.kind for finding in answer.findings}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp949"])
@pytest.mark.parametrize("name", ["홍길동", "홍길동 대리", "김민수"])
def test_a_korean_name_is_read_in_a_block_of_a_picture(encoding, name):
    block = b"note\0\0" + name.encode(encoding) + b"\0\0"
    picture = samples.jpeg()
    data = picture[:2] + b"\xff\xe4" + (len(block) + 2).to_bytes(2, "big") + block + picture[2:]

    assert (FindingKind.OTHER, name, False) in told(answer_for(data, "x.jpg", LIMITS))


@pytest.mark.parametrize("format_", ["GIF", "PNG", "JPEG", "WEBP", "BMP", "AVIF", "TIFF"])
def test_pixels_are_not_read_as_words(format_):
    noise = Image.frombytes("RGB", (256, 256), random.Random(1).randbytes(3 * 256 * 256))
    data = samples.saved(noise.convert("P") if format_ == "GIF" else noise, format_)

    answer = answer_for(data, f"x.{format_}", LIMITS)

    assert answer.findings == ()
    assert answer.why_not is None


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_korean_user_comment_is_read_in_either_order_of_bytes(order):
    encoding = {"little": "utf-16-le", "big": "utf-16-be"}[order]
    facts = samples.exif()
    facts.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "홍길동 대리".encode(encoding)
    data = samples.saved(samples.drawing(), "JPEG", exif=facts)

    assert (FindingKind.COMMENTS, "홍길동 대리", False) in told(answer_for(data, "x.jpg", LIMITS))


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_korean_artist_is_read_whatever_the_encoding(encoding):
    facts = samples.exif()
    name = "홍길동".encode(encoding)
    facts[0x013B] = "x" * len(name)
    data = samples.saved(samples.drawing(), "JPEG", exif=facts).replace(b"x" * len(name), name)

    assert (FindingKind.AUTHOR, "홍길동", False) in told(answer_for(data, "x.jpg", LIMITS))


@pytest.mark.parametrize("word", ["352099001761481", "http://a.kr/b1"])
def test_a_serial_number_and_an_address_are_read_in_a_film(word):
    film = recordings.recorded("mp4", "aac") + samples.box(b"free", word.encode())

    assert (FindingKind.OTHER, f"free{word}", False) in told(answer_for(film, "x.mp4", LIMITS))


def test_no_korean_is_read_in_bytes_by_chance():
    noise = random.Random(7).randbytes(100_000)

    assert [run for run in readable.runs(noise) if re.search("[가-힣]{3}", run)] == []


def told(answer):
    return {(finding.kind, finding.detail, finding.stays) for finding in answer.findings}


def test_the_place_in_a_map_file_is_told():
    data = b'{"type": "Polygon", "coordinates": [[[126.978, 37.5665], [127.0, 37.6]]]}'

    found = [(each.kind, each.detail) for each in inspect(data, "map.geojson").findings]

    assert (FindingKind.PLACE, "coordinates: 126.978, 37.5665") in found
