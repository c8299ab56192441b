"""Evidence → draft: extractive (no model needed), or by a language model over the same evidence."""
