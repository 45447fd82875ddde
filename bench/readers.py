"""Makes readers with a session each and prints their tokens: `python -m bench.readers 64`."""

import sys

from board import create_app
from board.accounts import models as accounts
from board.db import writing


def main(count: int) -> None:
    with create_app().app_context(), writing():
        for number in range(count):
            email, name = f"bench{number}@harbour.example", f"독자 벤치 {number}"
            reader = accounts.sign_up(email=email, name=name, password_hash="!")
            print(accounts.sign_in(reader, device="bench")[1])


if __name__ == "__main__":
    main(int(sys.argv[1]))
