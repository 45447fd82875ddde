"""A case file: everything needed to show what was written, and what the desk did about it.

For a court, an authority or a colleague: one archive with the comment and all it ever said, times
in UTC and Korean time, the decisions with the hashes that prove them, and a manifest with the
SHA-256 of each file. It holds the number and the display name of the author's account and nothing
more of them: an e-mail address is only given out by way of the register of disclosures. Who
reported, and who claimed their rights, stays out; so do their files, of which only the digests are
told.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from board.accounts.models import User
from board.comments.models import Comment
from board.db import now
from board.law.authorities.orders import Order
from board.law.case_files.contents import (
    as_json,
    claim_as_dict,
    comment_files,
    moment,
    order_as_dict,
)
from board.law.claims.models import Claim
from board.moderation.rulings.models import Verdict, append_ruling

PURPOSES = ("court", "authority", "rights", "review")
FORMAT = 1
# So that the same case gives the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)


class CaseFile(NamedTuple):
    name: str
    data: bytes
    sha256: str  # of the archive


def of_comment(comment: Comment, **why: Any) -> CaseFile:
    return _taken(f"comment-{comment.id}", [comment], {}, **why)


def of_claim(claim: Claim, **why: Any) -> CaseFile:
    files = {"claim.json": claim_as_dict(claim)}
    return _taken(f"claim-{claim.receipt}", [claim.comment], files, **why)


def of_order(order: Order, **why: Any) -> CaseFile:
    comments = [target.comment for target in order.targets]
    return _taken(f"order-{order.id}", comments, {"order.json": order_as_dict(order)}, **why)


def _taken(
    name: str,
    comments: Iterable[Comment],
    files: Mapping[str, Any],
    *,
    by: User,
    purpose: str,
    says: str,
) -> CaseFile:
    """The archive, and a line in the log: who took it along, what for, and its SHA-256."""
    comments = list(comments)
    told = {name: as_json(value) for name, value in files.items()}
    for comment in comments:
        told |= {f"comment-{comment.id}/{name}": data for name, data in comment_files(comment)}
    told["manifest.json"] = _manifest(told, name, by=by, purpose=purpose, says=says)
    data = _zipped(told)
    digest = hashlib.sha256(data).hexdigest()
    append_ruling(
        Verdict.EXPORT, by=by, reason="", note=says, purpose=purpose, file=name, sha256=digest,
        comments=[comment.id for comment in comments],
    )  # fmt: skip
    return CaseFile(f"{name}.zip", data, digest)


def _manifest(told: Mapping[str, bytes], name: str, *, by: User, purpose: str, says: str) -> bytes:
    return as_json(
        {
            "format": FORMAT,
            "case": name,
            "made_at": moment(now()),
            "made_by": {"account": by.id, "display_name": by.name},
            "purpose": purpose,
            "says": says,
            "log": "hash = SHA-256(previous_hash + JSON of the decision, keys sorted, no spaces); "
            "`moderation verify` checks the whole log, which names this archive by its SHA-256",
            "files": [
                {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in told.items()
            ],
        }
    )


def _zipped(told: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in told.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(entry, data)
    return archive.getvalue()
