.DEFAULT_GOAL := help
SHELL := /bin/bash
PY    ?= python3
VENV  := .venv
BIN   := $(VENV)/bin
ARGS  ?=

.PHONY: help setup demo test lint bench soak lock clean

help: ## list the recipes
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## make .venv with qingyuan in it (idempotent)

$(VENV)/.ready: requirements.lock pyproject.toml tools/setup.sh
	@PY="$(PY)" VENV="$(VENV)" bash tools/setup.sh
	@touch $@

demo: setup ## run everything on measured data; ARGS=--once ends after two days of data
	@$(BIN)/qingyuan demo $(ARGS)

test: setup lint ## lint, types, floors, then every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: setup ## ruff, mypy, import-linter, file sizes
	@$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache >/dev/null && $(BIN)/python tools/sizes.py

bench: setup ## measure speed beside peers in one run; writes docs/benchmarks.md
	@$(BIN)/python -m bench $(ARGS)

soak: setup ## long trials: kills, mutations; writes docs/soak.md
	@$(BIN)/python -m bench.soak $(ARGS)

lock: ## renew requirements.lock (needs uv)
	@uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock

clean: ## remove what can be made again
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .hypothesis
