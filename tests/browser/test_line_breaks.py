"""Line breaks: none between a closing quotation mark and the particle behind it."""

import pytest

from browser.conftest import say

QUOTED = (
    "시장은 “새벽 버스를 두 배로 늘리겠다”고 했지만 ‘심야 노선’이라는 말은 없었고 "
    "\"예산이 문제다\"라고 답한 사람은 '기사 부족'을 들었으며 "
    "「부두길」에서 『바다』까지는 말이 없다"
)
# Of every closing mark with Hangul behind it: whether the two are on one line.
ON_ONE_LINE = """(paragraph) => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const seen = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const match of node.data.matchAll(/[”’"'」』]\\u2060?(?=[가-힣])/g)) {
      const tops = [match.index, match.index + match[0].length].map((start) => {
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, start + 1);
        return range.getClientRects()[0].top;
      });
      seen.push(Math.abs(tops[0] - tops[1]) < 4);
    }
  }
  return seen;
}"""


@pytest.fixture
def quoted(window, article):
    say(window, article, QUOTED)
    page = window(viewport={"width": 360, "height": 740})
    page.goto(article)
    return page.locator(".comment .text p").first


def at_all_widths(paragraph):
    """For each of many widths of the paragraph: whether each pair is on one line."""
    for width in range(140, 330, 2):  # from where the longest word fits
        paragraph.evaluate(
            "(it, width) => { it.closest('.text').style.width = `${width}px` }", width
        )
        yield paragraph.evaluate(ON_ONE_LINE)


def test_a_particle_stays_with_its_quotation(quoted):
    for results in at_all_widths(quoted):
        assert results == [True] * 8


def test_without_the_joiner_a_line_would_break_there(quoted):
    """Proves that the test above can fail."""
    quoted.evaluate("(it) => { it.textContent = it.textContent.replaceAll('\\u2060', '') }")

    assert any(False in results for results in at_all_widths(quoted))


def test_the_joiner_is_neither_stored_nor_searched(window, article):
    say(window, article, "그는 “바다로”라고 했다")

    page = window()
    page.goto(f"{article}/comments/search?q=바다로”라고")

    assert page.locator(".comment").count() == 1
