"""Bar chart in README: requests a second on a logarithmic scale."""

from collections.abc import Iterator
from math import log10

from markupsafe import escape

from bench.figures import Figure, Results
from bench.report import number
from bench.work import ARTICLE_PAGE, COLD, COUNTED, FILE, HELLO, MIXED, NEWEST, POST_8

WIDTH, LEFT, ROW, TOP = 360, 8, 34, 44
LEAST, MOST = 10, 100_000  # requests a second at the two ends
SHOWN = (FILE, HELLO, NEWEST, ARTICLE_PAGE, COUNTED, COLD, MIXED, POST_8)
_CEILINGS = (FILE, HELLO)
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1d1e20 }
.title { font-weight: 600; font-size: 13px }
.soft { fill: #5d6066; font-size: 11px }
.ours { fill: #a8321f }
.other { fill: #b9b4aa }
.line { stroke: #e4e1db }
@media (prefers-color-scheme: dark) {
  text { fill: #ececea }
  .soft { fill: #a4a8b0 }
  .ours { fill: #ff9a85 }
  .other { fill: #5b5f66 }
  .line { stroke: #34373d }
}"""


def svg(results: Results) -> str:
    figures = sorted(_shown(results), key=lambda figure: -figure.rate)
    height = TOP + ROW * len(figures) + 20
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="{_text_alternative(figures)}">',
            f"<style>{_STYLE}</style>",
            f'<text x="{LEFT}" y="18" class="title">Requests a second, one core</text>',
            f'<text x="{LEFT}" y="33" class="soft">a step of the scale is ten times as many</text>',
            *_scale(len(figures)),
            *(line for place, figure in enumerate(figures) for line in _bar(place, figure)),
            "</svg>\n",
        ]
    )


def _shown(results: Results) -> Iterator[Figure]:
    """The board's figures, their ceilings, and the same requests to Isso."""
    for figure in results.figures:
        if (figure.than if figure.group == "peers" else figure.name) in SHOWN:
            yield figure


def _bar(place: int, figure: Figure) -> Iterator[str]:
    top = TOP + ROW * place
    kind = "other" if _is_other(figure) else "ours"
    yield f'<text x="{LEFT}" y="{top + 12}">{escape(figure.name)}</text>'
    yield (
        f'<text x="{WIDTH - LEFT}" y="{top + 12}" text-anchor="end">{number(figure.rate)}</text>'
    )
    width = _x(figure.rate) - LEFT
    yield (
        f'<rect x="{LEFT}" y="{top + 17}" width="{width:.1f}" height="9" rx="2" class="{kind}"/>'
    )


def _scale(bars: int) -> Iterator[str]:
    """Grid marks at each power of ten, behind the bars and clear of the labels above them."""
    for power in range(round(log10(LEAST)), round(log10(MOST)) + 1):
        x = _x(10**power)
        marks = "".join(f"M{x:.1f} {TOP + ROW * place + 15}v13" for place in range(bars))
        yield f'<path d="{marks}" class="line"/>'
        anchor = {LEAST: "start", MOST: "end"}.get(10**power, "middle")
        yield (
            f'<text x="{x:.1f}" y="{TOP + ROW * bars + 12}" text-anchor="{anchor}" class="soft">'
            f"{10**power:,}</text>"
        )


def _x(rate: float) -> float:
    clamped = min(max(rate, LEAST), MOST)
    share = log10(clamped / LEAST) / log10(MOST / LEAST)
    return LEFT + share * (WIDTH - 2 * LEFT)


def _is_other(figure: Figure) -> bool:
    return figure.group == "peers" or figure.name in _CEILINGS


def _text_alternative(figures: list[Figure]) -> str:
    """Text alternative of the chart."""
    return str(escape("; ".join(f"{each.name}: {number(each.rate)}" for each in figures)))
