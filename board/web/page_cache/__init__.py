"""Page cache: whole responses to guests, in front of Flask."""
