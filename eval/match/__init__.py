"""Firms held against every measure, beside what readers decided (eval/cases/match.jsonl)."""
