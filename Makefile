# `make demo` and `make test` work in a fresh clone with git, make and Python 3.11 or later; everything else comes from PyPI
# into .venv/ and .tools/. Outside of the checkout nothing is written but the data folder and uv's cache.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help install demo test check bench docs peers clean
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

install: .venv/.installed ## everything into .venv, orderwire included
	@:

demo: install ## the whole story in a browser; prints where to click
	@$(BIN)/orderwire demo

test: install ## all tests, in parallel; ARGS="tests/pure -k x12" narrows them
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup $(ARGS)

check: install ## style, types, layers, and that migrations and documents are in step with the code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >.venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@$(BIN)/python -m orderwire.database $(BIN)/python -m django makemigrations --check --dry-run --settings orderwire.settings
	@$(BIN)/python -m orderwire.database $(BIN)/python -m orderwire.documentation --check

bench: install ## measure; one JSON line per figure; ONLY=name runs one benchmark
	@$(BIN)/python -m orderwire.database $(BIN)/python -m bench $(ONLY)

docs: install ## write the generated references again
	@$(BIN)/python -m orderwire.database $(BIN)/python -m orderwire.documentation

# Programs of others that tests speak with, each in an environment of its own: GPL, so never a part of Orderwire.
peers: .tools/peers/tryton/.installed .tools/peers/pyas2/.installed ## a Tryton server and an AS2 partner for tests
	@:

.tools/peers/tryton/.installed: PACKAGES = 'trytond>=8.2,<8.3' 'trytond-purchase>=8.2,<8.3' 'proteus>=8.2,<8.3'
.tools/peers/pyas2/.installed: PACKAGES = 'pyas2lib>=1.4.4,<1.5'
.tools/peers/%/.installed: .venv/.installed
	@echo "Installing $* into .tools/peers" >&2
	@uv=$$(command -v uv || echo .tools/bin/uv); \
	"$$uv" venv --quiet --clear --python $(BIN)/python .tools/peers/$* && \
	"$$uv" pip install --quiet --python .tools/peers/$*/bin/python $(PACKAGES)
	@touch $@

clean: ## remove what install and the checks made; never data
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .schemathesis dist build

# The first Python that runs and is new enough: a name on the PATH may be a launcher of a version that is not there.
# uv is the one of the PATH, else one of our own in .tools/.
.venv/.installed: pyproject.toml uv.lock
	@set -e; \
	echo "Installing into .venv (once, about a minute)" >&2; \
	for python in python3.13 python3.12 python3.11 python3 python ""; do \
		test -n "$$python" || { echo "Orderwire needs Python 3.11 or later on the PATH." >&2; exit 1; }; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	uv=$$(command -v uv || echo .tools/bin/uv); \
	if ! test -x "$$uv"; then \
		$$python -m venv .tools >&2 || { echo "Install Python's venv (Debian: apt-get install python3-venv), or uv." >&2; exit 1; }; \
		.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'; \
	fi; \
	"$$uv" sync --quiet --frozen --python "$$($$python -c 'import sys; print(sys.executable)')"
	@touch $@
