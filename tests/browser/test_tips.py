"""Tips, with JavaScript off: a source and a newsroom, from a photo to its deletion."""

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from board.tips.models.key_holders import UnlockedSession
from browser.conftest import PASSWORD, ROOT, Windows, fits, set_up_second_factor
from tips.files import samples

STORY = "위판장 저울 세 대가 모두 300그램씩 더 나갑니다."
PHOTO = {"name": "저울.jpg", "mimeType": "image/jpeg", "buffer": samples.jpeg()}
JIN = "jin@harbour.example"
SMALL = {"width": 360, "height": 800}


@pytest.fixture
def sample_tips(window: Windows) -> dict[str, Any]:
    """Passphrase and codes of the sample tips, which tess has on paper."""
    content: dict[str, Any] = json.loads((window.board.folder / "sample-tips.json").read_text())
    return content


@pytest.fixture
def desk(window: Windows, sample_tips: dict[str, Any]) -> Page:
    """tess at the desk, tips unlocked."""
    return unlocked(window("tess", java_script_enabled=False), sample_tips)


def unlocked(page: Page, sample_tips: dict[str, Any]) -> Page:
    page.goto("/desk/tips")
    page.fill("[name=passphrase]", sample_tips["passphrase"])
    page.click("main button.primary")
    expect(page.locator("h1")).to_have_text("제보")
    return page


@pytest.fixture
def reading(window: Windows, sample_tips: dict[str, Any]) -> Page:
    """A tip on tess's screen, with scripts, and a clock that the test moves."""
    source = window(java_script_enabled=False)
    source.goto("/tips/new")
    source.fill("[name=text]", STORY)
    source.click("main button.primary")
    source.click("main button.primary")
    page = window("tess")
    page.clock.install()
    unlocked(page, sample_tips).locator(".items h2 a").first.click()
    expect(page.locator(".messages")).to_contain_text(STORY)
    expect(page.locator("form[data-auto-lock]")).to_have_count(1)
    return page


def test_back_from_the_preview_and_a_double_click_lose_nothing(window, desk):
    source = window(java_script_enabled=False, viewport=SMALL)
    source.goto("/tips/new")
    address = source.url
    source.fill("[name=text]", STORY)
    source.set_input_files("[name=files]", [PHOTO])
    source.click("main button.primary")
    expect(source.locator("h1")).to_have_text("보내기 전에 확인해 주세요")
    source.go_back()
    expect(source.locator("[name=text]")).to_have_value(STORY)
    expect(source.locator("main")).to_contain_text("저울.jpg")
    source.click("main button.primary")
    source.dblclick("main button.primary")
    expect(source.locator("#tip-code")).to_be_visible()
    source.goto(address)
    expect(source.locator("[name=text]")).to_have_value("")


def test_enter_sends_the_code_without_scripts(window, sample_tips):
    source = window(java_script_enabled=False, viewport=SMALL)
    source.goto("/tips/box")
    source.fill("[name=code]", sample_tips["source"])
    source.press("[name=code]", "Enter")
    expect(source.locator(".messages")).to_be_visible()


def test_enter_sends_the_recovery_words(window):
    window.allow("status of 422")
    page = window("tess")
    page.goto("/desk/tips/recover")
    page.fill("[name=passphrase]", "관념 스위치")
    page.press("[name=passphrase]", "Enter")
    expect(page.locator("#passphrase-error")).to_be_visible()
    expect(page.locator("[name=passphrase]")).to_have_value("관념 스위치")


def test_a_tip_with_a_photo_from_sending_to_deletion(window, desk):
    source = window(java_script_enabled=False, viewport=SMALL)
    source.goto("/tips")
    source.click(".button-row .primary")
    source.fill("[name=text]", STORY)
    source.set_input_files("[name=files]", [PHOTO])
    source.click("main button.primary")
    expect(source.locator("h1")).to_have_text("보내기 전에 확인해 주세요")
    expect(source.locator("main")).to_contain_text("저울.jpg")
    expect(source.locator("main")).to_contain_text(samples.HARBOUR)
    assert fits(source)
    source.click("main button.primary")
    code = source.inner_text("#tip-code")
    source.reload()
    assert source.inner_text("#tip-code") == code
    assert source.context.cookies() == []
    assert code not in source.title() + source.url
    assert fits(source)

    desk.goto("/desk/tips")
    desk.locator(".items h2 a").first.click()
    expect(desk.locator(".messages")).to_contain_text(STORY)
    path = desk.url
    desk.fill("#text", "저울 번호를 아시나요?")
    desk.click("text=봉인해서 보내기")
    desk.fill("#note-text", "상인회 전 사무장에게 확인")
    desk.click("text=메모 남기기")
    with desk.expect_download() as download:
        desk.click("text=/ 저장$/")
    saved = download.value.path().read_bytes()
    assert saved.startswith(b"\xff\xd8")
    assert b"Exif" not in saved
    colleague = add_colleague(window, desk)
    colleague.goto(path)
    expect(colleague.locator(".messages")).to_contain_text(STORY)
    expect(colleague.locator("main")).to_contain_text("사무장")

    source.goto("/tips/box")
    source.fill("[name=code]", code)
    source.click("main button.primary")
    expect(source.locator(".messages")).to_contain_text("저울 번호를 아시나요?")
    expect(source.locator("main")).not_to_contain_text("사무장")
    source.fill("[name=text]", "2번과 5번입니다.")
    source.click("main button.primary")
    source.click("main button.primary")
    expect(source.locator("#newest")).to_contain_text("2번과 5번입니다.")
    source.click("details.panel summary")
    source.click("text=새 코드 받기")
    changed = source.inner_text("#tip-code")
    assert changed != code
    source.goto("/tips/box")
    source.click("text=잠그고 나가기")
    assert source.context.cookies() == []

    for reader in (colleague, desk):
        reader.goto(path)
        expect(reader.locator(".messages")).to_contain_text("2번과 5번입니다.")
    for summary in desk.locator("details.panel > summary").all():
        summary.click()
    desk.check("[name=sure]")
    desk.click("text=/^삭제$/")
    expect(desk.locator(".notice")).to_have_text("제보를 삭제했습니다.")

    window.allow("status of 422", "status of 410")
    source.goto("/tips/box")
    source.fill("[name=code]", code)
    source.click("main button.primary")
    expect(source.locator(".problem")).to_contain_text("맞지 않는 코드입니다")
    source.fill("[name=code]", changed)
    source.click("main button.primary")
    expect(source.locator("main")).to_contain_text("첨부 파일까지 모두 삭제되었습니다")
    assert STORY.encode() not in b"".join(
        path.read_bytes() for path in window.board.folder.rglob("*") if path.is_file()
    )


def add_colleague(window, desk):
    """An administrator makes jin a tip reader, and tess signs their key. Returns jin's window."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "accounts", "add", JIN, "박서진"]
    subprocess.run(
        [*command, "--can", "read-tips", "--password", PASSWORD], cwd=ROOT, check=True, timeout=60,
        env={**os.environ, "BOARD_INSTANCE": str(window.board.folder)}, capture_output=True,
    )  # fmt: skip
    page = window(java_script_enabled=False)
    page.goto("/sign-in")
    page.fill("[name=email]", JIN)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    set_up_second_factor(page)
    page.goto("/desk/tips/start")
    page.click("main form[action='/desk/tips/start'] button")
    passphrase = page.inner_text("#passphrase")
    page.emulate_media(media="print")  # the sheet is printed without what is to be memorised
    expect(page.locator("#passphrase")).not_to_be_visible()
    expect(page.locator("#recovery")).to_be_visible()
    page.emulate_media(media="screen")
    page.goto("/desk/tips/unlock")
    page.fill("[name=passphrase]", passphrase)
    page.click("main button.primary")
    desk.goto("/desk/tips/readers")
    desk.click("text=박서진 님의 열쇠에 서명")
    words = json.loads((window.board.folder / "sample-tips.json").read_text())
    desk.fill("[name=passphrase]", words["passphrase"])
    desk.fill("[name=code]", window.board.backup_codes("tess")[0])
    desk.click("main button.primary")
    expect(desk.locator(".notice")).to_be_visible()
    return page


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_tip_pages_fit_a_phone(window, lang):
    page = window(viewport=SMALL)
    for path in ("/tips", "/tips/new", "/tips/box"):
        page.goto(f"{path}?lang={lang}")
        assert fits(page), path


def test_after_fifteen_minutes_a_tip_leaves_the_screen(reading, window):
    path = reading.url
    reading.clock.fast_forward(14 * 60_000)
    expect(reading.locator(".messages")).to_contain_text(STORY)

    reading.clock.fast_forward(61_000)

    expect(reading).to_have_url(f"{window.board.url}/desk/tips/unlock")
    expect(reading.locator("body")).not_to_contain_text(STORY)
    reading.go_back()  # to the inbox, which this server, whose clock has not moved, still shows
    expect(reading.locator(".messages")).to_have_count(0)
    assert reading.url != path


def test_unsent_text_comes_back_after_a_tip_leaves_the_screen(reading, window):
    path = reading.url
    reading.fill("#text", "천천히 쓴 <b>답</b>")
    reading.fill("#note-text", "천천히 쓴 메모")

    reading.clock.fast_forward(15 * 60_000)

    expect(reading.locator("#kept")).to_have_value("천천히 쓴 <b>답</b>\n\n천천히 쓴 메모")
    expect(reading.locator("body")).not_to_contain_text(STORY)
    reading.goto(path)
    locked = f"{window.board.url}/desk/tips/unlock?next={urlsplit(path).path}"
    expect(reading).to_have_url(locked)


def test_a_tip_stays_while_its_reader_works_in_another_tab_and_locks_with_it(reading, window):
    other = reading.context.new_page()
    reading.clock.fast_forward(10 * 60_000)
    other.goto("/desk/tips/log")
    expect(other.locator("form[data-auto-lock]")).to_have_count(1)
    reading.clock.fast_forward(10 * 60_000)
    expect(reading.locator(".messages")).to_contain_text(STORY)

    other.click("form[data-unlock-url] button")

    expect(other).to_have_url(f"{window.board.url}/desk/tips/unlock")
    expect(reading).to_have_url(f"{window.board.url}/desk/tips/unlock")
    expect(reading.locator("body")).not_to_contain_text(STORY)


def test_without_scripts_all_but_unsent_text_leaves_the_screen(reading, desk):
    desk.goto(reading.url)
    desk.fill("#text", "천천히 쓴 답")
    messages, lock = desk.locator(".messages"), desk.locator(".lock-message")
    expect(messages).to_be_visible()
    expect(lock).to_be_hidden()

    timeline = desk.context.new_cdp_session(desk)
    timeline.send("Animation.enable")
    timeline.send("Animation.setPlaybackRate", {"playbackRate": 10_000})

    expect(messages).to_be_hidden()
    expect(lock).to_be_visible()
    expect(desk.locator("#text")).to_be_visible()
    expect(desk.locator("#text")).to_have_value("천천히 쓴 답")
    expect(desk.get_by_role("button", name="메모 남기기")).to_be_hidden()


def test_pages_lock_themselves_when_the_server_does(reading):
    seconds = int(UnlockedSession.IDLE_TIMEOUT["reader"].total_seconds())
    tokens = (ROOT / "board/frontend/static/css/tokens.css").read_text()

    assert f"--tips-lock-delay: {seconds}s;" in tokens
    expect(reading.locator("[data-unlock-url]")).to_have_attribute(
        "data-lock-seconds", f"{seconds}"
    )
