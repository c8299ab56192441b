"""Offline half: policy files → searchable clauses.  No chat, no page, no language model."""
