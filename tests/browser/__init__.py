"""The board in a real Chromium, served as in production."""
