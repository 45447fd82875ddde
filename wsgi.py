"""What a server imports: `wsgi:app`."""

from board import create_app

app = create_app()
