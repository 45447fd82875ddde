"""What the name of a file gives away. A cleaned copy has a new name."""

import re

from ..format_table import Format
from ..results import Finding, FindingKind, make_finding
from .pii import find_pii

# IMG_20260301_142530, KakaoTalk_20260301_142530123, Screenshot_20260301-142530_Messages
_MOMENT = re.compile(
    r"(?<!\d)20\d\d[-.]?[01]\d[-.]?[0-3]\d(?:[ _T-]{1,3}(?:at )?[0-2]\d[.:-]?\d\d\d*)?"
)
_CHAT = re.compile(r"KakaoTalk_?Chats?_.*|Talk_.*|카카오톡.*대화.*", re.I)


def inspect(name: str, format_: Format) -> list[Finding]:
    """Moments, numbers and departments in the name, and an ending that is not the content's."""
    stem, dot, ending = name.rpartition(".")
    told = [finding.detail for finding in find_pii(stem if dot else name)]
    told += [match[0] for pattern in (_MOMENT, _CHAT) for match in pattern.finditer(name)]
    findings = [make_finding(FindingKind.FILENAME, part) for part in told]
    if dot and format_.extensions and ending.lower() not in format_.extensions:
        findings.append(Finding(FindingKind.MISMATCH, format_.name))
    return findings
