"""Results: medians, ratios, and the JSON file they are saved in."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import linear_regression, median
from typing import Self

from bench.load import LoadResult


@dataclass(frozen=True)
class Figure:
    """Row of a table. `cpu` is processor time of the server in µs a request, `p50` and `p99` are
    ms, `bytes` the size of a response with its headers. `than` names the row it is compared with.
    """

    group: str
    name: str
    than: str
    rate: float
    cpu: float
    p50: float
    p99: float
    bytes: float
    errors: int

    @classmethod
    def from_rounds(
        cls, group: str, name: str, than: str, rounds: "Sequence[tuple[LoadResult, float]]"
    ) -> Self:
        """Medians over the rounds, each a result of wrk and the processor seconds of the server."""
        results = [result for result, _ in rounds]
        return cls(
            group,
            name,
            than,
            rate=round(median(result.rate for result in results), 1),
            cpu=round(median(cpu_of(result, seconds) for result, seconds in rounds), 1),
            p50=round(median(result.p50 for result in results), 3),
            p99=round(median(result.p99 for result in results), 3),
            bytes=round(median(result.bytes for result in results)),
            errors=sum(result.errors for result in results),
        )

    @property
    def cpu_of_a_kib(self) -> float:
        """Processor time in µs for each 1024 bytes sent, to compare pages of different sizes."""
        return self.cpu / (self.bytes / 1024) if self.bytes else 0.0


@dataclass(frozen=True)
class Page:
    """Page in a browser with an empty cache. `lcp` in ms; `bytes` as sent over the network."""

    name: str
    bytes: int
    requests: int
    lcp: float
    cls: float


@dataclass(frozen=True)
class DeskPage:
    """Page of the desk: medians in ms, and the number of SQL statements."""

    name: str
    cpu: float
    wall: float
    statements: int
    status: int


@dataclass
class Results:
    """All results of one run. The unit of each of the `facts` is in its name."""

    day: str = field(default_factory=lambda: date.today().isoformat())
    machine: str = field(default_factory=lambda: _machine())
    comments: int = 0
    rounds: int = 0
    figures: list[Figure] = field(default_factory=list)
    facts: dict[str, float] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    desk: list[DeskPage] = field(default_factory=list)

    def named(self, name: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.name == name), None)

    def ratios_of(self, figure: Figure) -> tuple[float, float] | None:
        """Ratio to the figure it is compared with. None when that was not measured."""
        other = self.named(figure.than)
        return ratios(figure, other) if other else None

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        fields = json.loads(path.read_text("utf-8"))
        fields["figures"] = [Figure(**figure) for figure in fields["figures"]]
        fields["pages"] = [Page(**page) for page in fields["pages"]]
        fields["desk"] = [DeskPage(**page) for page in fields.get("desk", ())]
        return cls(**fields)


def ratios(figure: Figure, other: Figure) -> tuple[float, float]:
    """Ratio of two rates, and of two processor times.

    0 where there is none: a server may answer nothing.
    """
    by_cpu = other.cpu / figure.cpu if figure.cpu else 0.0
    return figure.rate / other.rate if other.rate else 0.0, by_cpu


def cpu_of(result: LoadResult, seconds: float) -> float:
    """Processor time in µs a request; 0 when none was answered."""
    return seconds * 1e6 / result.requests if result.requests else 0.0


def slope(samples: Sequence[tuple[float, float]]) -> float:
    """Slope of the second value over the first, by least squares."""
    return linear_regression(*zip(*samples, strict=True)).slope


def _machine() -> str:
    cores, python = os.cpu_count(), platform.python_version()
    return f"{_processor()}, {cores} cores, {platform.system()}, Python {python}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    rows = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return names[0] if names else platform.machine()
