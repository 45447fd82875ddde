"""What every page shares, below all slices."""
