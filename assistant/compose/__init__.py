"""Evidence → draft: which clauses to cite, which words of them to quote, how to say it."""
