"""Language of a text, as its letters show it: enough for a screen reader to choose a voice."""

import regex

_HANGUL = regex.compile(r"\p{Script=Hangul}+")
_LATIN = regex.compile(r"\p{Script=Latin}+")
_NOT_WORDS = regex.compile(r"<[^<>]*>|&[#\w]+;|https?://\S+")  # markup and addresses
# A syllable is two or three letters, and Korean text has names and terms in Latin letters.
_HANGUL_SHARE = 0.2


def language_of(text: str) -> str | None:
    """Of a text or HTML: `ko`; `en` if nearly all letters are Latin; None without letters."""
    text = _NOT_WORDS.sub(" ", text)
    hangul, latin = (sum(map(len, letters.findall(text))) for letters in (_HANGUL, _LATIN))
    if hangul and hangul >= _HANGUL_SHARE * (hangul + latin):
        return "ko"
    return "en" if latin else None
