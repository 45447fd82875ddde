"""Email verification by code: sign-up, sign-in, forgotten passwords and new addresses."""
