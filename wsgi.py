"""What a server imports: `wsgi:app`."""

import gc
import sys

gc.disable()  # of what is made while we start nothing is garbage: to look for it takes 0.1 s

from board import create_app  # noqa: E402

# A page that is kept takes some 20 µs, but asks for the interpreter several times; each time it
# waits so long for a thread that works, and Python's usual 5 ms would be a thousand pages.
sys.setswitchinterval(0.0001)

app = create_app()
gc.enable()
