"""What is recorded of a request: its id, access log, metrics and security events."""
