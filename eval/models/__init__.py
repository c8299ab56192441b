"""How answers of a language model fare under the checks: sentence lists, a scripted server, `python -m eval models`."""
