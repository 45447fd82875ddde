"""What happens to a response after any view."""
