"""The operator serves the board and checks it: `flask --app wsgi serve` and `doctor`."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click import ClickException
from flask import Flask

from board.db.engine import sqlite
from board.ops import serve
from board.ops.version import is_safe_sqlite
from support.wait import until

pytestmark = pytest.mark.slow  # each starts real servers

ROOT = Path(__file__).parents[2]


def environment(instance: Path) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("BOARD_", "FLASK_"))}
    return {**inherited, "BOARD_INSTANCE": str(instance), "PYTHONUTF8": "1"}


def flask(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment(instance), capture_output=True, text=True, timeout=60
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


def wait_until_ready(process: subprocess.Popen[str], port: int) -> None:
    def answers() -> bool:
        assert process.poll() is None, process.communicate(timeout=5)
        try:
            return get(port, "/healthz")[0] == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    until(answers, "it answers", seconds=180)  # of three that start at once


class Server:
    """A running server; its output and exit code are set once it has ended."""

    port: int
    out = err = ""
    code: int | None = None


@contextmanager
def serving(instance: Path, *words: str) -> Iterator[Server]:
    server = Server()
    server.port = free_port()
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--workers", "1", *words]
    process = subprocess.Popen(
        [*command, "--port", str(server.port)],
        cwd=ROOT,
        env=environment(instance),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        wait_until_ready(process, server.port)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            server.out, server.err = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        server.code = process.returncode


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that refused to run."""
    assert result.returncode not in (0, None) and result.stdout == ""
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").strip()


def test_serving_an_empty_folder_loads_the_sample_board_once(tmp_path: Path) -> None:
    with serving(tmp_path / "instance", "--sample") as first:
        assert get(first.port, "/healthz")[0] == get(first.port, "/readyz")[0] == 200
        front = get(first.port, "/")[1]
    assert (first.code, first.err) == (0, "")
    loaded, address, *rest = first.out.splitlines()
    assert loaded == "The sample board has been loaded."
    assert address.endswith(f": http://127.0.0.1:{first.port}")
    assert [line.split()[0] for line in rest[1:4]] == [
        "ada@harbour.example", "mo@harbour.example", "tess@harbour.example",
    ]  # fmt: skip
    assert rest[4] == "Staff are asked for a code as well. This prints the current one:"
    assert rest[-1].startswith("tess reads tips with the passphrase: ")
    with serving(tmp_path / "instance", "--sample") as second:
        assert get(second.port, "/")[1] == front
    assert (second.code, second.err) == (0, "")
    assert second.out.splitlines()[1:] == rest and "loaded" not in second.out


def test_three_servers_started_at_once_in_an_empty_folder_serve_one_board(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ready = threading.Barrier(3)

        def start() -> Server:
            ready.wait()
            return stack.enter_context(serving(tmp_path / "instance", "--sample"))

        with ThreadPoolExecutor(3) as pool:
            starts = [pool.submit(start) for _ in range(3)]
            servers = [each.result() for each in starts]
        pages = {get(each.port, "/")[1] for each in servers}
    assert [(each.code, each.err) for each in servers] == [(0, "")] * 3
    assert len(pages) == 1 and "푸른항구신문" in pages.pop()
    loaded, accounts = zip(*(_accounts_in(each.out) for each in servers), strict=True)
    assert sum(loaded) == 1 and len(set(accounts)) == 1


def _accounts_in(output: str) -> tuple[bool, str]:
    """Whether this server loaded the sample board, and what it says of the accounts."""
    first, _line, rest = output.partition("Sample accounts")
    return "has been loaded" in first, rest


def test_a_taken_port_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = refusal(flask(tmp_path, "serve", "--port", str(port)))
    assert message.startswith(f"Nothing can listen on 127.0.0.1:{port} ")


def test_a_board_on_a_public_address_needs_its_origin(tmp_path: Path) -> None:
    message = refusal(flask(tmp_path, "serve", "--host", "0.0.0.0", "--port", str(free_port())))
    assert "BOARD_ORIGIN" in message


def tables(path: Path, *statements: str) -> None:
    with closing(sqlite.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_database_the_board_cannot_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    newer, foreign, garbage = (tmp_path / name for name in ("newer", "foreign", "garbage"))
    for folder in (newer, foreign, garbage):
        folder.mkdir()
    tables(
        newer / "board.db",
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('9999')",
    )
    tables(foreign / "board.db", "CREATE TABLE recipes (id INTEGER)")
    (garbage / "board.db").write_text("This is no database. " * 100)
    expected = (
        "was made by a newer version",
        "holds tables of another program",
        "cannot be opened",
    )
    for folder, message in zip((newer, foreign, garbage), expected, strict=True):
        assert message in refusal(flask(folder, "serve", "--port", str(free_port())))
    assert (garbage / "board.db").read_text() == "This is no database. " * 100


def test_an_instance_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = refusal(flask(tmp_path / "file", "serve", "--port", str(free_port())))
    assert message.startswith("The instance folder ")


def test_doctor_finds_what_is_wrong_with_a_board(tmp_path: Path) -> None:
    assert flask(tmp_path, "sample", "load").returncode == 0
    healthy = flask(tmp_path, "doctor")
    assert healthy.returncode == 0 and {line[:4] for line in healthy.stdout.splitlines()} == {
        "ok  "
    }
    (tmp_path / "board.db").chmod(0o644)
    (tmp_path / "secret_key").chmod(0o644)
    tables(tmp_path / "board.db", "UPDATE alembic_version SET version_num = '9999'")
    broken = flask(tmp_path, "doctor")
    assert broken.returncode == 1
    assert [line for line in broken.stdout.splitlines() if line.startswith("BAD")] == [
        f"BAD the database sqlite:///{tmp_path}/board.db was made by a newer version of the board. "
        "Install that version, or restore the backup made before the update",
        "BAD only its owner can read it: chmod 600",
        f"BAD the secret key is private: chmod 600 {tmp_path}/secret_key",
    ]


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False),
        ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False),
        ((3, 51, 3), True), ((3, 53, 4), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_a_sqlite_without_the_fix_is_not_safe(version: tuple[int, ...], safe: bool) -> None:
    assert is_safe_sqlite(version) is safe


@pytest.fixture
def use_sqlite(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def use(number: str) -> None:
        version = tuple(map(int, number.split(".")))
        other = SimpleNamespace(sqlite_version_info=version, sqlite_version=number)
        monkeypatch.setattr(serve, "sqlite", other)

    return use


@pytest.mark.parametrize(("number", "times"), [("3.42.0", 1), ("3.51.2", 1), ("3.53.4", 0)])
def test_every_start_warns_of_an_sqlite_that_may_lose_commits(
    use_sqlite: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    number: str,
    times: int,
) -> None:
    use_sqlite(number)
    serve.refuse_old_sqlite()
    assert capsys.readouterr().err.count(f"SQLite {number} may lose a commit") == times


def test_an_sqlite_too_old_for_the_board_is_refused_in_a_sentence(
    use_sqlite: Callable[[str], None],
) -> None:
    use_sqlite("3.41.2")
    with pytest.raises(
        ClickException, match=r"^SQLite 3\.41\.2 is too old: the board needs 3\.42\.0\. "
    ):
        serve.refuse_old_sqlite()
