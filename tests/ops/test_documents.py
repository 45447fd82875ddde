"""Documents: links resolve, README stays short, and the commands it names exist."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
README = ROOT / "README.md"
LINES_MAX, WIDTH_MAX = 120, 120


def links(document: Path) -> Iterator[str]:
    """Targets of the relative links and pictures; code is left out."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(document: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def resolves(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_resolves(document: Path) -> None:
    assert [link for link in links(document) if not resolves(document, link)] == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "# One title\n[a](#one-title) [b](b.md) [c](#two) `[d](d.md)` [e](http://e)"
    )

    assert [link for link in links(document) if not resolves(document, link)] == ["b.md", "#two"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_lines_fit_a_screen(document: Path) -> None:
    """Except rows of tables, which cannot be broken, and the changelog, one line for a change."""
    if document.name != "CHANGELOG.md":
        lines = document.read_text().splitlines()
        assert [line for line in lines if len(line) > WIDTH_MAX and line[0] != "|"] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_documents_name_exist(document: Path) -> None:
    """From the root or any folder below it; `instance/` is made when the board runs."""
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.[a-z]+)?)`", document.read_text())
    folders = [ROOT / name for name in ("board", "bench", "docs", "integrations", "tests")]
    paths = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    there = [f"/{path.relative_to(ROOT)}" for path in paths]
    missing = {
        path
        for path in named
        if not path.startswith("instance/")
        and not any(each.endswith(f"/{path.rstrip('/')}") for each in there)
    }

    if document.name != "CHANGELOG.md":
        assert missing == set()


def test_readme_is_one_page() -> None:
    assert len(README.read_text().splitlines()) <= LINES_MAX


def test_make_has_the_targets_that_documents_name() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {name for each in DOCUMENTS for name in named_targets(each.read_text())}

    assert {"run", "test", "bench-report"} <= named <= targets


def named_targets(text: str) -> set[str]:
    return set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", text, re.M))


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_flask_has_the_commands_that_documents_name(
    document: Path, another: Callable[..., Flask], tmp_path: Path
) -> None:
    with click.Context(click.Group("flask")):  # commands are loaded only within a CLI context
        cli = another(tmp_path).cli
    commands = set(
        re.findall(r"flask --app wsgi ([a-z-]+)(?: ([a-z][a-z-]*))?", document.read_text())
    )

    assert [words for words in commands if not is_command(cli, *words)] == []
    assert commands or document != README


def is_command(cli: click.Group, name: str, subcommand: str) -> bool:
    command = cli.commands.get(name)
    return command is not None and (
        not isinstance(command, click.Group) or subcommand in command.commands
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_tests_that_documents_name_exist(document: Path) -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", document.read_text()))
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert named - set(re.findall(r"def (test_[a-z0-9_]+)\(", sources)) == set()
