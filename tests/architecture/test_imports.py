"""Who may import whom, followed through every module an import reaches."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

BOARD = Path(__file__).parents[2] / "board"
FOUNDATIONS = {"text", "config", "db", "runtime", "web"}
# Each package of board/ and the packages its modules may reach, themselves or through others.
MAY_REACH = {
    "text": set(),
    "config": set(),
    "db": {"config", "text"},
    "runtime": {"config", "text", "db"},
    "web": {"config", "text", "db", "runtime"},
    "accounts": FOUNDATIONS,
    "articles": FOUNDATIONS | {"accounts"},
    "comments": FOUNDATIONS | {"accounts", "articles"},
    "moderation": FOUNDATIONS | {"accounts", "articles", "comments"},
    "law": FOUNDATIONS | {"accounts", "articles", "comments", "moderation"},
    "notifications": FOUNDATIONS | {"accounts", "articles", "comments", "moderation"},
    "tips": FOUNDATIONS | {"accounts"},
    "api": FOUNDATIONS | {"accounts", "articles", "comments", "moderation"},
    "ops": FOUNDATIONS | {"accounts", "articles", "comments", "moderation", "law", "tips", "api"},
}
OF_HTTP = {"flask", "flask_babel", "flask_login", "werkzeug", "wtforms"}
# The three doors to the app that models have: its settings, its database, and its limiter.
DOORS = ("board.config", "board.db", "board.runtime")


def name_of(path: Path) -> str:
    parts = path.relative_to(BOARD.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in BOARD.rglob("*.py") if "migrations" not in path.parts}


@cache
def imports_of(module: str) -> frozenset[str]:
    """Every import in the module, also inside functions and for types only."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            base = ".".join(filter(None, (above, node.module)))
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else base for name in names}
    return frozenset(found)


def reached_from(module: str) -> set[str]:
    reached, to_visit = {module}, [module]
    while to_visit:
        new = {name for name in imports_of(to_visit.pop()) if name in MODULES} - reached
        reached |= new
        to_visit += new
    return reached


def package_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.slow
@pytest.mark.parametrize("package", MAY_REACH)
def test_a_package_reaches_only_those_below_it(package):
    modules = [name for name in MODULES if name.startswith(f"board.{package}")]
    upward = {
        module: sorted(
            name
            for name in reached_from(module)
            if name != "board" and package_of(name) not in MAY_REACH[package] | {package}
        )
        for module in modules
    }

    assert len(modules) > 0
    assert {module: names for module, names in upward.items() if names} == {}


def test_the_packages_in_the_table_are_all_there_are():
    packages = {path.parent.name for path in BOARD.glob("*/__init__.py")}

    assert packages | {"config"} == set(MAY_REACH)


@pytest.mark.slow
def test_nothing_imports_the_app_but_its_server():
    assert [module for module in MODULES if "board" in imports_of(module)] == []


PACKAGES = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_modules_and_subpackages_import_each_other_in_no_circle(package):
    arrows = arrows_inside(package)
    left = dict(arrows)
    while free := [name for name, imported in left.items() if not imported & set(left)]:
        for name in free:
            del left[name]

    assert left == {}


def arrows_inside(package: str) -> dict[str, set[str]]:
    """Between the modules and sub-packages of `package`; a sub-package stands for all in it."""

    def child(module: str) -> str:
        return module.removeprefix(package).lstrip(".").split(".")[0] or "__init__"

    def is_inside(module: str) -> bool:
        return module == package or module.startswith(f"{package}.")

    arrows: defaultdict[str, set[str]] = defaultdict(set)
    for module in filter(is_inside, MODULES):
        inside = {child(name) for name in imports_of(module) if is_inside(name)}
        arrows[child(module)] |= inside - {child(module)}
    return arrows


def has_tables(path: Path) -> bool:
    """Whether a mapped class is defined there."""
    classes = [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)
    ]
    names = {
        target.id
        for each in classes
        for node in each.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return "__tablename__" in names


MODELS = sorted(name for name, path in MODULES.items() if has_tables(path))


@pytest.mark.parametrize("module", MODELS)
def test_models_reach_nothing_of_flask_or_http(module):
    reached = [name for name in reached_from(module) if not name.startswith(DOORS)]
    strays = {
        name: sorted(outside)
        for name in reached
        if (outside := {each.split(".")[0] for each in imports_of(name)} & OF_HTTP)
    }

    assert len(MODELS) > 30
    assert strays == {}


def folders() -> list[Path]:
    """Those people look into; `versions` has one file for each migration there ever was."""
    return [
        path
        for path in [BOARD, *BOARD.rglob("*")]
        if path.is_dir() and not {"__pycache__", "versions"} & set(path.parts)
    ]


def test_no_folder_holds_more_than_fifteen_entries():
    entries = {
        str(folder.relative_to(BOARD)): len(
            [path for path in folder.iterdir() if path.name not in ("__pycache__", "__init__.py")]
        )
        for folder in folders()
    }

    assert {folder: count for folder, count in entries.items() if count > 15} == {}


def functions_of(path: Path) -> list[tuple[str, int]]:
    return [
        (f"{path.relative_to(BOARD)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.slow
def test_functions_and_files_are_short():
    lengths = [each for path in MODULES.values() for each in functions_of(path)]
    files = {str(p.relative_to(BOARD)): p.read_text().count("\n") for p in MODULES.values()}
    in_order = sorted(length for _name, length in lengths)

    assert [each for each in lengths if each[1] > 30] == []
    assert {path: length for path, length in files.items() if length > 220} == {}
    assert in_order[len(in_order) // 2] <= 5
    assert in_order[len(in_order) * 9 // 10] <= 13


# A blueprint may say what it does with its own answers; Pillow learns to read HEIC.
OWN_CALLS = ("bp.after_request", "pi_heif.register_heif_opener")


def registrations(module: str) -> list[str]:
    """Calls and assignments to a subscript that run when the module is imported."""
    body = ast.parse(MODULES[module].read_text()).body
    calls = [each.value for each in body if isinstance(each, ast.Expr)]
    targets = [each.targets[0] for each in body if isinstance(each, ast.Assign)]
    return [
        *(ast.unparse(call.func) for call in calls if isinstance(call, ast.Call)),
        *(ast.unparse(target) for target in targets if isinstance(target, ast.Subscript)),
    ]


@pytest.mark.slow
def test_no_module_registers_itself_when_it_is_imported():
    """Hooks and registries are filled by wiring.py alone, inside a function."""
    found = {module: [x for x in registrations(module) if x not in OWN_CALLS] for module in MODULES}

    assert {module: names for module, names in found.items() if names} == {}


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

    assert [path.name for path in files if forbidden in path.read_text()] == but_in
