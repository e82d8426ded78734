# A handful of words. `make help` lists them.
PYTHON ?= python3
PY := .venv/bin/python
UV := .venv/bin/uv

.DEFAULT_GOAL := help
.PHONY: help install lock check test fmt bench

help:            ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sort | awk -F':.*## *' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/bin/uv:
	$(PYTHON) -m venv .venv && .venv/bin/pip install --quiet uv==0.13.9

install: .venv/bin/uv        ## everything a developer needs, from the lock files
	$(UV) pip sync --quiet --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable ./sdk

lock: .venv/bin/uv           ## lock files anew: hashes, and no registry's address
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --output-file requirements-dev.lock

check: install   ## ruff, mypy, the import law, the URL gate
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy config stack reports tracking accounts kit sdk/lablore
	.venv/bin/lint-imports
	$(PY) -m pytest -q tests/test_every_url_is_gated.py

fmt: install     ## put the code in order
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

test: install    ## every test, on a real PostgreSQL, Redis and browser
	$(PY) -m pytest -q -n 2
