"""Anyone reads the earlier versions of an edited comment, with the changes marked."""

import re

from hypothesis import given
from hypothesis import strategies as st

from board.comments.body import Body
from board.comments.writing.diff import changes
from board.db import writing
from board.moderation.rulings import decisions as moderation
from conftest import say


def changed(before, after):
    """The diff as text: [-removed-]{+added+}."""
    text = ""
    for change in changes(before, after):
        if change.is_unchanged:
            text += change.after
        else:
            text += f"[-{change.before}-]" if change.before else ""
            text += f"{{+{change.after}+}}" if change.after else ""
    return text


def change(comment, *texts):
    with writing():
        for text in texts:
            comment.edit(Body.from_text(text))


def test_every_version_is_shown_newest_first_with_its_changes(guest, ada, harbour):
    comment = say(harbour, ada, "The bridge is shut")
    change(comment, "The bridge is open", "The bridge is open today")

    page = guest.get(f"/comments/{comment.id}/revisions?lang=en").text

    versions = re.findall(r'<div class="text keep-lines">(.*?)</div>', page, re.S)
    assert [re.sub('<span class="visually-hidden">.*?</span>', "", each) for each in versions] == [
        "The bridge is open<ins> today</ins>",
        "The bridge is <del>shut</del><ins>open</ins>",
        "The bridge is shut",
    ]
    assert re.findall(r"<strong>(.*?)</strong>", page) == [
        "Current version",
        "Edit 1",
        "Original version",
    ]


def test_a_screen_reader_hears_what_was_removed_and_added(guest, ada, harbour):
    comment = say(harbour, ada, "shut")
    change(comment, "open")

    page = guest.get(f"/comments/{comment.id}/revisions?lang=en").text

    heard = re.sub("<[^>]+>", "", re.search(r"<del>.*</ins>", page)[0])
    assert heard == "[removed: shut][added: open]"


def test_markup_in_an_earlier_text_is_shown_as_text(guest, ada, harbour):
    comment = say(harbour, ada, "<img src=x onerror=alert(1)> & more")
    change(comment, "<script>alert(1)</script> & more")

    page = guest.get(f"/comments/{comment.id}/revisions").text

    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_comment_never_edited_has_no_history_and_no_link_to_it(guest, ada, harbour):
    comment = say(harbour, ada, "One")

    assert guest.get(f"/comments/{comment.id}/revisions").status_code == 404
    assert "/revisions" not in guest.get("/articles/harbour").text


def test_a_hidden_comment_has_no_history_and_a_restored_one_has(as_, guest, ada, mo, harbour):
    comment = say(harbour, ada, "Rude words")
    change(comment, "Ruder words")
    page = f"/comments/{comment.id}/revisions"
    assert guest.get(page).status_code == 200
    with writing():
        moderation.hide(comment, by=mo, reason="abuse")

    for client in (guest, as_(ada), as_(mo)):
        assert client.get(page).status_code == 404
    with writing():
        moderation.restore(comment, by=mo, reason="review")
    assert guest.get(page).status_code == 200


def test_a_deleted_comment_has_no_history(as_, guest, ada, bora, harbour):
    comment = say(harbour, ada, "One")
    say(harbour, bora, "Reply", to=comment)
    change(comment, "Two")

    as_(ada).post(f"/comments/{comment.id}/delete")

    assert guest.get(f"/comments/{comment.id}/revisions").status_code == 404


def test_a_later_edit_renews_the_cached_history_of_guests(guest, ada, harbour):
    comment = say(harbour, ada, "One")
    change(comment, "Two")
    page = f"/comments/{comment.id}/revisions"
    assert "Three" not in guest.get(page).text

    change(comment, "Three")

    assert "Three" in guest.get(page).text


def test_a_diff_is_by_words_and_within_a_word_by_syllables():
    assert changed("다리가 어제 닫혔다", "다리가 오늘 닫혔다") == "다리가 [-어제-]{+오늘+} 닫혔다"
    assert changed("국회의원이 말했다", "국회의장이 말했다") == "국회의[-원-]{+장+}이 말했다"
    assert changed("버스를 탔다", "버스가 왔다") == "버스[-를-]{+가+} [-탔-]{+왔+}다"
    assert changed("가 나 다", "가 다") == "가[- 나-] 다"
    assert changed("가 다", "가 나 다") == "가{+ 나+} 다"
    assert changed("하나 둘 셋", "넷") == "[-하나 둘 셋-]{+넷+}"
    assert changed("첫 줄\n둘째 줄", "첫 줄\n\n둘째 줄") == "첫 줄\n{+\n+}둘째 줄"


def test_an_emoji_of_several_code_points_is_one_change():
    assert changed("좋아요 👨‍👩‍👧", "좋아요 👨‍👩‍👦") == "좋아요 [-👨‍👩‍👧-]{+👨‍👩‍👦+}"


TEXTS = st.text(st.sampled_from("가나다 \nab👍🏽"), max_size=60)


@given(TEXTS, TEXTS)
def test_the_joined_changes_are_both_texts(before, after):
    diff = list(changes(before, after))

    # White space at the end belongs to no word; stored texts have none.
    assert "".join(change.before for change in diff) == before.rstrip()
    assert "".join(change.after for change in diff) == after.rstrip()


def test_a_text_of_many_thousand_words_is_compared_without_delay():
    before, after = "가 " * 30_000 + "끝", "나 " * 30_000 + "끝"

    assert len(list(changes(before, after))) <= 3
