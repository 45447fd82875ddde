"""A cleaned copy holds none of the words hidden in its original, and each hidden word is told."""

from contextlib import closing
from importlib import import_module
from pkgutil import iter_modules

import pytest
from PIL import ImageChops
from pypdfium2 import PdfDocument

from board.tips.files import WorkerLimits
from board.tips.files.worker import answer_for
from tips.files import corpus
from tips.files.corpus.markers import Sample, new_word, places_left, shown_lost

pytestmark = pytest.mark.slow

FAMILIES = {
    module.name: import_module(f"tips.files.corpus.{module.name}")
    for module in iter_modules(corpus.__path__)
}
# Each family of formats has SAMPLES: format → function that builds a Sample.
CASES = [
    (family, name) for family, module in FAMILIES.items() for name in getattr(module, "SAMPLES", ())
]


def built(family: str, name: str) -> Sample:
    return FAMILIES[family].SAMPLES[name]()


@pytest.mark.parametrize(("family", "name"), CASES)
def test_no_hidden_word_is_left_in_a_cleaned_copy(family, name):
    sample = built(family, name)
    answer = answer_for(sample.data, sample.name, WorkerLimits())

    assert answer.why_not == sample.why_not
    if answer.cleaned is not None:
        assert places_left(sample, answer.cleaned) == []
        assert sample.is_drawn or shown_lost(sample, answer.cleaned) == []


def thumbnails(data):
    """The pages of a PDF, small and grey, so that edges drawn a little otherwise do not count."""
    with closing(PdfDocument(data)) as document:
        document.init_forms()
        return [page.render(scale=1).to_pil().convert("L").reduce(8) for page in document]


@pytest.mark.parametrize(("family", "name"), [case for case in CASES if built(*case).is_drawn])
def test_the_pages_of_a_drawn_copy_look_like_those_of_the_original(family, name):
    sample = built(family, name)
    copy = answer_for(sample.data, sample.name, WorkerLimits()).cleaned

    pages = list(zip(thumbnails(sample.data), thumbnails(copy), strict=True))

    assert len(pages) == len(sample.shown)
    for original, page in pages:
        assert original.getextrema()[0] < 200  # there is something to see
        assert original.size == page.size
        assert ImageChops.difference(original, page).getextrema()[1] < 40


@pytest.mark.parametrize(("family", "name"), CASES)
def test_every_hidden_word_is_told_to_the_source(family, name):
    sample = built(family, name)
    answer = answer_for(sample.data, sample.name, WorkerLimits())

    told = " ".join(finding.detail for finding in answer.findings)
    silent = [
        place
        for place, word in sample.hidden.items()
        if word not in told and place not in sample.untold
    ]
    assert silent == []


@pytest.mark.parametrize(("family", "name"), CASES)
def test_every_hidden_word_is_in_the_original(family, name):
    sample = built(family, name)

    assert places_left(sample, sample.data) == list(sample.hidden)
    assert shown_lost(sample, sample.data) == []


def test_a_word_is_found_in_every_encoding():
    word = new_word()
    sample = Sample("x", hidden={"here": word})

    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp037"):
        assert places_left(sample, b"..." + word.encode(encoding)) == ["here"]
    assert places_left(sample, b"nothing") == []
