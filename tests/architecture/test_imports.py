"""Who may import whom. One table, checked against the source."""

import ast
from pathlib import Path

import pytest

BOARD = Path(__file__).parents[2] / "board"
SHARED = {"db", "runtime", "web", "text"}
MAY_IMPORT = {
    "accounts": SHARED,
    "articles": SHARED | {"accounts"},
    "comments": SHARED | {"accounts", "articles", "config"},
    "moderation": SHARED | {"accounts", "articles", "comments", "config"},
    "law": SHARED | {"accounts", "articles", "comments", "moderation", "config"},
    "api": SHARED | {"accounts", "articles", "comments"},
    "tips": SHARED | {"accounts", "config"},
}
MODELS_MAY_IMPORT = {
    "accounts", "articles", "comments", "moderation", "law", "tips", "db", "runtime",
}  # fmt: skip
OF_THE_WEB = {"flask", "wtforms", "flask_babel", "werkzeug"}


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def parts_of_the_board(path: Path) -> set[str]:
    """`board.x.y` → x, for packages and modules that exist."""
    found = {name.split(".")[1] for name in imports(path) if name.startswith("board.")}
    return {part for part in found if (BOARD / part).is_dir() or (BOARD / f"{part}.py").exists()}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_slices_import_only_what_the_table_allows(part):
    strays = {
        str(path.relative_to(BOARD)): parts_of_the_board(path) - MAY_IMPORT[part] - {part}
        for path in (BOARD / part).rglob("*.py")
    }

    assert {path: names for path, names in strays.items() if names} == {}


def test_the_slices_in_the_table_are_all_there_are():
    slices = {path.parent.name for path in BOARD.glob("*/wiring.py")} | {
        "comments",
        "moderation",
        "law",
        "tips",
    }

    assert slices == set(MAY_IMPORT)


@pytest.mark.parametrize(
    "path", sorted(BOARD.glob("*/models.py")), ids=lambda path: path.parent.name
)
def test_models_know_nothing_of_the_web(path):
    assert {name.split(".")[0] for name in imports(path)} & OF_THE_WEB == set()
    assert parts_of_the_board(path) <= MODELS_MAY_IMPORT


def test_nothing_imports_the_app_but_its_server():
    for path in BOARD.rglob("*.py"):
        assert "board.create_app" not in imports(path), path


@pytest.mark.parametrize(
    ("forbidden", "but_in"),
    [
        ("wal_checkpoint", ["transaction.py"]),  # under the write lock
        ("VACUUM", []),
        ("innerHTML", []),
        ("|safe", []),
        ("| safe", []),
    ],
)
def test_what_must_not_be_written_is_not_written(forbidden, but_in):
    files = [*BOARD.rglob("*.py"), *BOARD.rglob("*.js"), *BOARD.rglob("*.html")]

    assert [p.name for p in files if forbidden in p.read_text()] == but_in
