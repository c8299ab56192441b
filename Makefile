# Needs make and Python 3.11 or later, nothing else. Another interpreter: make run PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := index assistant eval app.py
# Tests side by side; a file of tests stays in one piece, because its tests share an app and a browser.
WORKERS ?= 2

.PHONY: help setup run test check bench peers figures

help:
	@echo "make run      install, build the index, start the app on http://127.0.0.1:7860"
	@echo "make test     install, run the whole test suite"
	@echo "make setup    install only"
	@echo "make check    formatting, lint, types"
	@echo "make bench    times and memory of index build and answers"
	@echo "make peers    what others would build, measured beside ours (installs the extra packages)"
	@echo "make figures  write the figures tables of the READMEs anew"

setup: $(STAMP)

# The stamp is younger than the lock once everything is installed, so nothing is repeated until the lock changes.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed; '$(PYTHON)' is missing or older. Try: make setup PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.lock
	@touch $(STAMP)

run: setup
	$(BIN)/python -m index build
	$(BIN)/python app.py

test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(CODE)

bench: setup
	$(BIN)/python -m eval.bench

peers: setup
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.lock -r requirements-peers.lock
	$(BIN)/python -m eval.peers.side_by_side --cases eval/cases/dev.jsonl

figures: setup
	$(BIN)/python -m eval figures
