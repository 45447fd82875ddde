"""What is said about a file. Codes and details only; the words for people are in the templates."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

DETAIL_MAX = 200  # characters; a source has to read it, and a hostile file has to stop somewhere
FINDINGS_MAX = 200


class FindingKind(StrEnum):
    """What may point at a person, by what it is."""

    # Kept beside the content by the device or the program.
    PLACE = "place"  # coordinates, or the name of a place
    DEVICE = "device"  # make, model, serial number, lens, screen profile
    AUTHOR = "author"
    ORGANISATION = "organisation"
    SOFTWARE = "software"
    TIME = "time"
    IDENTIFIER = "identifier"  # numbers that tie copies and edits of one file together
    TITLE = "title"  # titles, keywords and descriptions that do not show
    COMMENTS = "comments"
    PREVIEW = "preview"  # a small picture or a piece of text, maybe from before the last edit
    REVISIONS = "revisions"  # earlier versions, tracked changes
    HIDDEN = "hidden"  # sheets, slides, notes, layers, text that do not show
    ATTACHMENT = "attachment"  # files inside the file, or behind its end
    MACROS = "macros"
    SCRIPT = "script"
    LINK = "link"  # addresses and paths the file names or calls
    PRINTER = "printer"  # the detail names a printer; none: a scan, whose paper may be marked
    VOICE = "voice"  # sound: voices and rooms are known again
    OTHER = "other"  # the detail names a block nobody needs
    # In the text itself, and in the name of the file.
    PHONE = "phone"
    RESIDENT = "resident"  # resident or foreigner registration number
    BUSINESS = "business"  # business registration number
    CARD = "card"
    EMAIL = "email"
    STAFF = "staff"  # number of an employee
    PLATE = "plate"  # of a vehicle
    DEPARTMENT = "department"
    RANK = "rank"  # somebody with a surname and a rank, or what the author is
    INVISIBLE = "invisible"  # characters that do not show may mark a copy; the detail is how many
    FILENAME = "filename"  # the part of the name that tells something
    MISMATCH = "mismatch"  # the name says another format; the detail is what it is


class Reason(StrEnum):
    """Why there is no cleaned copy."""

    UNKNOWN = "unknown"  # no format we know
    FORMAT = "format"  # known, and read as far as it goes, but we cannot write it
    ARCHIVE = "archive"  # files in a file: send them one by one
    DAMAGED = "damaged"
    LOCKED = "locked"  # needs a password, or is sealed by its program
    TOO_MUCH = "too much"  # larger, or slower to open, than we allow
    CHANGES = "changes"  # tracked changes that we cannot settle
    TRACKS = "tracks"  # a film with a track of places or of unknown data
    LEFTOVER = "leftover"  # something would be left, so we give no copy that claims otherwise


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is given away.

    `stays`: a cleaned copy still has it, for it is content or nobody can remove it.
    `span`: where in the text it stands (characters, from and up to), for findings in text only.
    """

    kind: FindingKind
    detail: str = ""
    stays: bool = False
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen. With `why_not` damaged or too much, the findings are those up to there."""

    format: str  # of the table in formats.py, by content; or unknown
    findings: tuple[Finding, ...]
    cleanable: bool
    why_not: Reason | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A copy that shows the same and says less. Its name is new too, and says the format only."""

    data: bytes
    name: str
    removed: tuple[Finding, ...]


class NotCleanable(Exception):
    """There can be no cleaned copy; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one look at one file may cost. Enough for pictures of telephones and long reports."""

    bytes: int = 50 * 1024 * 1024  # of the file
    seconds: int = 20  # of CPU; twice that and ten more by the clock
    memory: int = 1024 * 1024 * 1024  # bytes of address space
    pixels: int = 64_000_000  # of a picture, all its frames together
    unpacked: int = 200 * 1024 * 1024  # bytes of all parts of a document together
    parts: int = 5_000  # of a document
    depth: int = 3  # files in files in a file

    def nested(self) -> "WorkerLimits":
        """Those for a file inside this one. Raises NotCleanable(TOO_MUCH) at the bottom."""
        if not self.depth:
            raise NotCleanable(Reason.TOO_MUCH)
        return replace(self, depth=self.depth - 1)


def make_finding(kind: FindingKind, *details: object, stays: bool = False) -> Finding:
    """A finding whose detail is what is there of `details`, in one readable line."""
    line = " ".join(str(detail) for detail in details if detail not in (None, "", b""))
    line = " ".join("".join(c if c.isprintable() else " " for c in line).split())
    return Finding(kind, line[:DETAIL_MAX], stays)


def first_readable(data: bytes) -> str:
    """The first run of readable characters of four or more, in bytes of an unknown layout."""
    runs = re.findall(r"[\w .,+:/()@-]{4,}", data.decode("utf-8", "ignore"))
    return next((run for run in runs if run != "data"), "")
