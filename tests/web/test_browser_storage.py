"""What pages keep in the browser: drafts of comments, choices of reading, and nothing of tips."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "board/frontend/static/js"
STORED = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches|document\.cookie)\b")


def test_only_drafts_and_choices_of_reading_are_stored() -> None:
    used = {
        path.relative_to(STATIC).as_posix(): {match[1] for match in STORED.finditer(text)}
        for path in STATIC.rglob("*.js")
        if STORED.search(text := path.read_text())
    }

    assert used == {
        # Size of letters, whether a conversation is folded, and the order of comments; and whether
        # somebody is back from signing in, with what they wanted to do and typed in this window.
        "thread/interactions.js": {"localStorage"},
        "board.js": {"localStorage", "sessionStorage", "document.cookie"},
        "thread/guest.js": {"sessionStorage"},
        "thread/collapse.js": {"localStorage"},
        "thread/drafts.js": {"localStorage"},
    }


def test_pages_of_tips_load_no_script_that_stores(guest, as_, tess) -> None:
    pages = [guest.get("/tips").text, guest.get("/tips/new", follow_redirects=True).text]
    pages.append(as_(tess).get("/desk/tips", follow_redirects=True).text)

    for page in pages[:2]:
        assert "<script" not in page
    assert "data-write" not in pages[2]  # the mark of a box whose text is kept as a draft
