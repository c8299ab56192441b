"""Text → the text of a spreadsheet cell: shown as it is, never computed."""

from __future__ import annotations

import re

# A cell that begins like a formula would be computed by a spreadsheet; an apostrophe keeps it text.  Some look past
# white space, and some read full-width signs.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
# A workbook cannot hold these.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def cell_text(text: str) -> str:
    """What stands in the cell, for CSV and for workbooks."""
    text = _CONTROLS.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text
