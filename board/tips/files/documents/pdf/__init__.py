"""PDF: what a file reveals, and its pages drawn anew."""
