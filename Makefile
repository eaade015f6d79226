# make bench: set up and run the pipeline down to the leaderboard
# make test:  set up and pass the tests
# make lint, make types, make docs: what else has to pass; make check runs all
# Python 3.11 or newer must be on the PATH; PYTHON names another one.

PYTHON ?= python3
BIN := .venv/bin
BENCHMARKS := scoring labels attribution memory stores kinematics samples identification stepper guarding near_duplicates processes interval_coverage
# Tests of one file share what they set up, so they stay together.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile
export DVC_NO_ANALYTICS := 1
export NO_MKDOCS_2_WARNING := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup bench test test-slow test-all lint types docs docs-serve check benchmarks generate clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup: .venv/installed

# torch is named by itself, so that a file of it that lies on disk is taken before a larger build.
.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=24"
	$(BIN)/python -m pip install --quiet "$$(grep -E '^torch==' constraints.txt)"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

bench: setup
	@$(BIN)/python scripts/pipeline.py

test: setup
	$(PYTEST) -m "not slow"

test-slow: setup
	$(PYTEST) -m slow

test-all: setup
	$(PYTEST)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

docs: setup
	$(BIN)/mkdocs build --strict --quiet

docs-serve: setup
	$(BIN)/mkdocs serve

check: lint types docs test

benchmarks: setup
	@for name in $(BENCHMARKS); do $(BIN)/python benchmarks/$$name.py || exit 1; done

generate: setup
	$(BIN)/twinbench generate so101-synth

clean:
	rm -rf .venv site data
