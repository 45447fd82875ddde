"""Which modules may open connections to other machines: those that check where they lead."""

import ast
from pathlib import Path

import pytest

from architecture.test_imports import MODULES

NETWORK = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib",
    "socket", "ssl", "telnetlib", "urllib.request", "urllib3", "xmlrpc.client",
}  # fmt: skip
ALLOWED = {
    "board.articles.importing.download": "feeds: size, time and redirects are limited",
    "board.ops.serve": "looks whether its own port is taken",
    "board.runtime.http_client": "services of others: TLS, public addresses, size and time",
    "board.runtime.pinned_addresses": "connects to addresses that were checked",
    "board.runtime.smtp": "the newsroom’s mail server, with TLS",
    "board.tips.files.isolation.report": "tries, in isolation, what must fail",
}


def imported_by(code: str) -> set[str]:
    """Names of modules, and of what is imported from them, which may be modules."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def users_of_the_network(modules: dict[str, Path]) -> set[str]:
    return {name for name, path in modules.items() if imported_by(path.read_text()) & NETWORK}


@pytest.mark.slow
def test_no_other_module_opens_connections() -> None:
    assert users_of_the_network(MODULES) == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    ["import socket", "from urllib import request", "from http.client import HTTPSConnection",
     "import urllib.request as web", "def f():\n    from smtplib import SMTP"],
)  # fmt: skip
def test_each_way_to_import_is_seen(line: str, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(line)

    assert users_of_the_network({"module": tmp_path / "module.py"}) == {"module"}


@pytest.mark.parametrize("word", ["open_connection(", "create_connection(", "urlopen("])
def test_no_other_module_opens_one_by_another_library(word: str) -> None:
    names = {each for each, path in MODULES.items() if word in path.read_text()}

    assert names <= set(ALLOWED)
