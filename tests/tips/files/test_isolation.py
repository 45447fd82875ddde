"""A taken-over worker gets nothing: hostile code inside it tries, and the machine refuses."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from board.tips import files
from board.tips.files import Reason, WorkerLimits, inspect, sandbox
from board.tips.files.worker import answer_for
from support.wait import until
from tips.files import attempts, samples
from tips.files.conftest import LAYERS
from tips.files.test_corpus import CASES, built
from tips.files.test_hostile_files import SAMPLES

pytestmark = pytest.mark.slow

LIMITS = WorkerLimits()
ORDINARY = 4711  # a user of this machine, whom nobody knows
CODE = Path(attempts.__file__).read_text()
# Started as root (such as in a container), or as the owner of the files.
AS_ROOT = ""
AS_OWNER = f"""
try:
    os.setgroups([]); os.setresgid(*[{ORDINARY}] * 3); os.setresuid(*[{ORDINARY}] * 3)
except OSError:
    pass  # not root, or root in a container: the owner already
"""
USERS = pytest.mark.parametrize("user", [AS_ROOT, AS_OWNER], ids=["root", "owner"])
EVERYTHING = [*attempts.GROUPS]
OWN_USERS = "ctypes.CDLL(None).unshare(0x10000000 | 0x40000000)"
SECRETS = ("pepper", "key", "database", "secret_key", "empty")


@pytest.fixture
def targets():
    """A folder of secrets that its owner can read, and a server that listens."""
    folder = Path(tempfile.mkdtemp())
    (folder / "empty").mkdir()
    for name in SECRETS[:-1]:
        (folder / name).write_bytes(b"secret " * 9)
        (folder / name).chmod(0o600)
    with suppress(OSError):  # only root can, and not in every container
        for path in (folder, *folder.iterdir()):
            os.chown(path, ORDINARY, ORDINARY)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as near:
        near.bind(f"\0{folder.name}")
        near.listen()
        yield {
            "folder": str(folder),
            "server": str(os.getpid()),
            "port": str(server.getsockname()[1]),
            "abstract": folder.name,
        }
    shutil.rmtree(folder)


@pytest.fixture
def outcomes_of(worker_that, targets):
    """What each attempt of hostile code came to."""

    def outcomes(*groups, user=AS_OWNER, in_thread=False, **how):
        before = f"{CODE}\nTARGETS.update({targets!r})\n{user}"
        worker_that(f"answer(*{groups!r}, in_thread={in_thread})", before=before, **how)
        report = inspect(b"x", "x")
        assert report.why_not is None
        return json.loads(report.format)

    return outcomes


def state_of(folder):
    return {
        path.name: (path.stat().st_mode, path.stat().st_mtime, path.is_file() and path.read_bytes())
        for path in Path(folder).iterdir()
    }


@pytest.mark.parametrize("in_thread", [False, True], ids=["main thread", "thread"])
@USERS
def test_a_taken_over_worker_gets_nothing(outcomes_of, targets, user, in_thread):
    before = state_of(targets["folder"])

    outcomes = outcomes_of(*EVERYTHING, user=user, in_thread=in_thread)

    expected = {name: "EPERM" for group in EVERYTHING for name in attempts.GROUPS[group]}
    assert outcomes == expected | {"process by clone3": "ENOSYS", "two gigabytes": "no memory"}
    assert state_of(targets["folder"]) == before


@pytest.mark.parametrize("missing", ["Landlock", "no privileges", "own network"])
def test_without_another_layer_the_filter_refuses_all_the_same(outcomes_of, missing):
    outcomes = outcomes_of(*EVERYTHING, without=missing)

    assert [name for name, outcome in outcomes.items() if outcome == "done"] == []


@pytest.mark.parametrize("version", [3, 4, 5, 6])
@USERS
def test_without_the_filter_no_file_is_read_or_changed(outcomes_of, targets, user, version):
    before = state_of(targets["folder"])
    user += f"\nisolation.landlock.version = lambda: {version}"

    outcomes = outcomes_of("reading", "changing", "connecting", without="seccomp", user=user)

    assert [name for name, outcome in outcomes.items() if outcome == "done"] == []
    assert state_of(targets["folder"]) == before


def test_root_in_a_container_without_rights_gets_nothing(outcomes_of):
    """It cannot become nobody, and has no users and no network of its own."""
    outcomes = outcomes_of(*EVERYTHING, user=AS_ROOT, without="no privileges, own network")

    assert [name for name, outcome in outcomes.items() if outcome == "done"] == []


def needs(call):
    """Skip where this machine refuses what a layer is made of, as containers do."""
    code = f"import ctypes, os; assert ({call}) in (None, 0)"
    if subprocess.run([sys.executable, "-c", code], capture_output=True).returncode:
        pytest.skip(f"this machine refuses {call}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to lose")
def test_root_becomes_nobody_who_owns_no_file(outcomes_of, targets):
    needs("os.setresuid(65534, 65534, 65534)")
    for path in (Path(targets["folder"]), *Path(targets["folder"]).iterdir()):
        os.chown(path, 0, 0)
    before = state_of(targets["folder"])
    alone = "isolation.privileges.drop(); isolation.privileges.leave_capabilities()"

    outcomes = outcomes_of("reading", "changing", "of the owner", user=AS_ROOT, isolate=alone)

    assert {name for name, outcome in outcomes.items() if outcome == "done"} == {"read passwd"}
    assert state_of(targets["folder"]) == before


def test_the_network_of_a_worker_has_nobody_on_it(outcomes_of):
    needs(OWN_USERS)

    outcomes = outcomes_of("connecting", isolate="isolation.privileges.leave_network()")

    assert outcomes["connect"] == "ENETUNREACH"
    assert outcomes["abstract socket"] == "ECONNREFUSED"


def test_the_attempts_would_succeed_without_isolation(outcomes_of, targets):
    """Otherwise the tests above would prove nothing."""
    groups = ("reading", "changing", "of the owner", "starting", "connecting")
    outcomes = outcomes_of(*groups, isolate="")

    assert outcomes == {name: "done" for group in groups for name in attempts.GROUPS[group]}
    assert sorted(os.listdir(targets["folder"])) != sorted(SECRETS)


@pytest.mark.parametrize("without", ["", "seccomp", "Landlock"])
def test_a_taken_over_worker_runs_no_program(worker_that, without):
    answer = json.dumps({"format": "ran", "findings": [], "name": None, "why_not": None})
    speak = f"print({answer!r})"
    program = f"import os, sys; os.execv(sys.executable, [sys.executable, '-c', {speak!r}])"

    worker_that(program, without=without)
    assert inspect(b"x", "x").why_not == Reason.DAMAGED
    worker_that(program, isolate="")
    assert inspect(b"x", "x").format == "ran"


def test_threads_of_a_worker_are_few(worker_that):
    needs(OWN_USERS)
    worker_that(
        "import json, threading\nthreads = []\nthreading.stack_size(65536)\n"
        "try:\n"
        "    while len(threads) < 4000:\n"
        "        threads.append(threading.Thread(target=threading.Event().wait, daemon=True))\n"
        "        threads[-1].start()\n"
        "except (RuntimeError, MemoryError): pass\n"
        "few = str(1 < len(threads) < 200)\n"
        "print(json.dumps({'format': few, 'findings': [], 'name': None, 'why_not': None}),"
        " flush=True)\n"
        "import os; os._exit(0)"
    )

    assert inspect(b"x", "x").format == "True"


def test_a_worker_inherits_no_descriptor_and_no_setting(worker_that, monkeypatch):
    monkeypatch.setenv("BOARD_SECRET_KEY", "not for parsers")
    look = (
        "import os, json\n"
        "def target(number):\n"
        "    try: return os.readlink(f'/proc/self/fd/{number}')\n"
        "    except OSError: return None\n"
        "more = [target(number) for number in range(3, 1024) if target(number)]\n"
        "found = [more, sorted({*os.environ} - {'LC_CTYPE'})]"
    )
    said = (
        "print(json.dumps({'format': str(found), 'findings': [], 'name': None, 'why_not': None}))"
    )
    worker_that(said, before=look)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.set_inheritable(True)
        # The device was opened by the worker itself.
        assert inspect(b"x", "x").format == "[['/dev/urandom'], []]"


def test_a_worker_loads_no_board_or_web_modules(worker_that):
    worker_that(
        "import sys, json; ours = {name for name in sys.modules if name.startswith('board')};"
        " pure = {'board', 'board.text', 'board.text.personal_numbers', 'board.text.surnames'};"
        " strangers = {'flask', 'sqlalchemy'} & set(sys.modules) | ours - pure;"
        " print(json.dumps({'format': str(strangers), 'findings': [], 'name': None,"
        " 'why_not': None}))"
    )

    assert inspect(b"x", "x").format == "set()"


@pytest.mark.parametrize(
    "lacks",
    [{"without": "Landlock, seccomp"},
     # A Landlock that lets files be truncated, and a processor the filter does not know.
     {"before": "isolation.landlock.version = lambda: 2; isolation.seccomp.PROCESSORS = {}"}],
)  # fmt: skip
def test_a_worker_that_cannot_be_kept_from_files_opens_none(worker_that, lacks):
    worker_that("", isolate="worker.main()", **lacks)

    report = inspect(samples.jpeg(), "장부.jpg")

    assert (report.why_not, report.findings, report.cleanable) == (Reason.NOT_ISOLATED, (), False)


@pytest.mark.parametrize("without", ["", "Landlock", "seccomp", "no privileges, own network"])
def test_a_heic_picture_is_cleaned_with_any_layer_missing(worker_that, without):
    worker_that("", without=without, isolate="worker.main()")

    assert inspect(samples.heic(), "x.heic").cleanable


@pytest.mark.parametrize("sample", [*SAMPLES, *CASES], ids=str)
def test_a_file_gets_the_same_answer_in_isolation(sample):
    """So nothing is opened or loaded that isolation would refuse."""
    data = built(*sample).data if isinstance(sample, tuple) else getattr(samples, sample)()
    outside = answer_for(data, "x", LIMITS)

    inside = sandbox.run_worker(data, "x", LIMITS, wants_copy=True)

    assert inside.format == outside.format.name
    assert inside.why_not == outside.why_not
    assert inside.findings == outside.findings
    assert (inside.name, inside.data) == (outside.name, outside.cleaned or b"")


def test_a_pdf_that_is_encrypted_without_a_password_is_cleaned_in_isolation():
    buffer = BytesIO()
    with pikepdf.open(BytesIO(samples.pdf())) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="only to change it", user=""))

    assert inspect(buffer.getvalue(), "x.pdf").cleanable


@pytest.mark.parametrize("encoding", ["euc-kr", "cp949", "utf-16", "johab"])
def test_korean_encodings_are_read_in_isolation(encoding):
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = "<w:body><w:p><w:r><w:t>인사팀 010-1234-5678</w:t></w:r></w:p></w:body>"
    document = f'<w:document xmlns:w="{word}">{text}</w:document>'
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{document}'.encode(encoding)
    parts = samples.unzipped(samples.docx())
    data = samples.zipped({**parts, "word/document.xml": xml})

    inside = sandbox.run_worker(data, "x", LIMITS, wants_copy=False)

    assert inside.why_not is None
    assert "010-1234-5678" in {finding.detail for finding in inside.findings}


def test_a_report_tells_what_is_possible_without_the_layers(monkeypatch):
    assert files.isolation_report()[1] == []

    nothing = "; ".join(f"{layer} = lambda: False" for layer in LAYERS.values())
    script = sandbox._REPORT.replace("main()", "")
    monkeypatch.setattr(
        sandbox, "_REPORT", f"{script}\nfrom files import isolation\n{nothing}\nmain()"
    )
    layers, possible = files.isolation_report()
    assert layers == []
    assert {"start programs"} <= set(possible) <= {"start programs", "signal the server"}


def test_a_worker_ends_with_a_server_that_is_killed(worker_that):
    worker_that("import time; time.sleep(60)")
    script = (
        "from board.tips.files import inspect, sandbox;"
        f" sandbox._START = {sandbox._START!r}; inspect(b'x', 'x')"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as server:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        until(lambda: children.read_text(), "a worker")
        status = Path(f"/proc/{children.read_text().strip()}/status")
        until(lambda: "Seccomp:\t2" in status.read_text(), "an isolated worker")
        server.kill()

    until(lambda: not is_alive(status), "the end of the worker", seconds=20)


def is_alive(status):
    """Not gone, and not a zombie that waits for its new parent."""
    return status.exists() and "State:\tZ" not in status.read_text()
