"""Files that come with a claim: who somebody is, and what shows that they are hurt.

Each is encrypted under a key of its own, which stands in the database, and kept in
instance/evidence/, which is outside the web and its owner's only: neither a copy of the folder nor
one of the database shows anything, and a row that is deleted takes the file with it, wherever a
copy of it may be.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import ForeignKey, Index, Select, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.law.claims.models import Claim, InvalidTransition
from board.moderation.rulings.models import Verdict, append_ruling
from board.runtime.app import instance_folder
from board.text import normalize_file_name

# What a file is, by how it begins: (offset, bytes, kind). Nothing that a browser would run.
_BEGINS = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
)
_NONCE = bytes(12)  # each key seals one file only
_STRAY = timedelta(hours=1)  # older than any upload on its way


class NotReadable(Exception):
    """The file is gone, or not what was put there."""


class Upload(NamedTuple):
    kind: str
    name: str
    data: bytes


class Evidence(Base):
    """One file of a claim. `kind` is "identity", which goes soon, or "proof"."""

    __tablename__ = "rights_evidence"
    FILES_MAX = 5  # of each kind
    BYTES_MAX = 10 * 1024**2  # of all together
    NAME_MAX = 120
    # After the case has ended. A copy of a passport has done its duty then (개인정보 보호법 21조);
    # the month is for a suit that follows. What shows the infringement stays as long as the case.
    KEPT = {"identity": timedelta(days=30), "proof": timedelta(days=3 * 365)}
    __table_args__ = (Index(None, "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[bytes]
    file: Mapped[str] = mapped_column(String(40), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)

    claim: Mapped[Claim] = relationship()

    @classmethod
    def of(cls, claim_ids: Iterable[int]) -> Select[Self]:
        """All of these claims, as they came."""
        return select(cls).where(cls.claim_id.in_(list(claim_ids))).order_by(cls.id)

    @classmethod
    def outdated(cls) -> Select[Self]:
        over = (and_(cls.kind == kind, Claim.ended_at < now() - t) for kind, t in cls.KEPT.items())
        return select(cls).join(cls.claim).where(or_(*over))

    def data(self) -> bytes:
        """Raises NotReadable."""
        try:
            sealed = (_folder() / self.file).read_bytes()
            return ChaCha20Poly1305(self.key).decrypt(_NONCE, sealed, self.file.encode())
        except (OSError, InvalidTag) as error:
            raise NotReadable from error


def media_type(data: bytes) -> str | None:
    """What a file is by its contents; None for whatever is not taken."""
    found = (kind for at, begin, kind in _BEGINS if data[at : at + len(begin)] == begin)
    return next(found, None) or ("text/plain" if _is_text(data) else None)


def encrypt_upload(uploads: Iterable[Upload]) -> list[Evidence]:
    """Put each on the disk, before anything is written to the database. Raises OSError."""
    sealed = []
    for upload in uploads:
        name, key = secrets.token_hex(16), os.urandom(32)
        _write(name, ChaCha20Poly1305(key).encrypt(_NONCE, upload.data, name.encode()))
        made = Evidence(
            kind=upload.kind,
            name=normalize_file_name(upload.name, length_max=Evidence.NAME_MAX),
            size=len(upload.data),
            media_type=media_type(upload.data) or "", key=key, file=name, made_at=now(),
            sha256=hashlib.sha256(upload.data).hexdigest(),
        )  # fmt: skip
        sealed.append(made)
    return sealed


def attach(claim: Claim, files: Iterable[Evidence]) -> None:
    """They belong to a claim that has an id."""
    for file in files:
        file.claim_id = claim.id
        db.session.add(file)


def drop(files: Iterable[Evidence]) -> None:
    """The claim was not stored after all."""
    for file in files:
        (_folder() / file.file).unlink(missing_ok=True)


def open_file(evidence: Evidence, *, by: User) -> bytes:
    """What it holds, and a line in the log that `by` has read it. Only while the case is open:
    raises NotNow, or NotReadable."""
    if not evidence.claim.is_open:
        raise InvalidTransition
    data = evidence.data()
    append_ruling(
        Verdict.OPEN_FILE, by=by, comment=evidence.claim.comment, reason="",
        claim=evidence.claim_id, file=evidence.id, sha256=evidence.sha256,
    )  # fmt: skip
    return data


def is_due() -> bool:
    return db.session.scalar(Evidence.outdated().limit(1)) is not None or bool(_strays())


def delete_outdated() -> None:
    """What has been kept long enough, and files no row knows: an upload that was never stored."""
    for evidence in db.session.scalars(Evidence.outdated()).all():
        db.session.delete(evidence)
        (_folder() / evidence.file).unlink(missing_ok=True)
    for path in _strays():
        path.unlink(missing_ok=True)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and "\0" not in text


def _folder() -> Path:
    folder = instance_folder() / "evidence"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _strays() -> list[Path]:
    paths = list(_folder().iterdir())
    if len(paths) == db.session.scalar(select(func.count()).select_from(Evidence)):
        return []
    limit = (now() - _STRAY).timestamp()
    old = [path for path in paths if path.stat().st_mtime < limit]
    known = set(db.session.scalars(select(Evidence.file)))
    return [path for path in old if path.name not in known]


def _write(name: str, sealed: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(_folder() / name, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
