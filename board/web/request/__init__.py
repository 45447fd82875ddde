"""What happens to a request before any view."""
