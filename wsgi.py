"""What a server imports: `wsgi:app`."""

import sys

from board import create_app

# A page that is kept takes some 20 µs, but asks for the interpreter several times; each time it
# waits so long for a thread that works, and Python's usual 5 ms would be a thousand pages.
sys.setswitchinterval(0.0001)

app = create_app()
