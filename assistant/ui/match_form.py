"""The form of 适用政策 as HTML: an `Entry` goes in, and what it holds is filled in.

Real radios, checkboxes and one text field, so that keyboard and screen reader need nothing of ours; match.js reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape

from assistant.ui.match_entry import TEXT_LIMIT, Entry
from assistant.ui.texts import Words
from index import lexicon

# Where each district lies, roughly: column, row, columns and rows that its tile covers on a grid of five by six.
TILES = {
    "崇明": (3, 1, 3, 1),
    "嘉定": (1, 2, 2, 1),
    "宝山": (3, 2, 3, 1),
    "青浦": (1, 3, 1, 2),
    "普陀": (2, 3, 1, 1),
    "静安": (3, 3, 1, 1),
    "虹口": (4, 3, 1, 1),
    "杨浦": (5, 3, 1, 1),
    "长宁": (2, 4, 1, 1),
    "徐汇": (3, 4, 1, 1),
    "黄浦": (4, 4, 1, 1),
    "浦东": (5, 4, 1, 3),
    "松江": (1, 5, 2, 1),
    "闵行": (3, 5, 2, 1),
    "金山": (1, 6, 2, 1),
    "奉贤": (3, 6, 2, 1),
}


def form_html(entry: Entry, text: Words) -> str:
    """The whole form."""
    return (
        '<form class="firm-form" autocomplete="off" aria-labelledby="match-form-title">'
        f'<header><h3 id="match-form-title">{escape(text["form"])}</h3>'
        f'<p class="hint">{escape(text["form_hint"])}</p></header>'
        f"{_describe(entry, text)}{_trades(entry, text)}{_districts(entry, text)}"
        f"{_group('size', _chips('radio', 'size', entry, text), text)}"
        f"{_group('traits', _chips('checkbox', 'traits', entry, text), text)}"
        f"{_group('needs', _chips('checkbox', 'needs', entry, text), text)}"
        f'<div class="actions"><p class="notice calm" role="alert" data-nothing hidden>{escape(text["nothing"])}</p>'
        f'<button type="submit" class="primary">{escape(text["submit"])}</button>'
        f'<button type="reset" class="plain">{escape(text["clear"])}</button></div></form>'
    )


def trade_options(text: Words) -> str:
    """The trades as the options of a select, by group, each once."""
    seen: set[str] = set()
    groups = []
    for root in _children()[""]:
        keys = [key for key, _ in _below(root) if key not in seen]
        seen.update(keys)
        options = _option(root, text.tables["industry_names"]) + "".join(
            _option(key, text.tables["industry_names"]) for key in keys
        )
        groups.append(
            f'<optgroup label="{escape(text.tables["industry_names"].get(root, root))}">{options}</optgroup>'
        )
    return "".join(groups)


def district_options(text: Words) -> str:
    """The districts as the options of a select."""
    rows = lexicon.load("districts")
    names = text.tables["district_names"]
    return "".join(
        f'<option value="{escape(rows[key]["names"][0])}">{escape(names.get(key, key))}</option>'
        for key in TILES
    )


def size_options(text: Words) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in text.choices["size"]
    )


def _option(key: str, names: Mapping[str, str]) -> str:
    return f'<option value="{escape(key)}">{escape(names.get(key, key))}</option>'


def _describe(entry: Entry, text: Words) -> str:
    return (
        f'<div class="field"><label class="legend" for="match-text">{escape(text["describe"])}</label>'
        f'<textarea id="match-text" name="text" rows="2" maxlength="{TEXT_LIMIT}" aria-describedby="match-text-hint"'
        f' placeholder="{escape(text["describe_placeholder"])}">{escape(entry.text)}</textarea>'
        f'<p class="hint" id="match-text-hint">{escape(text["describe_hint"])}</p></div>'
    )


def _trades(entry: Entry, text: Words) -> str:
    shown = {
        "left": entry.industry
    }  # a trade stands under each group that it is part of; one of them is checked
    groups = "".join(_trade_group(root, shown, text) for root in _children()[""])
    return _group(
        "industry",
        f'<label class="sr-only" for="match-find">{escape(text["industry_find"])}</label>'
        f'<input type="search" id="match-find" placeholder="{escape(text["industry_placeholder"])}">'
        f'<p class="hint" role="status" data-none data-says="{escape(text["industry_none"])}"></p>'
        f'<div class="tree">{_any("industry", entry.industry, text)}{groups}</div>',
        text,
    )


def _trade_group(root: str, shown: dict[str, str], text: Words) -> str:
    names = text.tables["industry_names"]
    below = _below(root)
    is_open = shown["left"] in (root, *(key for key, _ in below)) and bool(shown["left"])
    whole = text.say("whole", name=names.get(root, root))
    rows = _trade(root, 0, whole, shown) + "".join(
        _trade(key, depth, names.get(key, key), shown) for key, depth in below
    )
    return (
        f"<details{' open' if is_open else ''}><summary>{escape(names.get(root, root))}"
        f'<span class="number">{len(below)}</span></summary><ul>{rows}</ul></details>'
    )


def _trade(key: str, depth: int, label: str, shown: dict[str, str]) -> str:
    row = lexicon.load("industries")[key]
    names = " ".join((key, label, *row.get("names", ()), *row.get("short", ()))).lower()
    checked = key == shown["left"]
    if checked:
        shown["left"] = ""
    return (
        f'<li data-names="{escape(names)}" data-key="{escape(key)}" style="--depth:{depth}">'
        f"{_pick('radio', 'industry', key, label, checked)}</li>"
    )


def _districts(entry: Entry, text: Words) -> str:
    rows, names = lexicon.load("districts"), text.tables["district_names"]
    tiles = "".join(_tile(key, rows[key]["names"][0], entry, text) for key in TILES)
    zones = "".join(
        _pick("checkbox", "traits", key, names.get(key, key), key in entry.traits)
        for key in rows
        if key not in TILES
    )
    is_open = any(key in entry.traits for key in rows if key not in TILES)
    return _group(
        "district",
        f'<div class="map"><div class="tile off">{_any("district", entry.district, text)}</div>{tiles}</div>'
        f"<details class='zones'{' open' if is_open else ''}><summary>{escape(text['zones'])}</summary>"
        f'<div class="chips">{zones}</div></details>',
        text,
    )


def _tile(key: str, value: str, entry: Entry, text: Words) -> str:
    column, row, wide, high = TILES[key]
    label = text.tables["district_names"].get(key, key)
    return (
        f'<div class="tile" style="grid-area:{row}/{column}/span {high}/span {wide}">'
        f"{_pick('radio', 'district', value, label, value == entry.district)}</div>"
    )


def _group(name: str, inside: str, text: Words) -> str:
    return f'<fieldset class="field {name}"><legend class="legend">{escape(text[name])}</legend>{inside}</fieldset>'


def _chips(kind: str, name: str, entry: Entry, text: Words) -> str:
    chosen = getattr(entry, name)
    chosen = (chosen,) if isinstance(chosen, str) else chosen
    first = _any(name, entry.size, text) if kind == "radio" else ""
    picks = "".join(_pick(kind, name, value, label, value in chosen) for value, label in text.choices[name])
    return f'<div class="chips">{first}{picks}</div>'


def _any(name: str, chosen: str, text: Words) -> str:
    return _pick("radio", name, "", text[f"{name}_any"], not chosen)


def _pick(kind: str, name: str, value: str, label: str, checked: bool) -> str:
    return (
        f'<label class="pick"><input type="{kind}" name="{name}" value="{escape(value)}"'
        f"{' checked' if checked else ''}><span>{escape(label)}</span></label>"
    )


@cache
def _children() -> Mapping[str, tuple[str, ...]]:
    """Trade → those directly below it; the groups at the top are below nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for key, row in lexicon.load("industries").items():
        for parent in row["parents"] or [""]:
            found[parent] = (*found.get(parent, ()), key)
    return found


@cache
def _below(root: str) -> tuple[tuple[str, int], ...]:
    """All trades below one, each once, in the order of a tree, with their depth."""
    return tuple(dict((key, depth) for key, depth in _walk(root, 1)).items())


def _walk(parent: str, depth: int) -> Iterator[tuple[str, int]]:
    for key in _children().get(parent, ()):
        yield key, depth
        yield from _walk(key, depth + 1)
