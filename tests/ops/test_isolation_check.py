"""`doctor` says how well files of sources are isolated on this machine."""

import pytest

from board.ops.doctor import doctor
from board.tips import files


@pytest.fixture
def said(app):
    def lines():
        output = app.test_cli_runner().invoke(doctor).output
        return [line for line in output.splitlines() if "files of sources" in line]

    return lines


def test_a_machine_that_isolates_is_told_with_its_layers(said):
    (line,) = said()

    assert line.startswith("ok  files of sources are opened in isolation (")
    assert "seccomp" in line


@pytest.mark.parametrize(
    ("layers", "possible", "line"),
    [
        (["seccomp"], [],
         "ok  files of sources are opened in isolation (seccomp): Landlock would be a second wall;"
         " see docs/tip-files.md"),
        (["own network"], ["start programs"],
         "BAD files of sources are only sealed, nobody looks into them: use Linux with Landlock or"
         " seccomp, on x86-64 or ARM64"),
        (["Landlock"], ["start programs", "signal the server"],
         "BAD files of sources are opened where they could start programs, signal the server"),
    ],
)  # fmt: skip
def test_a_machine_that_lacks_something_is_told_so(said, monkeypatch, layers, possible, line):
    monkeypatch.setattr(files, "isolation_report", lambda: (layers, possible))

    assert said() == [line]
