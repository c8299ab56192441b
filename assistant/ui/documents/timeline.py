"""When a document was issued, from when to when it binds, and where today stands in that.

The drawing is for the eye (CSS, in per cent of its width); the list beneath it says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from assistant.ui.texts import Words
from assistant.validity import term
from index.types import Document

# Room at both ends, as a share of the time shown, so that no mark stands on the edge.
MARGIN = 0.04

# Years that fit side by side on a phone.
TICKS = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """Days → per cent of the width."""

    first: date
    last: date

    @classmethod
    def over(cls, days: list[date]) -> Scale:
        return cls(min(days), max(days))

    def at(self, day: date) -> float:
        length = max((self.last - self.first).days, 1)
        share = (day - self.first).days / length
        return round(100 * (MARGIN + share * (1 - 2 * MARGIN)), 2)

    def years(self) -> list[date]:
        """New Year's days within, thinned out until they fit."""
        every = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1)]
        return every[:: 1 + len(every) // (TICKS + 1)]


def events(document: Document, today: date) -> list[tuple[str, date]]:
    """What happened when, by name, in order; `today` is one of them."""
    first, last = document.period or (None, None)
    known = [
        ("issued", document.issued),
        ("printed", document.printed if document.printed != document.issued else None),
        ("effective_from", document.effective_from),
        ("period_from", date(first, 1, 1) if first else None),
        ("effective_to", document.effective_to),
        ("period_to", date(last, 12, 31) if last else None),
        ("today", today),
    ]
    return sorted([(name, day) for name, day in known if day], key=lambda event: event[1])


def timeline_html(document: Document, today: date, words: Words) -> str:
    """The drawing, the list of events, and what it comes to in one phrase."""
    found = events(document, today)
    rows = "".join(
        f'<li class="{name}"><span>{escape(words[f"event_{name}"])}</span> '
        f'<time datetime="{day.isoformat()}">{day.isoformat()}</time></li>'
        for name, day in found
    )
    return (
        f'<section class="timeline" aria-label="{escape(words["timeline"])}">'
        f"<p>{escape(term(document, today, words.language))}</p>"
        f'<div class="line" aria-hidden="true">{_drawing(document, found, words)}</div><ol>{rows}</ol></section>'
    )


def _drawing(document: Document, found: list[tuple[str, date]], words: Words) -> str:
    scale = Scale.over([day for _, day in found])
    ticks = "".join(
        f'<i class="tick" style="left:{scale.at(day)}%"><b>{day.year}</b></i>' for day in scale.years()
    )
    points = "".join(f'<i class="point {name}" style="left:{scale.at(day)}%"></i>' for name, day in found)
    return f"{ticks}{_bar(document, scale)}{points}"


def _bar(document: Document, scale: Scale) -> str:
    """The time in which it binds; without a stated end it runs on to the edge, and fades."""
    if document.period and not document.effective_from:
        start, end = date(document.period[0], 1, 1), date(document.period[1], 12, 31)
    elif document.effective_from or document.effective_to:
        start, end = document.effective_from or scale.first, document.effective_to or date.max
    else:
        return ""
    left, open_end = scale.at(start), end == date.max
    right = 100.0 if open_end else scale.at(end)
    look = "bar open" if open_end else "bar"
    return f'<i class="{look}" style="left:{left}%;width:{round(right - left, 2)}%"></i>'
