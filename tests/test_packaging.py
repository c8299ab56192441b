"""pyproject.toml, requirements.lock and what the code imports say the same."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("index", "assistant", "eval")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK_LINES = [
    line
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PINS = {canonicalize_name(Requirement(line).name): Requirement(line) for line in LOCK_LINES}
EXTRAS = PROJECT["optional-dependencies"]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def closure(roots: set[str]) -> set[str]:
    """What `roots` need, and what that needs, as the installed packages declare it for this machine."""
    seen: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            needs = [Requirement(text) for text in distribution(name).requires or []]
        except PackageNotFoundError:
            continue
        todo += [
            canonicalize_name(need.name)
            for need in needs
            if not need.marker or need.marker.evaluate({"extra": ""})
        ]
    return seen


def test_the_lock_pins_exact_versions_and_names_no_place() -> None:
    for line in LOCK_LINES:
        assert re.fullmatch(r'[\w.-]+==[\w.]+(; python_version >= "[\d.]+")?', line), line


def test_the_lock_is_sorted_and_has_no_package_twice() -> None:
    assert list(PINS) == sorted(PINS) and len(PINS) == len(LOCK_LINES)


def test_everything_declared_is_pinned_within_its_bounds() -> None:
    for line in PROJECT["dependencies"] + EXTRAS["dev"]:
        declared = Requirement(line)
        (pin,) = PINS[canonicalize_name(declared.name)].specifier
        assert declared.specifier.contains(pin.version), line


def test_what_is_pinned_needs_nothing_that_is_not() -> None:
    needed = closure(names(PROJECT["dependencies"] + EXTRAS["dev"]))
    # A build of torch for another accelerator brings packages of its own, which it pins itself.
    assert {name for name in needed if not name.startswith(("nvidia-", "cuda-", "triton"))} <= set(PINS)


# Import names of the extra `peers` that a machine without it cannot look up.
PEERS_OWNERS = {"haystack": ["haystack-ai"], "llama_index": ["llama-index-core"]}


def test_every_import_of_ours_is_a_declared_dependency() -> None:
    declared = names(PROJECT["dependencies"] + EXTRAS["peers"])
    # What is measured with a browser is measured where the tests run.
    for_bench = declared | names(EXTRAS["dev"])
    owners = PEERS_OWNERS | packages_distributions()
    undeclared = [
        f"{file.relative_to(ROOT)} imports {top}"
        for file in [ROOT / "app.py", *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]
        for top in imported_packages(ast.parse(file.read_text(encoding="utf-8")))
        if not {canonicalize_name(owner) for owner in owners.get(top, [top])}
        & (for_bench if file.is_relative_to(ROOT / "eval" / "bench") else declared)
    ]
    assert undeclared == []


def imported_packages(tree: ast.AST) -> set[str]:
    """Top-level names of the imports that are neither ours nor Python's."""
    modules: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                modules |= {alias.name.split(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module.split(".")[0])
    return modules - set(sys.stdlib_module_names) - {*FOLDERS}
