"""Dependencies: what ships is listed, known vulnerabilities fail, and silence is never a pass."""

import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNREACHABLE = (
    "error: Request failed after 3 retries\n"
    "  cause: error sending request for url (https://api.osv.dev/v1/querybatch)"
)
SERVER_ERROR = "error: HTTP status server error (500 Internal Server Error) for url (https://…)"

# Stands for uv: notes what it is asked, and fails as uv does in the step that is named.
FAKE = """#!/bin/sh
echo "$1" >>"{log}"
if [ "$1" = "{step}" ]; then
  cat "{errors}" >&2
  exit {status}
fi
"""


@pytest.fixture
def check(tmp_path):
    """Runs the step with a uv that fails where it is told to."""

    def run(step="", status=0, errors=""):
        uv, log, said = tmp_path / "uv", tmp_path / "log", tmp_path / "said"
        said.write_text(errors)
        uv.write_text(FAKE.format(log=log, step=step, status=status, errors=said))
        uv.chmod(uv.stat().st_mode | stat.S_IXUSR)
        answer = subprocess.run(
            [ROOT / ".ci" / "dependencies"],
            env={**os.environ, "UV": str(uv), "BUILD": str(tmp_path / "build")},
            capture_output=True,
            text=True,
        )
        return answer.returncode, answer.stdout.splitlines()[-1:], log.read_text().split()

    return run


def test_a_known_vulnerability_fails(check):
    assert check("audit", 1, "Found 1 known vulnerability")[0] == 1


@pytest.mark.parametrize("errors", [UNREACHABLE, SERVER_ERROR])
def test_a_service_that_cannot_be_reached_is_said_and_fails_nothing(check, errors):
    status, said, _steps = check("audit", 2, errors)

    name = "the vulnerability service (api.osv.dev)"
    assert (status, said) == (0, [f"NOT CHECKED: {name} could not be reached."])


def test_an_index_that_cannot_be_reached_is_said_too(check):
    status, said, steps = check("lock", 2, UNREACHABLE)

    assert (status, said) == (0, ["NOT CHECKED: the package index could not be reached."])
    assert steps == ["lock"]


@pytest.mark.parametrize("step", ["lock", "export", "audit"])
def test_what_fails_for_another_reason_fails(check, step):
    """Such as an option that the next version of uv does not know."""
    assert check(step, 2, "error: unexpected argument '--frozen' found")[0] != 0


def test_all_steps_are_taken_when_nothing_is_wrong(check):
    status, said, steps = check()

    assert (status, steps) == (0, ["lock", "export", "audit"])
    assert said[0].startswith("The bill of materials is in ")


def test_what_is_listed_is_what_is_locked(check, tmp_path):
    check()
    given = (tmp_path / "build" / "dependencies" / "pyproject.toml").read_text()
    listed = tomllib.loads(given)["project"]["dependencies"]
    locked = re.findall(r"^(\S+==[^\\\n]*?) *\\?$", (ROOT / "requirements.txt").read_text(), re.M)

    assert len(locked) > 30
    assert listed == locked
