.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
ARGS  ?=
TEXTS := $(wildcard src/qingyuan/locale/*/LC_MESSAGES/*.po src/qingyuan/console/*/locale/*/LC_MESSAGES/*.po)

.PHONY: help setup face demo test lint bench soak tour lock clean

help: ## list the recipes
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.ready $(VENV)/.texts face ## make .venv with qingyuan in it; safe to run again

$(VENV)/.ready: requirements.lock pyproject.toml tools/setup.sh
	@VENV="$(VENV)" bash tools/setup.sh
	@touch $@

$(VENV)/.texts: $(VENV)/.ready $(TEXTS)
	@$(BIN)/python -m qingyuan.cli.messages compile
	@touch $@

face: $(VENV)/.ready
	@PYTHON="$(BIN)/python" bash tools/frontend.sh

demo: setup ## run everything on measured data; ARGS=--once ends after two days of data
	@$(BIN)/qingyuan demo $(ARGS)

test: lint ## style, types, floors, every test, the console's on PostgreSQL too; ARGS=tests/ledger for a part
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)
	@if [ -z "$(ARGS)" ]; then bash tools/test_postgres.sh $(BIN); fi

lint: setup ## style, types, floors and file sizes only
	@bash tools/lint.sh $(BIN)

bench: setup ## measure speed beside peers in one run; writes docs/benchmarks.md
	@$(BIN)/python -m bench $(ARGS)

soak: setup ## long trials: kills and flipped bits; writes docs/soak.md
	@$(BIN)/python -m bench.soak $(ARGS)

tour: setup ## take pictures of the console's pages into docs/tour; ARGS=HOME for a home that is there
	@$(BIN)/python tools/tour.py $(ARGS)

lock: setup ## write requirements.lock anew from pyproject.toml
	@$(BIN)/python -m uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate -q -o requirements.lock \
	  || { echo "no lock was made; check that the package index can be reached, then: make lock"; exit 1; }

clean: ## remove everything that can be made again
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
