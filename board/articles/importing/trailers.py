"""The sentence that WordPress adds to each item of a feed: where it first appeared."""

import re

_SITE = r"(?:[^.]|\.(?=\S)){1,100}?"  # maybe a host name, but not two sentences
_SENTENCES = (
    rf"The post .{{1,400}}? (?:appeared first|first appeared|was first published) on {_SITE}",
    rf"게시물 .{{1,400}}?(?:이\(가\)|은\(는\)|은|는|이|가) {_SITE}에(?:서)?"
    r" (?:처음|먼저) (?:등장|게시|발행)(?:했습니다|되었습니다|됐습니다)",
)
_AT_THE_END = re.compile(rf"(?:^|\s)(?:{'|'.join(_SENTENCES)})\.?\s*\Z", re.I)
_LENGTH_MAX = 700  # characters


def without_trailer(html: str) -> str:
    """HTML without that sentence as its last paragraph."""
    start = html.rfind("<p")
    paragraph = " ".join(re.sub("<[^<>]*>", "", html[start:]).split()) if start >= 0 else ""
    match = _AT_THE_END.match(paragraph) if len(paragraph) < _LENGTH_MAX else None
    return html[:start].rstrip() if match else html


def text_without_trailer(text: str) -> str:
    """The same for plain text, where it follows the last sentence."""
    end = text[-_LENGTH_MAX:]
    return text[: len(text) - len(end)] + _AT_THE_END.sub("", end)
