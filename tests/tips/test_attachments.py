"""Attachments of tips: encrypted on upload, opaque on download."""

import re
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine
from flask_babel import force_locale

from board.db import now
from board.text import normalize_file_name
from board.tips import files
from board.tips.attachments import draft_space
from board.tips.attachments.finding_details import detail_text
from board.tips.attachments.finding_labels import REASON_LABELS
from board.tips.crypto import key_files
from board.tips.files import Reason
from board.tips.models.tip import Tip
from tips.conftest import decided, form_fields, hidden_field

pytestmark = pytest.mark.slow

STORY = "첨부를 봐 주세요."
PAGE = b"<html><script>alert(1)</script></html>" * 3000


def files_of(page):
    """The number of each file on a page, by its name."""
    matches = re.findall(r'name="number" value="(\d+)"><button>(.*?) 저장', page.text)
    return {name: number for number, name in matches}


def test_a_file_arrives_as_it_was_and_no_browser_shows_it(desk, source):
    source.send(STORY, files=((PAGE, "장부 사본.html"),))
    number = files_of(desk.get("/desk/tips/1"))["장부 사본.html"]

    answer = desk.post("/desk/tips/1/file", number=number)

    assert answer.data == PAGE
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "tess: 파일 저장" in desk.get("/desk/tips/1").text


def test_readers_send_files_too(desk, sent):
    desk.client.post(
        "/desk/tips/1/reply",
        data={"text": "", "files": [(BytesIO(b"answer" * 9), "질문.txt")]},
        content_type="multipart/form-data",
    )
    sent.enter()
    number = files_of(sent.mailbox())["질문.txt"]

    assert sent.client.post("/tips/box/file", data={"number": number}).data == b"answer" * 9


def test_an_unknown_file_number_is_not_found(desk, sent):
    for number in ("0", "1", "99", "x", "", "9" * 30, "-1"):
        assert desk.post("/desk/tips/1/file", number=number).status_code == 404, number


def test_a_file_of_another_tip_is_not_found(desk, sent, source, app):
    other = type(source)(app)
    other.send(STORY, files=((b"mine", "mine.txt"),))
    other.enter()
    assert "mine.txt" in files_of(other.mailbox())
    sent.enter()

    assert sent.client.post("/tips/box/file", data={"number": "2"}).status_code == 404


def test_uploads_are_encrypted_before_the_form_is_processed(desk, source):
    source.preview(STORY, files=((b"the minister signed " * 90_000, "big.txt"),))

    drafts = list(key_files.folder("drafts").iterdir())
    assert sum(path.stat().st_size for path in drafts) > 1_800_000
    assert all(b"minister" not in path.read_bytes() for path in drafts)


def test_no_upload_uses_a_temporary_file_of_the_form_parser(desk, source, monkeypatch):
    """Werkzeug's temporary file would be readable on the disk, if only for a moment."""

    def factory(*_args, **_kwargs):
        raise AssertionError("plaintext")

    monkeypatch.setattr("werkzeug.wrappers.request.Request._get_file_stream", factory)

    assert source.preview(STORY, files=((b"x" * 900_000, "a.txt"),)).status_code == 200


def test_an_attachment_can_be_left_out_again(desk, source):
    preview = source.preview(STORY, files=((b"a" * 50, "a.txt"), (b"b" * 50, "b.txt")))
    drop = preview.text.split('name="drop" value="')[1].split('"')[0]

    source.client.post("/tips/new", data={**decided(preview), "drop": drop})

    assert set(files_of(desk.get("/desk/tips/1"))) == {"b.txt"}
    assert list(key_files.folder("drafts").iterdir()) == []


def test_more_files_can_be_added_at_the_preview(desk, source):
    form = form_fields(source.preview(STORY, files=((b"a" * 50, "a.txt"),)))
    form["files"] = (BytesIO(b"b" * 50), "b.txt")
    preview = source.client.post("/tips/new", data=form, content_type="multipart/form-data")
    assert "b.txt" in preview.text

    source.client.post("/tips/new", data=decided(preview))

    assert set(files_of(desk.get("/desk/tips/1"))) == {"a.txt", "b.txt"}


def test_ten_files_and_no_more(desk, source):
    eleven = tuple((b"x", f"{n}.txt") for n in range(11))

    refused = source.preview(STORY, files=eleven)

    assert refused.status_code == 422
    assert "10개까지" in refused.text
    assert source.preview(STORY, files=eleven[:10]).status_code == 200


class TestSmallFilesOnly:
    @pytest.fixture
    def settings(self, settings):
        return settings | {"TIP_FILE_MEGABYTES": 1}

    def test_a_file_that_is_too_large_is_left_out_and_named(self, desk, source):
        big, small = b"x" * (1024**2 + 1), b"x" * 1024**2

        page = source.preview(STORY, files=((big, "big.bin"), (small, "small.bin")))

        assert page.status_code == 422
        assert "‘big.bin’ 파일은 1 MB가 넘어" in page.text
        assert "small.bin 제외" in page.text
        assert STORY in page.text

    def test_more_than_all_files_together_is_refused(self, desk, source):
        page = source.preview(STORY, files=((b"x" * (15 * 1024**2), "huge.bin"),))

        assert page.status_code == 413
        assert STORY in page.text


def test_uploads_without_a_session_leave_nothing(desk, source):
    source.client.post(
        "/tips/box/message",
        data={"text": "x", "files": [(BytesIO(b"x" * 9000), "a.txt")]},
        content_type="multipart/form-data",
    )
    source.client.post(
        "/desk/tips/1/reply",
        data={"text": "x", "files": [(BytesIO(b"x" * 9000), "a.txt")]},
        content_type="multipart/form-data",
    )

    assert list(key_files.folder("drafts").iterdir()) == []


def test_a_draft_belongs_to_the_form_it_came_with(desk, source, app):
    source.preview(STORY, files=((b"x" * 50, "a.txt"),))
    other = type(source)(app)
    ticket = hidden_field(other.form(), "ticket")

    page = other.client.post("/tips/new", data={"ticket": ticket, "text": STORY, "step": "look"})

    assert "a.txt" not in page.text


def test_a_source_learns_that_attached_files_have_expired(desk, source):
    preview = source.preview(STORY, files=((b"a" * 50, "a.txt"),))
    with time_machine.travel(now() + timedelta(hours=3)):
        draft_space.sweep()
        page = source.client.post("/tips/new", data=form_fields(preview))

    assert page.status_code == 422
    assert "파일이 더 이상 보관되어 있지 않습니다" in page.text
    assert STORY in page.text
    assert desk.get("/desk/tips/1").status_code == 404


class NotCleanable(Exception):
    reason = "damaged"


@pytest.fixture
def looking(monkeypatch):
    """A stand-in for the inspection of files: finds a location, and cleans by removing words."""

    def clean(data, name):
        if b"stubborn" in data:
            raise NotCleanable
        return SimpleNamespace(data=data.replace(b"GPS", b"..."), name=f"clean-{name}")

    def inspect(data, name):
        finding = SimpleNamespace(kind="place", detail="37.5, 126.9", stays=False)
        return SimpleNamespace(findings=[finding], cleanable=data[:1] != b"!", why_not="locked")

    stand_in = SimpleNamespace(inspect=inspect, clean=clean, NotCleanable=NotCleanable)
    monkeypatch.setattr("board.tips.attachments.drafts.files", stand_in)


@pytest.mark.parametrize(
    ("choice", "arrives"),
    [
        ("cleaned", {"clean-photo.jpg": b"...!"}),
        ("original", {"photo.jpg": b"GPS!"}),
        ("both", {"clean-photo.jpg": b"...!", "photo.jpg": b"GPS!"}),
    ],
)
def test_a_source_sees_what_a_file_reveals_and_chooses(looking, desk, source, choice, arrives):
    preview = source.preview(STORY, files=((b"GPS!", "photo.jpg"),))
    assert "촬영하거나 작성한 장소: <strong>37.5, 126.9</strong>" in preview.text
    form = form_fields(preview)
    copy = next(name for name in form if name.startswith("copy-"))
    assert form[copy] == "cleaned"

    source.client.post("/tips/new", data={**form, copy: choice})

    page = desk.get("/desk/tips/1")
    numbers = files_of(page)
    assert {
        name: desk.post("/desk/tips/1/file", number=number).data for name, number in numbers.items()
    } == arrives
    assert ("흔적을 지운 사본" in page.text) == ("clean-photo.jpg" in arrives)
    assert list(key_files.folder("drafts").iterdir()) == []


def test_findings_of_one_kind_are_listed_together(desk, source):
    page = source.preview("02-123-4567, 051-765-4321, 02-123-4567").text

    assert (
        "전화번호: <strong>02-123-4567</strong>\u00a0· <strong>051-765-4321</strong></li>" in page
    )


def test_the_preview_says_which_file_cannot_be_cleaned(looking, desk, source):
    page = source.preview(STORY, files=((b"!locked", "a.docx"),)).text

    assert "여기서 흔적을 지울 수 없습니다" in page
    assert "암호로 잠겨 있습니다" in page


@pytest.fixture
def inspected(monkeypatch):
    """Files are really inspected."""
    monkeypatch.setattr("board.tips.attachments.drafts.files", files)


def test_the_preview_says_of_a_format_nobody_knows_that_nobody_looked(inspected, desk, source):
    page = source.preview(STORY, files=((b"\0\1\2\3", "a.bin"),)).text

    assert "모르는 형식이라 안을 볼 수 없습니다" in page
    assert "화면을 찍거나" in page
    assert "찾지 못했습니다" not in page


def test_the_preview_lists_what_a_drawing_tells_and_offers_no_copy(inspected, desk, source):
    drawing = (
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:i='http://www.inkscape.org/'"
        b" i:export-filename='/home/ada/plan.png'><rect/></svg>"
    )

    page = source.preview(STORY, files=((drawing, "plan.svg"),))

    assert "/home/ada/plan.png</strong>" in page.text
    assert "여기 보이는 것 말고도 더 들어 있을 수 있습니다" in page.text
    assert not [name for name in form_fields(page) if name.startswith("copy-")]
    assert "사본에도 남음" not in page.text


def test_every_reason_has_words_for_the_source():
    assert set(REASON_LABELS) == {str(reason) for reason in Reason}


class TestFilesThatCannotBeCleaned:
    """Their originals are sent only if the source says so."""

    @pytest.fixture(autouse=True)
    def _looking(self, looking):
        pass

    @pytest.mark.parametrize("choice", [None, "cleaned", "both", "nonsense"])
    def test_nothing_is_sent_before_the_source_has_decided(self, desk, source, choice):
        form = form_fields(preview := source.preview(STORY, files=((b"!locked", "a.docx"),)))
        copy = re.search(r'name="(copy-[^"]+)"', preview.text)[1]
        assert copy not in form

        page = source.client.post("/tips/new", data=form | ({copy: choice} if choice else {}))

        assert page.status_code == 422
        assert "‘a.docx’ 파일을 어떻게 할지 정해 주세요" in page.text
        assert STORY in page.text
        assert desk.get("/desk/tips/1").status_code == 404

    def test_the_original_is_sent_when_the_source_says_so(self, desk, source):
        form = form_fields(preview := source.preview(STORY, files=((b"!locked", "a.docx"),)))
        copy = re.search(r'name="(copy-[^"]+)"', preview.text)[1]

        source.client.post("/tips/new", data={**form, copy: "original"})

        assert set(files_of(desk.get("/desk/tips/1"))) == {"a.docx"}

    def test_it_is_left_out_when_the_source_says_so(self, desk, source):
        preview = source.preview(STORY, files=((b"!locked", "a.docx"), (b"GPS!", "b.jpg")))
        drop = re.search(r'name="drop" value="([^"]+)"', preview.text)[1]

        source.client.post("/tips/new", data={**form_fields(preview), "drop": drop})

        assert set(files_of(desk.get("/desk/tips/1"))) == {"clean-b.jpg"}

    def test_a_message_of_a_known_source_is_no_exception(self, desk, sent):
        sent.enter()
        form = {"text": "x", "files": [(BytesIO(b"!locked"), "a.docx")]}
        preview = sent.client.post(
            "/tips/box/message", data=form, content_type="multipart/form-data"
        )

        page = sent.client.post("/tips/box/message", data=form_fields(preview))

        assert page.status_code == 422
        assert "a.docx" not in desk.get("/desk/tips/1").text

    def test_a_file_that_could_not_be_cleaned_after_all_is_asked_about(self, desk, source):
        form = form_fields(source.preview(STORY, files=((b"stubborn", "a.jpg"),)))

        failed = source.client.post("/tips/new", data=form)
        again = source.client.post("/tips/new", data=form_fields(failed))

        assert (failed.status_code, again.status_code) == (422, 422)
        assert "‘a.jpg’ 파일의 흔적을 제거하지 못했습니다" in failed.text
        assert "‘a.jpg’ 파일을 어떻게 할지 정해 주세요" in again.text
        assert desk.get("/desk/tips/1").status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7 and nothing", "a.pdf"),
        (b"\xff\xd8\xff\xe0 cut", "a.jpg"),
        (b"PK\3\4 cut", "a.zip"),
        (bytes(50), "a.bin"),
    ],
)
def test_a_damaged_or_unknown_file_is_not_sent_unasked(inspected, desk, source, data, name):
    form = form_fields(source.preview(STORY, files=((data, name),)))

    assert source.client.post("/tips/new", data=form).status_code == 422
    assert desk.get("/desk/tips/1").status_code == 404


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\kim\\장부.xlsx", "장부.xlsx"),
        (".htaccess", "htaccess"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\nb.txt", "a b.txt"),
        ("", "file"),
        ("...", "file"),
        ("가" * 300 + ".hwp", "가" * 116 + ".hwp"),
    ],
)
def test_file_names_are_made_harmless(name, kept):
    assert normalize_file_name(name, length_max=Tip.NAME_MAX) == kept


@pytest.mark.parametrize("end", [b"\n", b"\r\n--", b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0g"])
@pytest.mark.parametrize("size", [1024, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 700 * 1024])
def test_bytes_that_look_like_the_end_of_a_file_arrive(desk, source, end, size):
    """The form parser carries them over from one read to the next."""
    boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    data = (end * size)[:size]
    ticket = hidden_field(source.form(), "ticket")
    fields = {"ticket": ticket, "step": "look", "text": STORY}
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    head = "".join(f'{part}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    body = f'{head}{part}files"; filename="a.bin"\r\n\r\n'.encode() + data
    preview = source.client.post(
        "/tips/new",
        data=body + f"\r\n--{boundary}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={boundary}",
    )

    source.client.post("/tips/new", data=decided(preview))

    number = files_of(desk.get("/desk/tips/1"))["a.bin"]
    assert desk.post("/desk/tips/1/file", number=number).data == data


@pytest.mark.parametrize(
    ("kind", "detail", "korean", "english"),
    [
        ("hidden", "cells: R1C2, R30C4", "1행 2열, 30행 4열", "row 1, column 2, row 30, column 4"),
        ("hidden", "sheet: 장부", "시트 “장부”", "sheet “장부”"),
        ("hidden", "crop: 0% 0% 10% 5%", "그림에서 잘라 낸 부분: 0% 0% 10% 5%",
         "cut off from a picture: 0% 0% 10% 5%"),
        ("hidden", "cut 2.5 s", "잘라 낸 2.5초", "2.5 seconds that were cut off"),
        ("hidden", "track audio", "두 번째 소리 트랙", "a second track of sound"),
        ("preview", "PrvImage 4096 B", "", ""),
        ("revisions", "DocHistory 2", "판 2개", "2 versions"),
        ("revisions", "DocHistory", "", ""),
        ("device", "MakerNote 9 B", "제조사가 남긴 정보: 9바이트", "notes of the maker: 9 bytes"),
        ("attachment", "26 B", "26바이트", "26 bytes"),
        ("attachment", "1 B 장부", "1바이트 장부", "1 byte 장부"),
        ("mismatch", "text", "일반 텍스트", "plain text"),
        ("mismatch", "docx", "docx", "docx"),
        ("title", "12 Bridges", "12 Bridges", "12 Bridges"),
        ("author", "password", "password", "password"),
    ],
)  # fmt: skip
def test_details_of_findings_are_words_and_no_keys(app, kind, detail, korean, english):
    with app.test_request_context(), force_locale("ko"):
        assert detail_text(kind, detail) == korean
    with app.test_request_context(), force_locale("en"):
        assert detail_text(kind, detail) == english
