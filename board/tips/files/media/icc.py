"""Colour profiles (ICC): those that are not of a standard name a device or a person."""

import re
from collections.abc import Iterator
from io import BytesIO

from PIL import ImageCms

from ..readable import first_readable
from ..results import Finding, FindingKind, make_finding

_USUAL = re.compile(
    r"s?RGB|Display P3|Adobe RGB|ProPhoto|Gr[ae]y|Dot Gain|Gamma|SWOP|FOGRA|CMYK|c2|nRGB|uRGB"
    # Who owns them: standards bodies and makers of programs.
    r"|^IEC http|No copyright|Public Domain|CC0|Adobe Systems|Apple Inc|Hewlett|Google|Artifex"
    r"|Microsoft|Graeme Gill|International Color Consortium",
    re.I,
)

_TEXTS = (
    *("profile_description", "manufacturer", "model", "copyright", "target", "viewing_condition"),
)


def inspect(profile: bytes) -> Iterator[Finding]:
    """The description, device and owner of a profile, unless they are those of a standard."""
    try:
        read = ImageCms.ImageCmsProfile(BytesIO(profile)).profile
    except (ImageCms.PyCMSError, OSError):
        yield make_finding(FindingKind.DEVICE, "ICC", first_readable(profile))
        return
    texts = (getattr(read, name) for name in _TEXTS)
    for text in dict.fromkeys(texts):
        if text and text.strip() and not _USUAL.search(text):
            yield make_finding(FindingKind.DEVICE, "ICC", text)
