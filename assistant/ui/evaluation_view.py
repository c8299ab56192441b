"""What of the area is shown, as the address tells it: `?view=evaluation&run=…&against=…&type=…&measure=…&case=…`.

Also the numbers' form, one for the whole area: an undefined one is a dash, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any
from urllib.parse import urlencode

from assistant.ui.texts import DEFAULT_LANGUAGE, Words

ABSENT = "–"

# What an evaluator looks at first, in this order; the others follow.
MAIN = (
    *("ok", "recall@5", "ndcg@10", "cite_recall", "cite_prec", "facts", "quote_exact", "figures_ok"),
    *("wrongly_refused", "refused", "bad_text", "bad_cite", "stale"),
)
OTHERS = ("recall@1", "recall@10", "rr", "cite_f1", "fact_recall", "abstain_prec", "abstain_f1")
BY_TYPE = ("ok", "recall@5", "cite_recall", "cite_prec", "facts", "wrongly_refused", "refused", "bad_text")
LOWER_IS_BETTER = frozenset({"wrongly_refused", "bad_text", "bad_cite", "stale"})
# Below this, one case moves a share by more than 0.1.
FEW = 10
# A difference is called one from here on; the page says that no correction is made for looking at many.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class View:
    """Empty fields ask for nothing in particular.  `measure` lists the cases where it fell short, `ok` by default."""

    run: str = ""
    against: str = ""
    type: str = ""
    measure: str = ""
    case: str = ""
    page: str = ""

    @classmethod
    def of(cls, address: Mapping[str, Any]) -> View:
        """From an address; what it does not know it leaves."""
        return cls(**{name: str(address.get(name) or "") for name in cls.__slots__})

    @property
    def number(self) -> int:
        """The page of cases, from 1."""
        return max(1, int(self.page)) if self.page.isdecimal() and len(self.page) < 6 else 1

    def href(self, text: Words, **changes: str) -> str:
        """The address with some fields changed, escaped for an attribute."""
        fields = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        language = {} if text.language == DEFAULT_LANGUAGE else {"lang": text.language}
        return escape("?" + urlencode({"view": "evaluation", **fields, **language}))


def named(text: Words, table: str, key: str) -> str:
    """A key's wording, escaped; a key that has none stands for itself."""
    return escape(text.tables[table].get(key, key))


def share(number: float | None) -> str:
    """Three decimals, as the command line prints them."""
    return ABSENT if number is None else f"{number:.3f}"


def percent(number: float | None) -> str:
    return ABSENT if number is None else f"{round(100 * number, 1):g}%"


def signed(number: float | None) -> str:
    """A difference with its sign, a true minus; what rounds to nothing has none."""
    if number is None:
        return ABSENT
    said = f"{number:+.3f}"
    return "0.000" if said in ("+0.000", "-0.000") else said.replace("-", "−")


def interval(row: Mapping[str, Any], form: Any = share) -> str:
    """`[0.867, 0.987]`."""
    low, high = row.get("low"), row.get("high")
    return ABSENT if low is None or high is None else f"[{form(low)}, {form(high)}]"


def p_value(p: float | None) -> str:
    """Three decimals, and no zero."""
    if p is None:
        return ABSENT
    return "&lt;&nbsp;0.001" if p < 0.001 else f"{p:.3f}"


def milliseconds(ms: float | None) -> str:
    if ms is None:
        return ABSENT
    return f"{ms / 1000:.2f} s" if ms >= 1000 else f"{ms:.0f} ms"


def better(key: str, difference: float) -> bool:
    return (difference > 0) != (key in LOWER_IS_BETTER)


def fell_short(key: str, value: float | None) -> bool:
    """Whether a case's own value of a measure is less than the best."""
    if value is None:
        return False
    return value > 0 if key in LOWER_IS_BETTER else value < 1
