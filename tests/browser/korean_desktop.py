"""A desktop of its own with Korean input: Xvfb, a session bus, ibus-hangul, and a window."""

import os
import shutil
import signal
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, Page

from board.text.keyboard import KEYS, keystrokes
from browser.conftest import CHROMIUM, CHROMIUM_OPTIONS
from support.wait import until

PROGRAMS = ("Xvfb", "dbus-daemon", "ibus-daemon", "ibus", "xdotool")
ENGINE = Path("/usr/share/ibus/component/hangul.xml")
SETTINGS = "[org/freedesktop/ibus/engine/hangul]\ninitial-input-mode='hangul'\n"
# A bus that starts no services: nothing else of a desktop is needed, and nothing is left behind.
BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
_KEY_OF = {letter: key for key, letter in reversed(KEYS.items())}


def missing_programs() -> list[str]:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    return missing if ENGINE.exists() else [*missing, "ibus-hangul"]


def keys_for(words: str) -> str:
    """The keys of a Korean keyboard that type these words, as Latin letters."""
    return "".join(
        "".join(_KEY_OF[letter] for letter in keystrokes(char)) or char for char in words
    )


class KoreanDesktop:
    """Used as a context manager; ends every process it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        self._started = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._started.close()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._started.close()

    def open(self, browser: Browser, **options: Any) -> Page:
        """A page in a window on this desktop."""
        path = next(filter(None, map(shutil.which, CHROMIUM)))
        arguments = [*CHROMIUM_OPTIONS, "--ozone-platform=x11"]
        headed = browser.browser_type.launch(
            executable_path=path, headless=False, env={**self.environment}, args=arguments
        )
        self._started.callback(headed.close)
        page = headed.new_page(**options)
        until(self._focus_window, "the window has the focus")
        return page

    def type(self, page: Page, field: str, words: str, *, arrives: str, or_else: str = "") -> None:
        """Press the keys of these words in a field until it says what should arrive, or else what
        another version of the browser lets arrive.

        Keys are repeated: a window needs a moment for its input method after it gets the focus.
        """
        control = page.locator(field)

        def has_arrived() -> bool:
            return control.input_value() in (f"{arrives} ", f"{or_else or arrives} ")

        def press() -> bool:
            control.fill("")
            control.focus()
            self._run("xdotool", "type", "--delay", "8", f"{keys_for(words)} ")
            with suppress(AssertionError):
                until(has_arrived, "all keys", seconds=2, pause=lambda: page.wait_for_timeout(10))
            return has_arrived()

        until(press, f"{field} says {arrives!r}", seconds=30)

    def _start(self) -> None:
        for name in ("run", "config/glib-2.0/settings"):
            (self.folder / name).mkdir(mode=0o700, parents=True)
        (self.folder / "config/glib-2.0/settings/keyfile").write_text(SETTINGS)
        (self.folder / "bus.conf").write_text(BUS.format(folder=self.folder / "run"))
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "GSETTINGS_BACKEND": "keyfile", "GTK_IM_MODULE": "ibus", "NO_AT_BRIDGE": "1",
        }  # fmt: skip
        self.environment["DISPLAY"] = f":{self._first_line('Xvfb', '-displayfd', '1')}"
        bus = ("dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._first_line(*bus, "--print-address=1")
        self._start_program("ibus-daemon", "--panel", "disable", "--emoji-extension", "disable")
        until(self._engine_is_on, "the input method is on")

    def _engine_is_on(self) -> bool:
        self._run("ibus", "engine", "hangul")
        return self._run("ibus", "engine") == "hangul"

    def _focus_window(self) -> bool:
        windows = self._run("xdotool", "search", "--onlyvisible", "--class", "chrom").split()
        if not windows:
            return False
        self._run("xdotool", "windowfocus", windows[-1])
        return self._run("xdotool", "getwindowfocus") == windows[-1]

    def _first_line(self, *command: str) -> str:
        stdout = self._start_program(*command).stdout
        assert stdout
        line = stdout.readline().decode().strip()
        assert line, f"{command[0]} did not start"
        return line

    def _start_program(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self._started.callback(_stop, process)
        return process

    def _run(self, *command: str) -> str:
        """What the command writes; nothing if it fails."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=30, check=False
        ).stdout.strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    if process.stdout:
        process.stdout.close()
