"""Personal tokens: made and revoked by users, sent by their programs to the API."""
