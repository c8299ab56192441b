"""How well the search alone finds the right document: collections with judged queries, in the usual three files."""
