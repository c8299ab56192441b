"""Online half: a question → an answer that cites clauses, word for word."""
