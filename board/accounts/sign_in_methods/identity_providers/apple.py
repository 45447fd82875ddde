"""Apple's client secret: a token that the newsroom signs with its key."""

from board.config.client_parsers import AppleClient
from board.db import now
from board.runtime.app import instance_folder

AUDIENCE = "https://appleid.apple.com"
SECONDS = 300  # it is made for each request


class NoKey(Exception):
    """The key is not there or none. Its text is for the operator."""


def client_secret(client: AppleClient) -> str:
    """Raises NoKey."""
    from board.accounts.sign_in_methods.identity_providers import jose  # noqa: PLC0415 - slow

    path, moment = client.key_path(instance_folder()), int(now().timestamp())
    claims = {"iss": client.team, "sub": client.id, "aud": AUDIENCE, "iat": moment}
    try:
        key = path.read_bytes()
        return jose.signed({**claims, "exp": moment + SECONDS}, key=key, key_id=client.key)
    except (OSError, jose.BadToken) as error:
        raise NoKey(f"{path} holds no usable key") from error
