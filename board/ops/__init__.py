"""Commands for the operator: serve, doctor, sample board."""
