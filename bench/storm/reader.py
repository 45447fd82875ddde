"""A reader: opens an article many times a second, each time on a new connection."""

import http.client
import time
from dataclasses import dataclass
from statistics import quantiles

_EVERY = 0.02  # seconds
_PATIENCE = 3.0  # seconds, then it counts as an error


@dataclass(frozen=True)
class Timing:
    """Times of a page in milliseconds."""

    times: list[float]
    errors: int

    @property
    def p50(self) -> float:
        return quantiles(self.times, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.times, n=100)[98]

    @property
    def worst(self) -> float:
        return max(self.times)


def read(port: int, path: str, seconds: float) -> Timing:
    """Open the page for so long. Each failure counts as long as it took."""
    times: list[float] = []
    errors, end = 0, time.monotonic() + seconds
    while (begin := time.monotonic()) < end or len(times) < 2:
        errors += not _is_served(port, path)
        took = time.monotonic() - begin
        times.append(took * 1000)
        time.sleep(max(0.0, _EVERY - took))
    return Timing(times, errors)


def _is_served(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        return response.status == 200 and bool(response.read())
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
