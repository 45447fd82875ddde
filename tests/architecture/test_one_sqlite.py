"""One SQLite library in a process.

Closing a second library's connection to a file removes the first one's locks on it, and may delete
its write-ahead log: what the board writes afterwards is in no file that a test reads.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "board" / "db" / "engine.py"


def imports_sqlite(path: Path) -> bool:
    names = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return any(name.split(".")[0] in ("sqlite3", "pysqlite3") for name in names)


@pytest.mark.slow
def test_only_the_engine_imports_a_sqlite_library():
    sources = [
        path for folder in ("board", "bench", "tests") for path in (ROOT / folder).rglob("*.py")
    ]

    assert [path for path in sources if imports_sqlite(path)] == [ENGINE]
