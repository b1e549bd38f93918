# Every target does its own set-up: a virtual environment in .venv with everything installed.
SHELL := /bin/bash
PYTHON ?= python3
UV := .venv/bin/uv
AWB := .venv/bin/awb
JOBS ?= $(shell nproc)

.PHONY: help setup demo test test-quick test-agents lint docs bench prove prove-trust clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready ## make .venv with the core, all packs and the development tools

.venv/.ready: pyproject.toml uv.lock packs/*/pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version)"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv || { echo "the venv module is needed: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@test -x $(UV) || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@echo "installing the core and the packs ..."
	@$(UV) sync --all-packages --frozen --inexact
	@touch $@

demo: setup ## run the reference ladder over the twelve tasks in the local sandbox and show the heat map
	@$(AWB) run -w noop -w reference:partial -w reference:minimal -w reference:canonical \
	  --sandbox local --jobs $(JOBS) --out awb-runs/demo-$$(date +%Y%m%d-%H%M%S)
	@$(AWB) report latest --format html

test: setup ## all tests; Docker and browser tests need a daemon and chromium
	@.venv/bin/python -m pytest -n $(JOBS) --dist worksteal -m "not on_request" $(ARGS)

test-quick: setup ## the tests that need neither Docker nor a browser nor the network
	@.venv/bin/python -m pytest -n $(JOBS) -m "not docker and not browser and not network and not on_request" $(ARGS)

test-agents: setup ## the real agents that CI leaves out, for the size of their installations
	@.venv/bin/python -m pytest -m on_request tests/real_agents $(ARGS)

lint: setup ## formatting, lint, types, layers
	@.venv/bin/ruff format --check awb_core tests
	@.venv/bin/ruff check awb_core tests
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

docs: setup ## write the generated reference and build the pages into docs/_build
	@.venv/bin/python docs/generate.py
	@$(UV) run --no-sync --with "sphinx>=9,<9.1" --with "myst-parser>=5" --with furo \
	  python -m sphinx -W -q -b html docs docs/_build

bench: setup ## measure the engine beside bare calls; prints ratios
	@.venv/bin/python tests/bench/main.py $(ARGS)

prove: setup ## prove the ladder of every task, five repeats, on each sandbox; records the result in docs/
	@.venv/bin/python docs/prove.py --repeats 5 $(ARGS)

prove-trust: setup ## try every attack and mutant on every task; records the result in docs/
	@.venv/bin/python docs/prove_trust.py $(ARGS)

clean: ## remove .venv and what tools left behind
	rm -rf .venv dist build docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
