"""Pictures."""

from tips.files import samples
from tips.files.corpus.markers import Sample


def jpeg() -> Sample:
    sample = Sample("x.jpg")
    comment = sample.hide("comment").encode()
    facts = samples.exif()
    facts[0x013B], facts[0x010E] = sample.hide("artist"), sample.hide("description")
    sample.data = samples.saved(samples.drawing(), "JPEG", exif=facts, comment=comment)
    sample.data += sample.hide("behind the end", told=False).encode()
    return sample


SAMPLES = {"jpeg": jpeg}
