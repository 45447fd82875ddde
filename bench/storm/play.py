"""Plays an attack until it is stopped: `python -m bench.storm.play NAME PORT SESSIONS`."""

import asyncio
import json
import sys
from contextlib import suppress

from bench.storm.attacks import ATTACKS, HOST, Attack

_READ = 64 * 1024
_PAUSE = 0.05  # seconds before a connection that was refused or closed begins again


async def main(attack: Attack, port: int, sessions: dict[str, str]) -> None:
    """`sessions`: the tokens of @reader and @moderator."""
    loops = (_go_on(attack, number, port, sessions) for number in range(attack.connections))
    await asyncio.gather(*loops)


async def _go_on(attack: Attack, number: int, port: int, sessions: dict[str, str]) -> None:
    act = _hold if attack.is_held else _repeat
    while True:
        text = attack.request(number, port, sessions)
        with suppress(OSError, asyncio.IncompleteReadError):
            await act(attack, text, port)
        number += attack.connections  # from another network
        await asyncio.sleep(_PAUSE)


async def _hold(attack: Attack, text: bytes, port: int) -> None:
    """Send a little and wait, without reading, until the board closes the connection."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=1)
    try:
        writer.write(text)
        while not reader.at_eof():
            if attack.drip:
                writer.write(attack.drip)
                await writer.drain()
            await asyncio.sleep(attack.wait)
    finally:
        writer.close()


async def _repeat(_attack: Attack, text: bytes, port: int) -> None:
    """Send a whole request and read the whole response."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(text.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        while await reader.read(_READ):
            pass
    finally:
        writer.close()


if __name__ == "__main__":
    name, port, sessions = sys.argv[1:]
    attack = next(attack for attack in ATTACKS if attack.name == name)
    asyncio.run(main(attack, int(port), json.loads(sessions)))
