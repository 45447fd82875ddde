"""Evidence of any size up to the limit arrives as it was; what is too large costs no typed word."""

import random

import pytest
from sqlalchemy import select

from board.db import db
from board.law.claims import uploads
from board.law.claims.evidence import Evidence
from conftest import say
from law.test_evidence import PDF, PNG, form_data

KIB, MIB = 1024, 1024**2
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
NEARLY_A_BOUNDARY = f"\r\n--{BOUNDARY[:-1]}".encode()


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


def multipart(comment, *files, **changes):
    """A claim as a browser sends it; each file is a field, a name and its bytes."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in form_data(comment, **changes).items()
    ]
    for field, name, data in files:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts += [head.encode(), data, b"\r\n"]
    body = b"".join((*parts, f"--{BOUNDARY}--\r\n".encode()))
    return {"data": body, "content_type": f"multipart/form-data; boundary={BOUNDARY}"}


def noise(size, seed=0):
    return PNG[:8] + random.Random(f"{size} {seed}").randbytes(size - 8)


def stored():
    rows = list(db.session.scalars(select(Evidence).order_by(Evidence.id)))
    return [row.decrypt() for row in rows]


BORDERS = [
    border + around for border in (64 * KIB, 128 * KIB, 640 * KIB, MIB) for around in (-1, 0, 1)
]


@pytest.mark.parametrize("size", [KIB, 200 * KIB, *BORDERS, 3 * MIB + 7, Evidence.BYTES_MAX])
def test_random_bytes_of_any_size_up_to_the_limit_arrive(guest, comment, size):
    data = noise(size)

    answer = guest.post("/report/rights", **multipart(comment, ("proof", "p.png", data)))

    assert answer.status_code == 201
    assert stored() == [data]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b"\r\n--", NEARLY_A_BOUNDARY])
def test_bytes_that_look_like_the_end_of_a_file_at_each_border_arrive(guest, comment, end):
    data = PNG[:8] + end * (300 * KIB // len(end))

    answer = guest.post("/report/rights", **multipart(comment, ("proof", "p.png", data)))

    assert answer.status_code == 201
    assert stored() == [data]


@pytest.mark.parametrize("left", range(-40, 440, 60))
def test_a_file_that_begins_at_a_border_arrives(guest, comment, left):
    """Its name and headers are then in two reads of the form parser."""
    first, second = noise(64 * KIB - 1500 + left), noise(90 * KIB)
    files = (("proof", "a.png", first), ("identity", "주민등록증 사본" * 20 + ".png", second))

    answer = guest.post("/report/rights", **multipart(comment, *files))

    assert answer.status_code == 201
    assert stored() == [first, second]


@pytest.mark.parametrize("sizes", [(Evidence.BYTES_MAX + 1,), (6 * MIB, 6 * MIB), (25 * MIB,)])
def test_files_that_are_too_large_are_named_and_what_was_typed_stays(guest, comment, sizes):
    files = [("proof", f"{number}.png", noise(size)) for number, size in enumerate(sizes)]
    typed = {"rebuttal": "저는 그 자리에 없었습니다.", "contact": "kim@pier.example"}

    answer = guest.post("/report/rights", **multipart(comment, *files, **typed))

    assert answer.status_code == 422
    wrong = ['id="proof-error"' in answer.text, 'id="identity-error"' in answer.text]
    assert wrong == [True, False]
    assert "모든 파일을 합해 10 MB까지" in answer.text
    assert [word in answer.text for word in typed.values()] == [True, True]
    assert stored() == []


def test_of_files_that_are_too_large_no_more_is_kept_in_memory_than_a_claim_may_have(app):
    with app.test_request_context():
        files = [uploads.ReceivedFile() for _ in range(5)]
        for file in files:
            for _ in range(8):
                file.write(bytes(MIB))

        assert [file.size for file in files] == [8 * MIB] * 5
        assert sum(len(file.getvalue()) for file in files) == Evidence.BYTES_MAX


def test_an_empty_field_and_a_short_file_are_told_apart(guest, comment):
    files = (("proof", "", b""), ("identity", "id.pdf", PDF))

    assert guest.post("/report/rights", **multipart(comment, *files)).status_code == 201
    assert stored() == [PDF]
