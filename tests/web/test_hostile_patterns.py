"""Text made to keep a pattern busy: every function that reads what people type stays quick."""

import time
from collections.abc import Callable

import pytest

from board.accounts.display_names import is_valid_name, name_key
from board.accounts.forms import is_email, normalize_email
from board.accounts.two_factor.totp import normalize_code
from board.comments.body import Body
from board.comments.writing import pii
from board.text import join_closing_quotes, normalize, normalize_file_name
from board.text.language import language_of
from board.text.links import find_links
from board.web.forms import safe_redirect_path
from board.web.request import guard

REPEATED = [
    "a", "가", "ㄱ", " ", "\n", ".", "-", "0", "1 ", "1-", "a.", "a@", "@", "http://",
    "http://a", "https://가.", "https://a.b/", "https://a/(", "https://a/)", "https://a/[(",
    "[", "(", "<", "&", "&#", "“", "”고", "''", "a b", "0공", "010-", "ㅋ", "\u0301",
    "\u200d", "👨\u200d", "%41", "%ed", "%", "/", "//", "\\", "0.", "1234-", "가a", "가.",
    "은행 ", "한국", "를에", "\u1100", "\u17d2ក", "a\u0301", "국민은행 1", "%ED가",
]  # fmt: skip
FORM_MAX = 60_000  # bytes of a form
COMMENT_MAX = 300 * 8  # code points of the longest comment that is not refused before
ANY_LENGTH: dict[str, Callable[[str], object]] = {
    "normalize": normalize,
    "quotes": join_closing_quotes,
    "language": language_of,
    "email": lambda text: (is_email(text), normalize_email(text)),
    "name": lambda text: (is_valid_name(text), name_key(text)),
    "code": normalize_code,
    "path": safe_redirect_path,
    "file name": lambda text: normalize_file_name(text, length_max=100),
}
OF_COMMENTS: dict[str, Callable[[str], object]] = {
    "links": lambda text: list(find_links(text)),
    "body": Body.from_text,
    "personal numbers": pii.find,
}


def cpu_seconds(function: Callable[[str], object], piece: str, size: int) -> float:
    """The longest of a few texts around this many times the piece."""
    pieces = piece * (size // len(piece.encode()))
    texts = (pieces, f"http://a{pieces}", f"{pieces}x", f"010{pieces}!")
    longest = 0.0
    for text in texts:
        begun = time.process_time()
        function(text)
        longest = max(longest, time.process_time() - begun)
    return longest


@pytest.mark.slow
@pytest.mark.parametrize("name", ANY_LENGTH)
def test_no_field_of_a_form_keeps_the_server_busy(name: str) -> None:
    times = {piece: cpu_seconds(ANY_LENGTH[name], piece, FORM_MAX) for piece in REPEATED}
    assert {piece: spent for piece, spent in times.items() if spent > 0.5} == {}


@pytest.mark.parametrize("name", OF_COMMENTS)
def test_no_comment_keeps_the_server_busy(name: str) -> None:
    times = {piece: cpu_seconds(OF_COMMENTS[name], piece, COMMENT_MAX) for piece in REPEATED}
    assert {piece: spent for piece, spent in times.items() if spent > 0.05} == {}


def test_an_address_full_of_percent_signs_is_checked_quickly() -> None:
    for piece in (b"%41", b"%", b"%ed", b"%%", b"%E0%A0"):
        begun = time.process_time()
        guard._is_utf8(piece * (FORM_MAX // len(piece)))
        assert time.process_time() - begun < 0.5
