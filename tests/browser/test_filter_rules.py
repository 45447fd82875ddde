"""Filter rules: a moderator tests one, adopts it, and sees later why it held a comment."""

from playwright.sync_api import expect

from browser.conftest import unique


def test_a_rule_is_tested_adopted_and_explains_its_matches(window, article):
    word = unique("개복치").replace(" ", "")
    ada, mo = window("ada"), window("mo")
    window.allow("status of 422")
    ada.goto(article)
    ada.locator("form[data-write] textarea").fill(f"어제도 {word} 같은 소리")
    ada.locator("form[data-write] button.primary").click()
    expect(ada.locator(".comment .text")).to_have_text(f"어제도 {word} 같은 소리")

    mo.goto("/desk/rules/new")
    mo.get_by_label("단어 또는 패턴").fill(word)
    mo.get_by_role("button", name="미리 검사").click()
    expect(mo.locator("mark")).to_have_text([word])
    mo.get_by_role("button", name="적용", exact=True).click()
    expect(mo.locator("h1")).to_have_text(word)

    ada.goto(article)
    box = ada.locator("form[data-write] textarea")
    box.fill(f"이 {word}들아")
    ada.locator("form[data-write] button.primary").click()
    expect(ada.locator("form[data-write] mark")).to_have_text(word)
    ada.get_by_role("button", name="이대로 등록").click()
    expect(ada.locator("#held")).to_contain_text(
        "자동 분류로 보류되었습니다. 운영자가 확인할 때까지"
    )

    mo.goto("/desk/comments?queue=held")
    item = mo.locator(".card", has_text=f"이 {word}들아")
    expect(item.locator("mark")).to_have_text(word)
    item.get_by_role("link", name=f"규칙: {word}").click()
    expect(mo.locator("h1")).to_have_text(word)
    expect(mo.locator("mark")).to_have_text([word])
