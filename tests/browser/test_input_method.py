"""Words are typed with a real Korean input method, as people do; `page.fill` would skip it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Board, skip
from browser.korean_desktop import KoreanDesktop, keys_for, missing_programs


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KoreanDesktop]:
    if missing := missing_programs():
        skip(f"needs a Korean input method: no {', '.join(missing)} here")
    with KoreanDesktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


@pytest.fixture(scope="module")
def window(desktop: KoreanDesktop, chromium: Browser, board: Board, states: dict[str, Any]) -> Page:
    """A real window, signed in as tess."""
    return desktop.open(
        chromium, base_url=board.url, locale="ko-KR", storage_state=states["tess"],
        reduced_motion="reduce",
    )  # fmt: skip


@pytest.fixture
def words(board: Board) -> dict[str, Any]:
    """Passphrase and codes of the sample tips."""
    content: dict[str, Any] = json.loads((board.folder / "sample-tips.json").read_text())
    return content


@pytest.fixture
def code(words: dict[str, Any]) -> str:
    return str(words["source"])


def leave(window: Page) -> None:
    window.goto("/tips/box")
    window.get_by_role("button", name="잠그고 나가기").click()


@pytest.mark.parametrize("hidden", [False, True])
def test_a_typed_code_opens_the_tip_whether_it_is_hidden_or_not(desktop, window, code, hidden):
    window.goto("/tips/box")
    window.get_by_label("입력한 내용 가리기").set_checked(hidden)

    desktop.type(window, "[name=code]", code, arrives=code)
    window.get_by_role("button", name="열기").click()

    expect(window.locator(".messages")).to_be_visible()
    leave(window)


def test_a_code_is_hidden_and_shown_while_it_is_typed(desktop, window, code):
    first, second = code.split()[:2]
    window.goto("/tips/box")
    field, hide = window.locator("[name=code]"), window.get_by_label("입력한 내용 가리기")
    desktop.type(window, "[name=code]", first, arrives=first)
    shown = field.evaluate("field => getComputedStyle(field).color")

    hide.check()

    assert field.evaluate("field => getComputedStyle(field).color") == "rgba(0, 0, 0, 0)"
    assert field.input_value() == f"{first} "
    desktop.type(window, "[name=code]", second, arrives=second)
    hide.uncheck()
    assert field.evaluate("field => getComputedStyle(field).color") == shown
    assert (field.get_attribute("type"), field.input_value()) == ("text", f"{second} ")


@pytest.mark.parametrize(
    "masked",
    [
        "replaceWith(Object.assign(document.createElement('input'), "
        "{type: 'password', name: 'code'}))",
        "style.webkitTextSecurity = 'disc'",
    ],
)
def test_a_code_opens_the_tip_even_with_the_input_method_off(desktop, window, code, masked):
    """Masking switches it off in Chromium: these are the faults that the tests above notice."""
    window.goto("/tips/box")
    window.locator("[name=code]").evaluate(f"field => field.{masked}")

    # Chromium 150 leaves the input method on in a text field that is masked, 156 does not.
    or_else = code if "webkitTextSecurity" in masked else ""
    desktop.type(window, "[name=code]", code, arrives=keys_for(code), or_else=or_else)
    window.get_by_role("button", name="열기").click()

    expect(window.locator(".messages")).to_be_visible()
    leave(window)


def test_a_reader_types_the_passphrase(desktop, window, words):
    window.goto("/desk/tips/unlock")

    desktop.type(window, "[name=passphrase]", words["passphrase"], arrives=words["passphrase"])
    window.get_by_role("button", name="열기").click()

    expect(window.locator("h1")).to_have_text("제보")


@pytest.mark.parametrize("path", ["/tips/box", "/desk/tips/unlock", "/desk/tips/recover"])
def test_typed_words_are_not_there_after_leaving_and_coming_back(window, code, path):
    window.goto(path)
    field = window.locator(":is([name=code], [name=passphrase])").first
    field.fill(code)
    window.goto("/tips")

    window.go_back()

    expect(field).to_have_value("")
    field.fill(code)
    window.reload()
    expect(field).to_have_value("")
