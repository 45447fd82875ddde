"""What the name of a file reveals. A cleaned copy has a new name."""

import re

from ..format_table import Format
from ..results import Finding, FindingKind, make_finding
from .pii import find_pii

# IMG_20260301_142530, KakaoTalk_20260301_142530123, Screenshot_20260301-142530_Messages
_MOMENT = re.compile(
    r"(?<!\d)20\d\d[-.]?[01]\d[-.]?[0-3]\d(?:[ _T-]{1,3}(?:at )?[0-2]\d[.:-]?\d\d\d*)?"
)
_CHAT = re.compile(r"KakaoTalk_?Chats?_.*|Talk_.*|카카오톡.*대화.*", re.I)


def inspect(name: str, file_format: Format) -> list[Finding]:
    """Times, numbers and departments in the name, and an extension of another format."""
    stem, dot, extension = name.rpartition(".")
    details = [finding.detail for finding in find_pii(stem if dot else name)]
    details += [match[0] for pattern in (_MOMENT, _CHAT) for match in pattern.finditer(name)]
    findings = [make_finding(FindingKind.FILENAME, detail) for detail in details]
    if dot and file_format.extensions and extension.lower() not in file_format.extensions:
        findings.append(Finding(FindingKind.MISMATCH, file_format.name))
    return findings
