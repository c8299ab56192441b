"""The rules of docs/architecture.md that a reader could break without noticing, held over `ast`.

Each rule carries a line that breaks it and a line that does not, so that a blind rule fails too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("index", "assistant", "eval", "tests")
PICKLES = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve"}


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every absolute import; `from a import b` is `a.b`, since b may be a module."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from ((node.lineno, f"{module}.{name.name}") for name in names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield node.lineno, name


def importing(*tops: str) -> Callable[[ast.AST], Iterator[int]]:
    return lambda tree: (line for line, name in imports(tree) if name.split(".")[0] in tops)


def importing_langchain(tree: ast.AST) -> Iterator[int]:
    return (line for line, name in imports(tree) if name.startswith(("langchain", "langgraph", "langsmith")))


def unpickling(tree: ast.AST) -> Iterator[int]:
    yield from importing(*PICKLES)(tree)
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                yield node.lineno
            case ast.Attribute(attr="read_pickle" | "to_pickle"):
                yield node.lineno


def printing(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                yield node.lineno


def reading_environment(tree: ast.AST) -> Iterator[int]:
    names = {"environ", "environb", "getenv", "putenv", "unsetenv"}
    yield from (line for line, name in imports(tree) if name in {f"os.{name}" for name in names})
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in names:
                yield node.lineno


def catching_everything(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.ExceptHandler(type=None):
                yield node.lineno
            case ast.ExceptHandler(type=caught):
                names = {name.id for name in ast.walk(caught) if isinstance(name, ast.Name)}
                if names & {"Exception", "BaseException"}:
                    yield node.lineno


def asking_the_clock(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                value=ast.Name(id=base) | ast.Attribute(attr=base), attr="today" | "now" | "utcnow"
            ):
                if base in ("date", "datetime"):
                    yield node.lineno


def under(path: str, *places: str) -> bool:
    """Whether `path` is one of `places`: a file, a folder (ending in /), or the start of a module name."""
    return path.startswith(places)


def is_main(path: str) -> bool:
    return path.endswith("/__main__.py") or path == "app.py"


@dataclass(frozen=True)
class Rule:
    """`finds` gives the lines that break the rule, in the files that are `bound` by it."""

    says: str
    bound: Callable[[str], bool]
    finds: Callable[[ast.AST], Iterator[int]]
    broken: tuple[str, str]
    kept: tuple[str, str]

    def breaches(self, path: str, tree: ast.AST) -> list[str]:
        return [f"{path}:{line}" for line in self.finds(tree)] if self.bound(path) else []


LANGCHAIN_PLACES = (
    "assistant/retrieve",
    "assistant/compose/model",
    "assistant/converse",
    "eval/peers/",
    "tests/",
)

RULES = [
    Rule(
        "index imports nothing of ours",
        lambda path: under(path, "index/"),
        importing("assistant", "eval", "tests", "app"),
        ("index/store.py", "def f():\n    from assistant.types import Answer"),
        ("index/store.py", "from index.types import Hit\nfrom .types import Clause"),
    ),
    Rule(
        "assistant imports index, and of ours nothing else",
        lambda path: under(path, "assistant/", "app.py"),
        importing("eval", "tests"),
        ("assistant/session.py", "import eval.measures"),
        ("assistant/session.py", "from index.types import Hit"),
    ),
    Rule(
        "gradio only in assistant/ui and app.py",
        lambda path: not under(path, "assistant/ui", "app.py", "tests/"),
        importing("gradio", "gradio_client"),
        ("assistant/render.py", "import gradio as gr"),
        ("assistant/ui/chat.py", "import gradio as gr"),
    ),
    Rule(
        "langchain only in retrieve, compose/model, converse and the peers",
        lambda path: not under(path, *LANGCHAIN_PLACES),
        importing_langchain,
        ("assistant/compose/extractive.py", "from langchain_core.prompts import PromptTemplate"),
        ("assistant/retrieve.py", "from langchain_core.retrievers import BaseRetriever"),
    ),
    Rule(
        "nothing is unpickled",
        lambda path: True,
        unpickling,
        ("index/store.py", "numpy.load(file, allow_pickle=True)"),
        ("index/store.py", "numpy.load(file, allow_pickle=False)"),
    ),
    Rule(
        "print only in __main__ and app.py",
        lambda path: not is_main(path) and not under(path, "tests/"),
        printing,
        ("index/reader.py", "print('read')"),
        ("index/__main__.py", "print('read')"),
    ),
    Rule(
        "the environment is read in assistant/settings.py only",
        lambda path: not under(path, "assistant/settings.py", "tests/"),
        reading_environment,
        ("index/store.py", "import os\nfolder = os.environ['POLICY_INDEX_DIR']"),
        ("assistant/settings.py", "import os\nfolder = os.environ['POLICY_INDEX_DIR']"),
    ),
    Rule(
        "whatever goes wrong is caught in assistant/session.py and at a model's door only",
        lambda path: not under(path, "assistant/session.py", "assistant/compose/model", "tests/"),
        catching_everything,
        ("assistant/cite.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
        ("assistant/cite.py", "try:\n    f()\nexcept OSError:\n    pass"),
    ),
    Rule(
        "today is an argument; entry points alone ask the clock",
        lambda path: not is_main(path) and not under(path, "assistant/settings.py", "assistant/ui", "tests/"),
        asking_the_clock,
        ("assistant/decide.py", "import datetime\ntoday = datetime.datetime.now()"),
        ("assistant/decide.py", "today = settings.today()"),
    ),
]


@cache
def sources() -> dict[str, ast.Module]:
    """Every Python file of ours, parsed, by its path from the root."""
    files = [ROOT / "app.py", *(file for top in OURS for file in sorted((ROOT / top).rglob("*.py")))]
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"), file)
        for file in files
        if file.exists()
    }


def test_there_is_something_to_look_at() -> None:
    assert {path.split("/")[0] for path in sources()} >= {*OURS}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    assert [place for path, tree in sources().items() for place in rule.breaches(path, tree)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_the_rule_sees_a_breach_and_only_a_breach(rule: Rule) -> None:
    (bad_path, bad), (good_path, good) = rule.broken, rule.kept
    assert len(rule.breaches(bad_path, ast.parse(bad))) == 1
    assert rule.breaches(good_path, ast.parse(good)) == []
