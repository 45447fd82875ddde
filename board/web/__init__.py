"""Shared web layer, below all slices: access, errors, headers, i18n, templates, page cache."""
