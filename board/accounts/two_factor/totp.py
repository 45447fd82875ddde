"""Time-based one-time passwords (TOTP, RFC 6238): secrets, time steps and the QR code."""

import hmac
import io
import unicodedata

import pyotp
import segno

from board.db import now

STEP_SECONDS = 30


def new_secret() -> str:
    return pyotp.random_base32()


def totp_counter(secret: str, digits: str) -> int | None:
    """The time step these digits belong to: the current one or a neighbour. Else None."""
    current, totp = int(now().timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def qr_svg(secret: str, *, account: str, site: str) -> str:
    """QR code of the secret for an authenticator app, as SVG."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)
    svg = io.BytesIO()
    segno.make(uri).save(
        svg, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False
    )
    return svg.getvalue().decode()


def normalize_code(code: str) -> str:
    """Digits or a recovery code without grouping, in capitals and half width."""
    return "".join(c for c in unicodedata.normalize("NFKC", code) if c.isalnum()).upper()
