"""The second factor: six digits from a telephone (RFC 6238), or one of ten codes on paper.

What is kept of it is locked by the reading passphrase, so nobody else can make the digits.
"""

import base64
import hashlib
import hmac
import io
import secrets
from typing import Any

import pyotp
import segno

from board.db import now

STEP = 30  # seconds
CODES = 10

Kept = dict[str, Any]


def new() -> tuple[Kept, list[str]]:
    """What to keep, and the codes to print."""
    codes = [_code() for _ in range(CODES)]
    kept = {"secret": pyotp.random_base32(), "step": 0, "codes": [_hash(code) for code in codes]}
    return kept, codes


def accept(kept: Kept, typed: str) -> Kept | None:
    """What to keep from now on if `typed` is right: nothing is right twice. Else None."""
    typed = "".join(typed.split()).replace("-", "").upper()
    if (step := _step_of(kept, typed)) is not None:
        return {**kept, "step": step}
    if _hash(typed) in kept["codes"]:
        return {**kept, "codes": [code for code in kept["codes"] if code != _hash(typed)]}
    return None


def picture(kept: Kept, *, whose: str, site: str) -> str:
    """For a telephone's camera, as SVG."""
    uri = pyotp.TOTP(kept["secret"]).provisioning_uri(name=whose, issuer_name=site)
    svg = io.BytesIO()
    segno.make(uri).save(
        svg, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False
    )
    return svg.getvalue().decode()


def _step_of(kept: Kept, typed: str) -> int | None:
    """The time step these digits are of: this one or its neighbours, and none used before."""
    here, totp = int(now().timestamp()) // STEP, pyotp.TOTP(kept["secret"])
    for step in (here - 1, here, here + 1):
        if step > kept["step"] and hmac.compare_digest(totp.generate_otp(step), typed):
            return step
    return None


def _code() -> str:
    letters = base64.b32encode(secrets.token_bytes(5)).decode()
    return f"{letters[:4]}-{letters[4:]}"


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()
