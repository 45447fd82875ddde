"""Display names: what may be one, and when two look the same."""

import unicodedata

import regex

from board.text import count_graphemes, normalize_line

NAME_MIN = 2  # graphemes
NAME_MAX = 20  # graphemes
FORMER = "탈퇴한 이용자"  # whoever has left; stored, so in the newsroom's language
KEY_MAX = 80  # code points; a few letters unfold into many

# One script, or the mixture Korean text is written in. Marks, digits and a few signs go with any.
_SIGNS = r"\p{N}\p{M} ._·\-"
_KOREAN = regex.compile(
    rf"[\p{{Script=Hangul}}\p{{Script=Han}}\p{{Script=Latin}}\p{{Script=Hiragana}}"
    rf"\p{{Script=Katakana}}ー{_SIGNS}]+"
)
_SCRIPTS = ("Cyrillic", "Greek", "Arabic", "Hebrew", "Thai", "Devanagari", "Armenian", "Georgian")
_ONE_SCRIPT = [regex.compile(rf"[\p{{Script={script}}}{_SIGNS}]+") for script in _SCRIPTS]
_LETTER = regex.compile(r"[\p{L}\p{N}]")

# Letters drawn like Latin ones (from Unicode's confusables, the part that reads as a name).
# A capital I is a small l to the eye, so both letters are one here, whatever their case.
_LETTERS_LIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝвкмнтαβεικνορτυχօսցհոıɑɡɩi",
    "aeopcyxljsdhqwbkmhtabelkvoptuxougnnlagll",
)
_DIGITS_LIKE = str.maketrans("0135", "oles")
_STAFF_KOREAN = (
    "운영자", "운영진", "운영팀", "관리자", "관리인", "편집국", "편집부", "편집장", "공식",
    "데스크", "중재자", "모더레이터", "어드민", "제보팀",
)  # fmt: skip
_STAFF_LATIN = (
    "admin", "administrator", "moderator", "mod", "staff", "operator", "official", "editor",
    "newsroom", "system", "root", "support",
)  # fmt: skip
_STAFF_WORD = regex.compile(
    rf"(?<![a-z])({'|'.join(_STAFF_LATIN)})(?![a-z])".translate({ord("i"): "l"})
)


def normalize_name(name: str) -> str:
    """A name as we keep and show it."""
    return normalize_line(name)


def name_key(name: str) -> str:
    """Equal for names a reader could take for one another: case, width, spacing, look-alikes."""
    return "".join(_LETTER.findall(_folded(name).translate(_DIGITS_LIKE)))


def is_valid_name(name: str) -> bool:
    """Visible, of a length to read, and not a mixture of scripts that imitates another name."""
    if not NAME_MIN <= count_graphemes(name) <= NAME_MAX or len(name) > KEY_MAX:
        return False
    if not 0 < len(name_key(name)) <= KEY_MAX:
        return False
    return bool(_KOREAN.fullmatch(name)) or any(s.fullmatch(name) for s in _ONE_SCRIPT)


def imitates_staff(name: str, *, site_name: str = "") -> bool:
    """True for names that claim to speak for the newsroom or the moderators."""
    key, site = name_key(name), name_key(site_name)
    # "자기자신" holds the word for reporter by chance; a name that begins or ends with it does not.
    if key.startswith("기자") or key.endswith("기자"):
        return True
    if any(word in key for word in _STAFF_KOREAN) or key == site or (len(site) > 2 and site in key):
        return True
    words = _folded(name)
    return any(map(_STAFF_WORD.search, (words, words.translate(_DIGITS_LIKE), key)))


def _folded(name: str) -> str:
    """Lower case, of one width, without accents, in Latin letters where it looks Latin."""
    wide = unicodedata.normalize("NFKC", normalize_line(name)).casefold().translate(_LETTERS_LIKE)
    bare = "".join(c for c in unicodedata.normalize("NFD", wide) if not _is_mark(c))
    return unicodedata.normalize("NFC", bare)


def _is_mark(character: str) -> bool:
    # Only marks written over Latin and Greek letters; Hangul vowels and finals are letters (Lo).
    return unicodedata.category(character) == "Mn"
