"""Style sheets and scripts: allowed imports, width of lines, and the files that are served."""

import re
from pathlib import Path

import pytest

from board.web import static_files

STATIC = static_files.FOLDER
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
SHEETS = sorted((STATIC / "css").rglob("*.css"))
# Modules of one folder may import each other and those of a lower level, never other folders.
LEVELS = {
    "dom.js": 0, "request.js": 0, "relative-time.js": 0, "clipboard.js": 0, "card.js": 0,
    "proof-of-work.js": 1, "passkeys.js": 1, "notifications.js": 1, "thread": 1, "desk": 1,
    "tips": 1, "embed": 2, "board.js": 2, "embed.js": 3,
}  # fmt: skip
FOR_EVERY_PAGE = {
    "Cache-Control": "public, max-age=600",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
ANY_IMPORT = re.compile(
    r"\bimport\s*\(|\bimport\s+[\w{*\"'`]|\bfrom\s+[\"'`]|\bexport\s[^;]*\bfrom\b"
)
LITERAL = re.compile(r"\"[^\"\n]*\"|`[^`]*`|(?<=[(= ])/[^/\n*]+/[a-z]+")
DECLARED = re.compile(
    r"^(?:export )?(?:const|let|class|(?:async )?function) (?:\{[^}]*\}|(\w+))", re.M
)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.S)


def part_of(path: Path) -> str:
    return path.relative_to(STATIC / "js").parts[0]


def imports(path: Path) -> list[Path]:
    found = static_files.JS_IMPORT.finditer(COMMENT.sub("", path.read_text()))
    return [(path.parent / each[2]).resolve() for each in found]


def reached_from(path: Path) -> set[Path]:
    reached, pending = set(), imports(path)
    while pending:
        module = pending.pop()
        if module not in reached:
            reached.add(module)
            pending += imports(module)
    return reached


def reached_statically(path: Path) -> list[Path]:
    found = static_files.STATIC_IMPORT.findall(path.read_text())
    modules = [each for other in found for each in reached_statically(path.parent / other)]
    return [*dict.fromkeys(each.resolve() for each in modules), path.resolve()]


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_every_import_has_the_form_that_gets_a_version(path):
    code = COMMENT.sub("", path.read_text())
    written = [line for line in code.splitlines() if ANY_IMPORT.search(line)]

    assert [line for line in written if line.strip() != "import {"] == [
        line for line in written if static_files.JS_IMPORT.search(line)
    ]
    assert [module for module in imports(path) if not module.is_file()] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_modules_have_no_import_cycle(path):
    assert path not in reached_from(path)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_modules_import_only_their_own_folder_and_lower_levels(path):
    part = part_of(path)
    strays = [
        name(module)
        for module in imports(path)
        if part_of(module) != part and LEVELS[part_of(module)] >= LEVELS[part]
    ]

    assert strays == []


def test_every_module_has_a_level():
    assert {part_of(path) for path in SCRIPTS} == set(LEVELS)


def test_the_board_sheet_joins_all_others_but_that_of_embedded_threads():
    joined = static_files.CSS_IMPORT.findall((STATIC / "css/board.css").read_text())
    alone = ["board.css", "thread/embed.css"]

    assert sorted([*joined, *alone]) == sorted(
        path.relative_to(STATIC / "css").as_posix() for path in SHEETS
    )


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS], ids=name)
def test_lines_are_at_most_120_characters(path):
    assert [line for line in path.read_text().splitlines() if len(line) > 120] == []


def test_folders_hold_at_most_fifteen_entries():
    folders = [STATIC, *(path for path in STATIC.rglob("*") if path.is_dir())]

    assert {name(folder): n for folder in folders if (n := len(list(folder.iterdir()))) > 15} == {}


def test_all_sheets_are_served_as_one_without_comments(guest):
    css = guest.get("/static/css/board.css").text

    assert "@import" not in css
    assert "/*" not in css
    assert "--color-text:" in css
    assert "@page" in css
    assert len(css) < 0.8 * sum(path.stat().st_size for path in SHEETS)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_minifying_changes_no_string_template_or_regex(path):
    code = COMMENT.sub("", static_files.JS_IMPORT.sub("", path.read_text()))
    served = static_files.minified(name(path)).decode()

    assert [text for text in LITERAL.findall(code) if text not in served] == []


@pytest.mark.parametrize("path", static_files.ENTRY_POINTS)
def test_a_script_that_pages_name_is_one_file_with_what_it_needs_at_once(path):
    served = static_files.minified(path).decode()
    needed = reached_statically(STATIC / path)
    names = [name for each in needed for name in DECLARED.findall(each.read_text())]

    assert re.findall(r"\bfrom\b|\bexport\b|\bimport\{", served) == []
    assert sorted(set(names)) == sorted(names)  # one scope for all
    assert [each for each in names if not re.search(rf"\b{re.escape(each)}\b", served)] == []


def test_an_imported_script_has_its_versioned_address(guest):
    board = guest.get("/static/js/board.js").text
    imported = re.findall(r'import\("\./(thread/search\.js)\?v=([0-9a-f]{12})"\)', board)
    answer = guest.get(f"/static/js/{imported[0][0]}?v={imported[0][1]}")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["ETag"] == f'"{imported[0][1]}"'
    dom = static_files.version("js/dom.js")
    assert f'from"../dom.js?v={dom}"' in answer.text


def test_a_changed_module_changes_the_version_of_all_that_import_it(monkeypatch, tmp_path):
    (tmp_path / "low.js").write_text("export const a = 1;\n")
    (tmp_path / "top.js").write_text('import { a } from "./low.js";\n')
    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    cached_functions = (static_files.minified, static_files.version, static_files._minifiable)
    before, after = [], []
    try:
        for versions in (before, after):
            for each in cached_functions:
                each.cache_clear()
            versions += [static_files.version("low.js"), static_files.version("top.js")]
            (tmp_path / "low.js").write_text("export const a = 2;\n")
    finally:
        for each in cached_functions:
            each.cache_clear()

    assert before[0] != after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(("path", "limit"), [("/embed.js", 3 * 1024), ("/embed.css", 5 * 1024)])
def test_what_an_embedded_thread_needs_at_once_is_small_and_for_every_page(guest, path, limit):
    answer = guest.get(path, headers={"Accept-Encoding": "gzip"})
    again = guest.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert len(answer.data) <= limit
    assert (answer.status_code, again.status_code) == (200, 304)
    assert {name: answer.headers.get(name) for name in FOR_EVERY_PAGE} == FOR_EVERY_PAGE


def test_an_embedded_thread_imports_only_versioned_modules_of_the_board(guest):
    imported = re.findall(r'import\("\.(/[^"?]+\?v=[0-9a-f]{12})"\)', guest.get("/embed.js").text)
    answer = guest.get(imported[0])

    assert [address.split("?")[0] for address in imported] == ["/static/js/embed/context.js"]
    assert answer.headers["Cache-Control"] == static_files.FOREVER
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
