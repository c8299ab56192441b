"""How follow-up questions are made to stand alone: talks, measures, and the fit of the model of leaning."""
