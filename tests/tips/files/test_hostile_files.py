"""Inspecting any file ends soon, raises nothing, and leaves nothing on the disk."""

import os
import random
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from board.tips.files import (
    FindingKind,
    NotCleanable,
    Reason,
    WorkerLimits,
    clean,
    inspect,
    sandbox,
)
from board.tips.files.results import DETAIL_MAX, FINDINGS_MAX
from board.tips.files.worker import answer_for
from tips.files import samples
from tips.files.corpus import recordings

pytestmark = pytest.mark.slow

LIMITS = WorkerLimits()
SAMPLES = [
    *("jpeg", "png", "gif", "webp", "tiff", "bmp", "avif", "heic", "docx", "xlsx", "pptx"),
    *("opendocument", "hwpx", "hwp", "doc", "pdf", "film", "mp3", "wav"),
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_files_cut_short_raise_nothing(sample):
    data = getattr(samples, sample)()

    for part in range(24):
        answer_for(data[: len(data) * part // 24], sample, LIMITS)


@pytest.mark.parametrize("sample", SAMPLES)
def test_files_with_flipped_bits_raise_nothing(sample):
    data = getattr(samples, sample)()
    dice = random.Random(sample)

    for _ in range(60):
        turned = bytearray(data)
        for _ in range(dice.randint(1, 12)):
            turned[dice.randrange(len(turned))] ^= 1 << dice.randrange(8)
        answer = answer_for(bytes(turned), sample, LIMITS)
        assert (answer.cleaned is None) == (answer.why_not is not None)


@pytest.mark.parametrize("name", recordings.SAMPLES)
def test_recordings_with_flipped_bits_raise_nothing(name):
    data = recordings.SAMPLES[name]().data
    dice = random.Random(name)

    for _ in range(15):
        turned = bytearray(data)
        for _ in range(dice.randint(1, 12)):
            turned[dice.randrange(min(len(turned), 4000))] ^= 1 << dice.randrange(8)
        answer_for(bytes(turned), name, LIMITS)


@pytest.mark.parametrize("sample", ["docx", "opendocument", "hwpx"])
def test_documents_whose_parts_are_nonsense_raise_nothing(sample):
    parts = samples.unzipped(getattr(samples, sample)())

    for name in parts:
        for nonsense in (b"", b"<", b"<a/>", b"\0" * 50, b"<a>" * 500):
            answer_for(samples.zipped({**parts, name: nonsense}), sample, LIMITS)


@settings(max_examples=300, deadline=None)
@given(
    head=some.sampled_from(
        [b"", b"\xff\xd8\xff", b"%PDF-1.7\n", b"GIF89a", b"RIFF\xff\xff\0\0WAVE", b"ID3\3\0\0",
         b"\0\0\0\x08ftyp", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"II*\0", b"{\\rtf1"]
    ),
    rest=some.binary(max_size=400),
)  # fmt: skip
def test_any_bytes_after_any_file_header_raise_nothing(head, rest):
    answer = answer_for(head + rest, "x", LIMITS)

    assert len(answer.findings) <= FINDINGS_MAX + 1
    assert all(len(finding.detail) <= DETAIL_MAX for finding in answer.findings)


def test_a_picture_that_would_fill_the_memory_is_not_drawn():
    size = 30_000
    raw = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = zlib.compress(bytes((size // 8 + 1) * size), 1)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", raw) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

    assert inspect(bomb, "x.png").why_not == Reason.TOO_MUCH


def test_a_zip_bomb_is_not_unpacked():
    bomb = samples.docx(**{"word__media__image9.bmp": bytes(LIMITS.unpacked + 1)})

    assert len(bomb) < 1024 * 1024
    assert inspect(bomb, "x.docx").why_not == Reason.TOO_MUCH


def test_a_document_of_too_many_parts_is_not_read():
    many = samples.docx(**{f"word__{n}.xml": b"" for n in range(LIMITS.parts)})

    assert inspect(many, "x.docx").why_not == Reason.TOO_MUCH


def test_nested_documents_are_inspected_to_a_limited_depth():
    inner = samples.docx()
    for _ in range(LIMITS.depth + 2):
        inner = samples.docx(**{"word__embeddings__inner.docx": inner})

    assert inspect(inner, "x.docx").why_not == Reason.TOO_MUCH


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><d/>',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><d>&b;&b;</d>',
    ],
)
def test_xml_fetches_and_expands_nothing(trick):
    report = inspect(samples.docx(trick), "x.docx")

    assert (report.cleanable, report.why_not) == (False, Reason.DAMAGED)
    assert "root:" not in " ".join(finding.detail for finding in report.findings)


def test_a_file_larger_than_allowed_starts_nothing(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)

    assert inspect(bytes(11), "x", WorkerLimits(bytes=10)).why_not == Reason.TOO_MUCH


def test_a_worker_that_loops_for_ever_is_stopped(worker_that):
    worker_that("while True: pass")

    assert inspect(b"x", "x", WorkerLimits(seconds=1)).why_not == Reason.TOO_MUCH


def test_a_worker_that_waits_for_ever_is_stopped(worker_that, monkeypatch):
    monkeypatch.setattr(sandbox, "_GRACE", -1)
    worker_that("import time; time.sleep(600)")

    assert inspect(b"x", "x", WorkerLimits(seconds=1)).why_not == Reason.TOO_MUCH


def test_a_worker_that_never_reads_is_stopped(worker_that, monkeypatch):
    monkeypatch.setattr(sandbox, "_GRACE", -1)
    worker_that("import time; time.sleep(600)")

    assert inspect(bytes(4_000_000), "x", WorkerLimits(seconds=1)).why_not == Reason.TOO_MUCH


def test_a_worker_has_no_settings(worker_that, monkeypatch):
    monkeypatch.setenv("BOARD_SECRET_KEY", "not for parsers")
    worker_that(
        "import os, json; names = ' '.join(name for name in os.environ if 'BOARD' in name);"
        " print(json.dumps({'format': names, 'findings': [], 'name': None, 'why_not': None}))"
    )

    assert inspect(b"x", "x").format == ""


def test_child_processes_of_a_worker_end_with_it(worker_that, monkeypatch):
    monkeypatch.setattr(sandbox, "_GRACE", -1)
    worker_that("import os, time; os.fork(); time.sleep(600)", without="seccomp")

    assert inspect(b"x", "x", WorkerLimits(seconds=1)).why_not == Reason.TOO_MUCH


@pytest.mark.parametrize(
    "said",
    [
        "print('nonsense')",
        "print('{}')",
        "import json; print(json.dumps({'format': 'jpeg', 'findings': [['x', '', False, None]]}))",
        "import os; os.kill(os.getpid(), 11)",
        "import sys; sys.exit(3)",
        "",
    ],
)
def test_a_worker_with_invalid_output_is_not_believed(worker_that, said):
    worker_that(said)

    assert inspect(b"x", "x").why_not == Reason.DAMAGED
    with pytest.raises(NotCleanable):
        clean(b"x", "x")


HEAD = '{"format":"x","findings":%s,"name":%s,"why_not":null}'


@pytest.mark.parametrize(
    ("findings", "name"),
    [
        ("[" * 100_000 + "]" * 100_000, "null"),  # each raises another error
        ('[["other","",true,[Infinity,1]]]', "null"),
        ('[["other","",true,[1]]]', "null"),
        ("[]", '"run.exe"'),
        ("[]", '["image.jpg"]'),
        ("[]", "1"),
    ],
)
def test_an_answer_made_to_harm_the_server_is_not_believed(monkeypatch, findings, name):
    output = (HEAD % (findings, name)).encode()
    monkeypatch.setattr(sandbox, "_run", lambda *_: (0, output))

    assert inspect(b"x", "x").why_not == Reason.DAMAGED
    with pytest.raises(NotCleanable):
        clean(b"x", "x")


def test_details_in_an_answer_are_text_that_every_page_can_show(monkeypatch):
    output = (HEAD % (r'[["other","a\ud800b",true,null]]', "null")).encode()
    monkeypatch.setattr(sandbox, "_run", lambda *_: (0, output))

    assert [finding.detail for finding in inspect(b"x", "x").findings] == ["a?b"]


def test_the_output_of_a_worker_is_bounded(worker_that):
    worker_that("import sys\nwhile True: sys.stdout.write('x' * 65536)")

    assert inspect(b"x", "x", WorkerLimits(unpacked=1000)).why_not in (
        Reason.DAMAGED,
        Reason.TOO_MUCH,
    )


def test_the_web_side_never_loads_what_parses_files():
    code = (
        "import sys, board.tips.files, board.tips.files.text.pii;"
        " print({'PIL', 'av', 'pikepdf', 'olefile', 'pi_heif'} & set(sys.modules))"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "set()"


def test_no_file_is_created_while_one_is_inspected(tmp_path, monkeypatch):
    """Temporary folders stay unchanged."""
    places = ["/tmp", "/var/tmp", "/dev/shm", os.getcwd(), str(tmp_path)]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    marker = b"a line nobody should find on the disk"
    started = time.time()

    clean(samples.docx(**{"word__embeddings__x.docx": samples.docx()}), "x.docx")
    inspect(marker * 40_000, "x.txt")

    new = [
        entry.path
        for place in places
        for entry in os.scandir(place)
        if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime >= started
    ]
    assert [path for path in new if marker in Path(path).read_bytes()] == []
    assert list(tmp_path.iterdir()) == []


def test_every_worker_has_ended_when_its_answer_is_returned(monkeypatch):
    processes = []
    popen = subprocess.Popen

    def remembered(*args, **kwargs):
        processes.append(popen(*args, **kwargs))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    inspect(samples.jpeg(), "x.jpg")

    (process,) = processes
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)


def test_findings_before_the_damage_are_reported():
    data = samples.jpeg()

    report = inspect(data[: data.rindex(b"\xff\xd9") - 80], "x.jpg")

    assert report.why_not == Reason.DAMAGED
    assert (FindingKind.PLACE, samples.HARBOUR) in {(f.kind, f.detail) for f in report.findings}
