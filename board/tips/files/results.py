"""Results of inspecting and cleaning a file. Codes and details only; templates have the words."""

from dataclasses import dataclass, replace
from enum import StrEnum

DETAIL_MAX = 200  # characters; a source has to read it, and a hostile file must be bounded
FINDINGS_MAX = 200


class FindingKind(StrEnum):
    """What may identify a person, by its kind."""

    # Metadata written by the device or the program.
    PLACE = "place"  # coordinates, or the name of a place
    DEVICE = "device"  # make, model, serial number, lens, screen profile
    AUTHOR = "author"
    ORGANISATION = "organisation"
    SOFTWARE = "software"
    TIME = "time"
    IDENTIFIER = "identifier"  # numbers that tie copies and edits of one file together
    TITLE = "title"  # hidden titles, keywords and descriptions
    COMMENTS = "comments"
    PREVIEW = "preview"  # a small picture or a piece of text, maybe from before the last edit
    REVISIONS = "revisions"  # earlier versions, tracked changes
    HIDDEN = "hidden"  # hidden sheets, slides, notes, layers and text
    ATTACHMENT = "attachment"  # files inside the file, or behind its end
    MACROS = "macros"
    SCRIPT = "script"
    LINK = "link"  # addresses and paths the file contains or opens
    PRINTER = "printer"  # the detail names a printer; empty: a scan, whose paper may be marked
    VOICE = "voice"  # sound: voices and rooms can be recognised
    OTHER = "other"  # the detail names an unneeded block
    # Found in the text itself, and in the file name.
    PHONE = "phone"
    RESIDENT = "resident"  # resident or foreigner registration number
    BUSINESS = "business"  # business registration number
    CARD = "card"
    EMAIL = "email"
    STAFF = "staff"  # employee number
    PLATE = "plate"  # number plate of a vehicle
    DEPARTMENT = "department"
    RANK = "rank"  # somebody's surname and job title, or the author's own
    INVISIBLE = "invisible"  # invisible characters may mark a copy; the detail is how many
    FILENAME = "filename"  # the identifying part of the name
    MISMATCH = "mismatch"  # the extension is of another format; the detail is the real one


class Reason(StrEnum):
    """Why a file cannot be cleaned. The first two: nobody has looked into it."""

    BUSY = "busy"  # too many others are being inspected; try again
    NOT_ISOLATED = "not isolated"  # this machine cannot keep a parser from its files

    UNKNOWN = "unknown"  # unknown format
    FORMAT = "format"  # can be inspected, but not written
    ARCHIVE = "archive"  # files in a file: send them one by one
    DAMAGED = "damaged"
    LOCKED = "locked"  # needs a password, or is encrypted by its program
    FONTS = "fonts"  # letters whose fonts are not in the file cannot be drawn
    TOO_MUCH = "too much"  # larger than the limits, or slower to open
    CHANGES = "changes"  # tracked changes that cannot be accepted automatically
    TRACKS = "tracks"  # a video with a track of locations or unknown data
    LEFTOVER = "leftover"  # the copy still revealed something, so it is withheld


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a file or a text reveals.

    `stays`: a cleaned copy still has it, because it is content or cannot be removed.
    `span`: its position in the text (characters, start and end), for findings in text only.
    """

    kind: FindingKind
    detail: str = ""
    stays: bool = False
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What inspection found. If `why_not` is damaged or too much, the findings are those made
    before.
    """

    format: str  # of the table in formats.py, by content; or unknown
    findings: tuple[Finding, ...]
    cleanable: bool
    why_not: Reason | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned copy. Its name is new, too, and says the format only."""

    data: bytes
    name: str
    removed: tuple[Finding, ...]


class NotCleanable(Exception):
    """The file cannot be cleaned; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What inspecting one file may cost. Enough for phone pictures and long reports."""

    bytes: int = 50 * 1024 * 1024  # of the file
    seconds: int = 20  # of CPU time; twice that plus ten of wall-clock time
    memory: int = 1024 * 1024 * 1024  # bytes of address space
    pixels: int = 64_000_000  # of all frames of a picture together
    unpacked: int = 200 * 1024 * 1024  # bytes of all parts of a document, unpacked
    parts: int = 5_000  # of a document
    depth: int = 3  # of nested files

    def nested(self) -> "WorkerLimits":
        """The limits for a file inside this one. Raises NotCleanable(TOO_MUCH) at the deepest
        level.
        """
        if not self.depth:
            raise NotCleanable(Reason.TOO_MUCH)
        return replace(self, depth=self.depth - 1)


def make_finding(kind: FindingKind, *details: object, stays: bool = False) -> Finding:
    """A finding with the non-empty `details` as one readable line."""
    line = " ".join(str(detail) for detail in details if detail not in (None, "", b""))
    line = " ".join("".join(c if c.isprintable() else " " for c in line).split())
    return Finding(kind, line[:DETAIL_MAX], stays)
