"""Fits what the search has learned: how sure it may be of a hit."""
