"""Files with a unique word in every place where their format can hold text."""
