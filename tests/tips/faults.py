"""Deliberate faults in the code of tips. Each must make a test fail: `python -m tests.tips.faults`.

Each fault is one replacement of text in one file, tried in a copy of the repository with the tests
named for it. Words on the command line choose faults by name. Exit code 1: a fault no test noticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.tips.fault_list import FAULTS, ROOT, TIPS, Fault


def main(words: list[str]) -> int:
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    unseen = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, outcome in pool.map(lambda fault: (fault, run(fault)), chosen):
            print(f"{outcome:8} {fault.name}", flush=True)
            if outcome != "caught":
                unseen.append(fault)
    print(f"{len(chosen) - len(unseen)} of {len(chosen)} faults caught.")
    return 1 if unseen else 0


def run(fault: Fault) -> str:
    """caught, UNSEEN, or why the fault could not be tried."""
    if not fault.is_current:
        return "OUTDATED"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for path in tracked_files():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, copy / path)
        (copy / TIPS / fault.path).write_text(fault.source.replace(fault.old, fault.new))
        return {0: "UNSEEN", 1: "caught"}.get(pytest_code(copy, fault.tests), "BROKEN")


def tracked_files() -> Iterator[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            yield Path(name)


def pytest_code(folder: Path, tests: Iterable[str]) -> int:
    paths = [test if "/" in test else f"tests/tips/{test}.py" for test in tests]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *paths]
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd=folder, check=False, timeout=900, **output).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
