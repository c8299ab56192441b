"""How good and how fast the assistant is.  Uses `assistant` and `index`; nothing uses it."""
