"""Display names: which are valid, and which look alike."""

import unicodedata

import regex

from board.text import count_graphemes, first_grapheme, normalize_line
from board.text.keyboard import INITIALS, SYLLABLES_PER_INITIAL, keystrokes
from board.text.surnames import SURNAMES

NAME_MIN = 2  # graphemes
NAME_MAX = 20  # graphemes
DELETED_USER_NAME = "탈퇴한 이용자"  # stored, so in the newsroom's language
KEY_MAX = 80  # code points; some letters expand to several

# One script, or the mix used in Korean text. Marks, digits and a few signs go with any.
_SIGNS = r"\p{N}\p{M} ._·\-"
_KOREAN = regex.compile(
    rf"[\p{{Script=Hangul}}\p{{Script=Han}}\p{{Script=Latin}}\p{{Script=Hiragana}}"
    rf"\p{{Script=Katakana}}ー{_SIGNS}]+"
)
_SCRIPTS = ("Cyrillic", "Greek", "Arabic", "Hebrew", "Thai", "Devanagari", "Armenian", "Georgian")
_ONE_SCRIPT = [regex.compile(rf"[\p{{Script={script}}}{_SIGNS}]+") for script in _SCRIPTS]
_LETTER = regex.compile(r"[\p{L}\p{N}]")
_OPERATIONS = regex.compile(r"(?<!\p{L})운영(?!\p{L})")  # a badge; 김운영 is a name
_FIRST_INITIAL = 0x1100  # in keys, ㄱ is the part of a syllable

# Look-alikes of Latin letters (the part of Unicode's confusables that reads as a name).
# A capital I looks like a small l, so i and l are one letter here in either case.
_LETTERS_LIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝвкмнтαβεικνορτυχօսցհոıɑɡɩi",
    "aeopcyxljsdhqwbkmhtabelkvoptuxougnnlagll",
)
_DIGITS_LIKE = str.maketrans("0135", "oles")
_STAFF_KOREAN = (
    "운영자", "운영진", "운영팀", "관리자", "관리인", "편집국", "편집부", "편집장", "공식",
    "데스크", "중재자", "모더레이터", "어드민", "제보팀", "작성자", "보도국", "논설위원", "특파원",
)  # fmt: skip
_STAFF_LATIN = (
    "admin", "administrator", "moderator", "mod", "staff", "operator", "official", "editor",
    "newsroom", "system", "root", "support", "author", "reporter", "journalist", "operations",
)  # fmt: skip
_STAFF_WORD = regex.compile(
    rf"(?<![a-z])({'|'.join(_STAFF_LATIN)})(?![a-z])".translate({ord("i"): "l"})
)
_POLICE_RANKS = "순경|경장|경사|경위|경감|경정|총경"
# Officials: a title alone, or after a surname or a whole name (김검사, 홍길동 검사), or an office.
# Ranks of the police are given names, too (김순경), so these need a whole name or a space.
_OFFICIAL = regex.compile(
    rf"(?:[{SURNAMES}](?!전자|전도|전성)(?:\p{{Hangul}}{{2}})?)?"
    r"(?:국장|검사|부장검사|검사장|검찰총장|판사|수사관|조사관|경찰관|경찰청장|경찰서장)님?"
    rf"|[{SURNAMES}]\p{{Hangul}}{{2}}(?:{_POLICE_RANKS})님?"
    r"|.*(?:수사과|형사과|수사대|지구대|파출소|경찰서|경찰청|검찰청|지검)(?:장|원|직원)?"
)
_OFFICER = regex.compile(
    rf"(?:.*\P{{L}})?[{SURNAMES}](?:\p{{Hangul}}{{2}})?\P{{L}}+(?:{_POLICE_RANKS})님?"
)


def normalize_name(name: str) -> str:
    """The name as stored and shown."""
    return normalize_line(name)


def name_key(name: str) -> str:
    """Key that is equal for names a reader could confuse: case, width, spacing, look-alikes."""
    return "".join(_LETTER.findall(_folded(name).translate(_DIGITS_LIKE)))


def initial(name: str) -> str:
    """The first character of a name as readers see it; a letter as a capital."""
    return first_grapheme(name).title()


def name_pattern(text: str) -> str:
    """GLOB pattern of the keys of names that contain `text`: an initial consonant stands for every
    syllable that begins with it. Empty if there is no letter in `text`."""
    typed = "".join(keystrokes(char) if "ㄱ" <= char <= "ㅎ" else char for char in text)
    key = name_key(typed)  # letters and digits only, so nothing to escape
    return f"*{''.join(map(_char_pattern, key))}*" if key else ""


def _char_pattern(char: str) -> str:
    number = ord(char) - _FIRST_INITIAL
    if not 0 <= number < len(INITIALS):
        return char
    first = ord("가") + number * SYLLABLES_PER_INITIAL
    return f"[{char}{chr(first)}-{chr(first + SYLLABLES_PER_INITIAL - 1)}]"


def is_valid_name(name: str) -> bool:
    """True if visible, of a readable length, and in no mix of scripts that imitates others."""
    if len(name) > KEY_MAX or not NAME_MIN <= count_graphemes(name) <= NAME_MAX:
        return False
    if not 0 < len(name_key(name)) <= KEY_MAX:
        return False
    return bool(_KOREAN.fullmatch(name)) or any(script.fullmatch(name) for script in _ONE_SCRIPT)


def imitates_staff(name: str, *, site_name: str = "") -> bool:
    """True for names that suggest the newsroom, a moderator, or an official."""
    key, site = name_key(name), name_key(site_name)
    # "자기자신" contains the word for reporter by chance, so only the start and the end count.
    if key.startswith("기자") or key.endswith("기자"):
        return True
    if any(word in key for word in _STAFF_KOREAN) or key == site or (len(site) > 2 and site in key):
        return True
    words = _folded(name)
    if _OFFICIAL.fullmatch(key) or _OFFICER.fullmatch(words):
        return True
    if key == "운영" or _OPERATIONS.search(words):
        return True
    return any(map(_STAFF_WORD.search, (words, words.translate(_DIGITS_LIKE), key)))


def _folded(name: str) -> str:
    """Lower case, half width, without accents, look-alikes as Latin letters."""
    wide = unicodedata.normalize("NFKC", normalize_line(name)).casefold().translate(_LETTERS_LIKE)
    bare = "".join(c for c in unicodedata.normalize("NFD", wide) if not _is_mark(c))
    return unicodedata.normalize("NFC", bare)


def _is_mark(character: str) -> bool:
    # Marks over Latin and Greek letters only; Hangul vowels and finals are letters (Lo).
    return unicodedata.category(character) == "Mn"
