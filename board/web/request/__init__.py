"""Request handling before any view: query filter, origins, guard."""
