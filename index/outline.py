"""Text → clauses: paragraphs are found, headings are taken by their numbers, and every letter gets one clause.

The grammar trusts numbers, not looks: a line such as `3.2%左右` or an OCR heading of the wrong size changes
nothing, because a heading is taken only where its number continues a series or opens one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index import headings
from index.edges import split_closing, split_front
from index.headings import Heading, Level
from index.metadata import departments
from index.normalise import Paragraph, restore, uses_ascii_stops
from index.paragraphs import paragraphs
from index.types import Clause, ClauseRef, Edit, Kind

_CONTINUED = "#续"  # text of a clause that goes on behind a box or a table


@dataclass(slots=True)
class Node:
    """A clause in the making: its heading, the nodes above it, and its paragraphs."""

    heading: Heading
    above: tuple[Node, ...] = ()
    paragraphs: list[Paragraph] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    has_children: bool = False

    @property
    def level(self) -> Level:
        return self.heading.level

    @property
    def bare(self) -> bool:
        """Heading and text stand in different paragraphs."""
        return headings.is_bare(self.paragraphs[0].text)


@dataclass(frozen=True, slots=True)
class Outline:
    """What the grammar found: clauses in the order of the text, and the parts metadata is read from."""

    clauses: tuple[Clause, ...]
    title: str
    outer_title: str
    edits: tuple[Edit, ...]
    warnings: tuple[str, ...]


def outline(text: str, number: str = "") -> Outline:
    """Cut the text of a policy file into clauses.  Never raises on any text; a text without headings
    gives one clause per paragraph and a warning."""
    raw, edits = paragraphs(text)
    ascii_stops = uses_ascii_stops(text)
    paras = [replace(p, text=restore(p.text, ascii_stops=ascii_stops)) for p in raw]
    paras = [p for p in paras if p.text]
    first = next(_first_heading(paras), len(paras))
    front = split_front(paras[:first])
    if first == len(paras):
        clauses = tuple(_plain(paras, number))
        warning = "没有找到任何标题，每段作为一条；如需按条检索，请检查文件的标题编号。"
        return Outline(clauses, front.title, front.outer_title, tuple(edits), (warning,) if clauses else ())
    builder = _Builder()
    for paragraph in paras[first:]:
        builder.add(paragraph)
    nodes, closing = _close(builder.nodes)
    clauses = tuple(_clauses(front.header, front.preamble, nodes, closing, number))
    return Outline(clauses, front.title, front.outer_title, tuple(edits), tuple(builder.warnings))


def _first_heading(paras: Sequence[Paragraph]) -> Iterator[int]:
    """Where the numbered text starts: the first heading number 1, lists of annexes aside."""
    in_annex_list = False
    for at, paragraph in enumerate(paras):
        if re.match(r"^附件?\s*[:：]", paragraph.text):
            in_annex_list = True
            continue
        found = headings.find(paragraph.text)
        if found is None or found.number != 1 or found.level >= Level.RUN_IN:
            in_annex_list = in_annex_list and found is not None
            continue
        if not (in_annex_list and found.level >= Level.NUM):
            yield at


class _Builder:
    """Walks the paragraphs with the stack of open clauses."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.warnings: list[str] = []
        self._stack: list[Node] = []
        self._last: dict[Level, int] = {}  # through the document
        self._inside: dict[tuple[int, Level], int] = {}  # within one clause
        self._box_width = 0.0

    def add(self, paragraph: Paragraph) -> None:
        found = headings.find(paragraph.text)
        if found and self._continues(found):
            self._open(found, paragraph)
            return
        if found and found.level <= Level.NUM:
            self.warnings.append(
                f"“{found.mark}{found.title[:12]}”的编号与前文不连续，已并入上一条，请核对原文。"
            )
        if headings.is_table_head(paragraph.raw):
            self._open_table(paragraph)
        elif self._stack and self._stack[-1].level is Level.TABLE and self._row(paragraph):
            self._stack[-1].paragraphs.append(replace(paragraph, text=" ".join(_cells(paragraph))))
        else:
            self._body(paragraph)

    def _continues(self, found: Heading) -> bool:
        """Whether the number goes on from the last one in this scope, or through the whole document."""
        if found.level in (Level.BOX, Level.ANNEX):
            return True
        if found.level is Level.RUN_IN:
            return bool(self._stack)
        if found.number == 1:
            return True
        for last in (self._inside.get(self._scope(found.level), 0), self._last.get(found.level, 0)):
            if found.number == last + 1:
                return True
            if last and found.number == last + 2 and found.level <= Level.NUM:
                self.warnings.append(f"“{found.mark}{found.title[:12]}”之前少一个编号，请核对原文。")
                return True
        return False

    def _scope(self, level: Level) -> tuple[int, Level]:
        """The clause that a heading of this level would stand in, as a key."""
        above = [node for node in self._stack if node.level < level]
        return (id(above[-1]) if above else 0, level)

    def _open(self, found: Heading, paragraph: Paragraph) -> None:
        if found.level is Level.ANNEX:
            self._last.clear()
        while self._stack and self._closes(found.level, self._stack[-1].level):
            self._stack.pop()
        # A box stands beside run-in headings, in the numbered clause that holds both.
        node = Node(found, tuple(self._stack), [paragraph])
        if self._stack and found.level < Level.BOX and found.label != _CONTINUED:
            self._stack[-1].has_children = True  # a box or a table leaves its clause one with text of its own
        self.nodes.append(node)
        self._stack.append(node)
        if found.number:
            self._last[found.level] = self._inside[self._scope(found.level)] = found.number
        self._box_width = 0.0

    @staticmethod
    def _closes(new: Level, open_: Level) -> bool:
        return open_ >= new or (open_ >= Level.RUN_IN and new >= Level.RUN_IN)

    def _open_table(self, paragraph: Paragraph) -> None:
        """A table belongs to the clause above; when that is a measure complete in one paragraph, to its section."""
        caption = self._take_caption()
        if self._stack and self._stack[-1].level >= Level.RUN_IN:
            self._stack.pop()
        if len(self._stack) > 1 and not self._stack[-1].bare:
            self._stack.pop()
        title = caption.text if caption else ""
        node = Node(
            Heading(Level.TABLE, 0, "表", "", title), tuple(self._stack), [caption] if caption else []
        )
        node.paragraphs.append(replace(paragraph, text=" ".join(_cells(paragraph))))
        node.rows.append(_cells(paragraph))
        self.nodes.append(node)
        self._stack.append(node)

    def _take_caption(self) -> Paragraph | None:
        """The short line before a table, if it does not end a sentence."""
        paras = self._stack[-1].paragraphs if self._stack else []
        if len(paras) > 1 and len(paras[-1].text) <= 40 and headings.is_bare(paras[-1].text):
            return paras.pop()
        return None

    def _row(self, paragraph: Paragraph) -> bool:
        cells = _cells(paragraph)
        table = self._stack[-1]
        if cells[0] != str(len(table.rows)) or len(cells) < 2:
            return False
        table.rows.append(cells)
        return True

    def _body(self, paragraph: Paragraph) -> None:
        node = self._stack[-1]
        if node.level is Level.TABLE or (node.level is Level.BOX and self._leaves_box(paragraph)):
            self._stack.pop()
            # The body goes on: under a run-in heading of its own, or as a continuation of the clause.
            self._open(
                headings.run_in(paragraph.text) or Heading(Level.RUN_IN, 0, _CONTINUED, "", ""), paragraph
            )
            return
        if node.level is Level.BOX:
            self._box_width = max(self._box_width, *paragraph.widths, 0.0)
        node.paragraphs.append(paragraph)

    def _leaves_box(self, paragraph: Paragraph) -> bool:
        """A box has no end mark: the body goes on at the next indent that is set in the body's width."""
        if not paragraph.indent:
            return False
        widest = max(paragraph.widths, default=0.0)
        return not self._box_width or widest < self._box_width - 4 or len(paragraph.widths) == 1


def _cells(paragraph: Paragraph) -> tuple[str, ...]:
    """The cells of a flattened table row; spaces are all that is left of the columns."""
    return tuple(restore(cell) for cell in paragraph.raw.split())


def _close(nodes: list[Node]) -> tuple[list[Node], list[Paragraph]]:
    """Take the closing paragraphs off the last clause of the main text."""
    annex = next((at for at, node in enumerate(nodes) if node.level is Level.ANNEX), len(nodes))
    main = nodes[:annex]
    if not main:
        return nodes, []
    last = main[-1]
    alike = [n for n in main[:-1] if n.level is last.level and not n.bare]
    single = sum(len(n.paragraphs) == 1 for n in alike)
    one_paragraph = len(alike) >= 3 and single >= 0.8 * len(alike) and not last.bare
    last.paragraphs, closing = split_closing(last.paragraphs, one_paragraph)
    return nodes, closing


def _clauses(
    header: Sequence[Paragraph],
    preamble: Sequence[Paragraph],
    nodes: Sequence[Node],
    closing: Sequence[Paragraph],
    number: str,
) -> Iterator[Clause]:
    parts = list(_with_run_ins(nodes))
    through = _numbered_through(parts)
    edge = _Edges(number)
    if header:
        yield edge.clause(Kind.HEADER, "题头", header)
    if preamble:
        yield edge.clause(Kind.PREAMBLE, "引言", preamble)
    paths: dict[int, str] = {}
    closed = False
    for node in parts:
        if node.level is Level.ANNEX and closing and not closed:
            closed = True
            yield edge.clause(Kind.CLOSING, "末段", closing)
        paths[id(node)] = _unique(_path(node, paths), set(paths.values()))
        yield _clause(node, ClauseRef(number, paths[id(node)]), through)
    if closing and not closed:
        yield edge.clause(Kind.CLOSING, "末段", closing)


@dataclass(frozen=True, slots=True)
class _Edges:
    number: str

    def clause(self, kind: Kind, path: str, paras: Sequence[Paragraph]) -> Clause:
        text = "\n".join(p.text for p in paras)
        return Clause(ClauseRef(self.number, path), kind, path, path, text, departments=departments(text))


def _with_run_ins(nodes: Sequence[Node]) -> Iterator[Node]:
    """Split off paragraphs that open with run-in headings, where a clause has two or more (to be sure)."""
    starts = {id(node): _run_in_starts(node) for node in nodes}
    times: Counter[int] = Counter()
    for node in nodes:
        owner = node.above[-1] if node.level is Level.RUN_IN and node.above else node
        times[id(owner)] += len(starts[id(node)]) + (node.level is Level.RUN_IN)
    for node in nodes:
        owner = node.above[-1] if node.level is Level.RUN_IN and node.above else node
        if starts[id(node)] and times[id(owner)] >= 2:
            yield from _split_run_ins(node, owner, starts[id(node)])
        else:
            yield node


def _run_in_starts(node: Node) -> list[tuple[int, Heading]]:
    if node.level in (Level.BOX, Level.TABLE) or (node.level < Level.RUN_IN and not node.bare):
        return []
    found = [(at, headings.run_in(paragraph.text)) for at, paragraph in enumerate(node.paragraphs) if at]
    return [(at, heading) for at, heading in found if heading]


def _split_run_ins(node: Node, owner: Node, starts: Sequence[tuple[int, Heading]]) -> Iterator[Node]:
    paras = node.paragraphs
    node.paragraphs, owner.has_children = paras[: starts[0][0]], True
    yield node
    ends = [at for at, _ in starts[1:]] + [len(paras)]
    for (begin, heading), end in zip(starts, ends, strict=True):
        yield Node(heading, (*owner.above, owner), paras[begin:end])


def _numbered_through(nodes: Sequence[Node]) -> set[Level]:
    """Levels whose numbers do not restart with the clause above: they are named 第16条 without the chapter."""
    seen: dict[Level, list[int]] = {}
    owners: dict[Level, set[int]] = {}
    for node in nodes:
        if not any(above.level is Level.ANNEX for above in node.above):
            seen.setdefault(node.level, []).append(node.heading.number)
            owners.setdefault(node.level, set()).add(id(node.above[-1]) if node.above else 0)
    # A list that stands in one clause only might restart in the next; where there are articles, 第1条 is theirs.
    below = Level.TABLE if Level.ARTICLE not in seen else Level.CN_PAREN
    return {
        level
        for level, numbers in seen.items()
        if level < below
        and len(set(numbers)) == len(numbers)
        and (len(owners[level]) > 1 or 0 in owners[level])
    }


def _clause(node: Node, ref: ClauseRef, through: set[Level]) -> Clause:
    text = "\n".join(p.text for p in node.paragraphs)
    return Clause(
        ref=ref,
        kind=_kind(node),
        label=_label(node, ref.path, through),
        title=_title(node),
        text=text,
        headings=tuple(_printed(above) for above in node.above),
        departments=departments(text),
        rows=tuple(node.rows),
    )


def _title(node: Node) -> str:
    """What the heading says; of an annex, the line below it."""
    named = node.paragraphs[1:2] if node.level is Level.ANNEX else []
    return node.heading.title or (named or node.paragraphs)[0].text[:40]


def _path(node: Node, paths: Mapping[int, str]) -> str:
    """The path of the clause above (run-in headings left out) and the node's own label."""
    above = next((paths[id(n)] for n in reversed(node.above) if n.level is not Level.RUN_IN), "")
    joint = "" if not above or node.level is Level.RUN_IN else "/"
    return above + joint + node.heading.label.replace(" ", "")


def _unique(path: str, taken: Collection[str]) -> str:
    """A number that comes twice in one scope (an annex, a misprint) gets a counter behind it."""
    name, times = path, 1
    while name in taken:
        times += 1
        name = f"{path}~{times}"
    return name


def _kind(node: Node) -> Kind:
    special = {Level.RUN_IN: Kind.RUN_IN, Level.BOX: Kind.BOX, Level.TABLE: Kind.TABLE}
    if node.level in special:
        return special[node.level]
    return Kind.HEADING if node.has_children or (len(node.paragraphs) == 1 and node.bare) else Kind.ITEM


def _label(node: Node, path: str, through: set[Level]) -> str:
    """How people name the clause: 第16条, 第(三)条, 专栏5; where numbers restart, the way down to it."""
    level, label = node.level, node.heading.label
    in_annex = any(above.level is Level.ANNEX for above in node.above)  # where numbers start anew
    if level in (Level.BOX, Level.ANNEX) or (label.startswith("第") and not in_annex):
        return label
    if in_annex and level is not Level.RUN_IN:
        return path.replace("/", "")
    if level is Level.CN and not node.above:
        return f"第{label}部分"
    if level in through and level in (Level.NUM, Level.CN_PAREN) and not node.has_children:
        return f"第{label}条"
    if level is Level.RUN_IN:
        owner, _, name = path.rpartition("#")
        return f"{owner.replace('/', '')}“{name}”"
    return label if level in through and level is not Level.TABLE else path.replace("/", "")


def _printed(node: Node) -> str:
    mark = node.heading.mark
    mark = mark.replace("（", "(").replace("）", ")")
    return mark + node.heading.title


def _plain(paras: Sequence[Paragraph], number: str) -> Iterator[Clause]:
    for at, paragraph in enumerate(paras, start=1):
        ref = ClauseRef(number, f"第{at}段")
        found = departments(paragraph.text)
        yield Clause(ref, Kind.PARAGRAPH, f"第{at}段", paragraph.text[:20], paragraph.text, departments=found)
