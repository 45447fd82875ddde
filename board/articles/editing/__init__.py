"""Articles at the desk: forms, search, and the verbs from draft to withdrawal."""
