"""The project's own test cases and how case files are read; the form is docs/cases.md."""

from eval.cases.model import Case, CaseFile, ClauseName, Gold, load_cases

__all__ = ["Case", "CaseFile", "ClauseName", "Gold", "load_cases"]
