"""How long building and answering take, and how much memory: `python -m eval.bench`."""
