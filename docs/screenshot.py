"""Screenshot in README.md: `python docs/screenshot.py` (needs Chromium and playwright).

Starts a sample board, captures the article page in both themes, and puts them side by side:
headline and figure above, the thread below.
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "article.png"
Theme = Literal["light", "dark"]
ARTICLE = "/articles/night-bus"
READER = "ada@harbour.example"
WIDTH, HEIGHT = 720, 1232  # CSS pixels of each half, which is then made smaller
SCALE = 0.8
# The text of the article is left out, so that headline, figure and thread stand together.
SHORTER = """
    .article .body > :not(figure) { display: none }
    .article .body img { aspect-ratio: 21 / 9; object-fit: cover }
    .article .body figure, .thread { margin-block: 0 1rem }
"""
SHEET = """<!doctype html><style>
    body {{ margin: 0; display: flex; block-size: 100vh; overflow: hidden }}
    img {{ inline-size: 50%; block-size: 100% }}
</style><img src="{light}"><img src="{dark}">"""


@contextmanager
def served() -> Iterator[tuple[str, Path]]:
    """Address and instance folder of a sample board that runs inside the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(  # noqa: S603 - our own server
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--sample", f"--port={port}"],
            cwd=ROOT,
            env={**os.environ, "BOARD_INSTANCE": folder},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}", Path(folder)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The board did not start.")


def half(browser: Browser, url: str, reader: tuple[str, str], theme: Theme) -> str:
    """The article page in one theme for a reader (e-mail, password), as a data: URL."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme=theme,
        locale="ko-KR",
        bypass_csp=True,  # for the style that makes the page shorter
    )
    page = context.new_page()
    page.goto(f"{url}/sign-in?next={ARTICLE}")
    page.fill("[name=email]", reader[0])
    page.fill("[name=password]", reader[1])
    page.click("main button.primary")
    page.wait_for_url(url + ARTICLE, wait_until="networkidle")
    page.add_style_tag(content=SHORTER)
    picture = page.screenshot()
    context.close()
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as (url, folder), sync_playwright() as playwright:
        accounts = json.loads((folder / "sample-accounts.json").read_text())
        reader = (READER, accounts[READER][0])
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        halves = {theme: half(browser, url, reader, theme) for theme in get_args(Theme)}
        width, height = round(WIDTH * 2 * SCALE), round(HEIGHT * SCALE)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(SHEET.format(**halves), wait_until="load")
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
