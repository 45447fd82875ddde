"""The byte sequences a word may be stored as, to search files for it."""

import base64
import json
from urllib.parse import quote

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp949", "cp037")


def encoded_forms(word: str) -> set[bytes]:
    """The word in every encoding, backwards, escaped, in hexadecimal and in base64; lower case."""
    forms = {word.encode(encoding, "ignore") for encoding in _ENCODINGS}
    forms |= {word[::-1].encode(), json.dumps(word).strip('"').encode(), quote(word).encode()}
    forms |= {word.encode(encoding).hex().encode() for encoding in ("utf-8", "utf-16-be")}
    forms |= {form for encoding in ("utf-8", "utf-16-le") for form in _in_base64(word, encoding)}
    return {form.lower() for form in forms if len(form) >= len(word) // 2 + 3}


def _in_base64(word: str, encoding: str) -> set[bytes]:
    """Its three alignments in a longer text, without the characters it shares with neighbours."""
    coded = {lead: base64.b64encode(bytes(lead) + word.encode(encoding)) for lead in range(3)}
    return {text[(lead * 8 + 5) // 6 : len(text) - 4] for lead, text in coded.items()}
