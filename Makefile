# The one definition of good: everything a person or a build machine runs stands here.
# Needs Python 3.11 or newer (with venv and pip), git and make; the rest is set up in .venv.

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name >/dev/null 2>&1 \
	&& $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$name; break; }; done)
VENV ?= .venv
RUN := $(VENV)/bin/python
PINNED := $(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt
WEB_MODULES := web/node_modules/.package-lock.json
NODE_CLIENTS := tests/clients/node_modules/.package-lock.json
ARGS ?=
MINUTES ?= 4
SINCE ?=
unexport PYTHONDONTWRITEBYTECODE # tests start hundreds of processes: none has to compile the package anew
BROWSERS := $(CHROMIUM) chromium chromium-browser google-chrome-stable google-chrome

.DEFAULT_GOAL := help
.PHONY: help demo test proof seeds kills serving clients browser databases web webcheck page pictures lint format types imports check bench \
	pins map clean

help:  ## lists what can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

# --- setting up: each stamp is remade only when what it was made from has changed ---------------

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found; \
	say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "$(PYTHON) is older than Python 3.11; say which to use: make PYTHON=…" >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once; a few minutes) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "Could not make $(VENV): this Python has no venv or pip." >&2; exit 1; }

$(VENV)/.pip: $(VENV)/bin/python
	@$(RUN) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.demo: $(VENV)/.pip pyproject.toml constraints.txt
	@$(PINNED) -e '.[demo]'
	@touch $@

$(VENV)/.test: $(VENV)/.demo
	@$(PINNED) --group test
	@touch $@

$(VENV)/.clients: $(VENV)/.test
	@$(PINNED) --group clients
	@touch $@

$(NODE_CLIENTS): tests/clients/package-lock.json tests/clients/package.json tests/clients/.npmrc
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed: \
	no npm was found." >&2; exit 1; }
	@cd tests/clients && npm ci --silent
	@touch $@

$(VENV)/.page: $(VENV)/.test
	@$(PINNED) --group page
	@touch $@

$(WEB_MODULES): web/package-lock.json web/package.json web/.npmrc
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed: \
	no npm was found." >&2; exit 1; }
	@cd web && npm ci --silent --ignore-scripts
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	@$(PINNED) --group dev
	@touch $@

# --- for everybody ------------------------------------------------------------------------------

demo: $(VENV)/.demo  ## the main job on real data; ARGS="--no-serve" passes arguments on
	@$(RUN) tools/build_page.py || echo "Without the page, then: the API works." >&2
	@$(VENV)/bin/shoal demo $(ARGS)

test: $(VENV)/.test  ## the tests; ARGS="tests/engine -x" narrows them
	$(RUN) -m pytest -n 2 --dist worksteal $(ARGS)

# --- for those who change it --------------------------------------------------------------------

proof: $(VENV)/.page web  ## the tests with many more generated cases, slow ones too: an hour or two
	$(RUN) -m pytest -n 2 --dist worksteal --hypothesis-profile=proof $(ARGS)
	$(RUN) -m pytest -n 2 --dist worksteal -m "browser and slow" $(ARGS)

seeds: $(VENV)/.test  ## the property tests with ever new seeds, for MINUTES=4; SINCE=commit
	$(RUN) tools/seeds.py $(MINUTES) $(if $(SINCE),--since $(SINCE))

kills: $(VENV)/.test  ## the store killed at every point there is
	$(RUN) -m pytest -n 2 --dist worksteal -m "slow and not clients" -k kill $(ARGS)

serving: $(VENV)/.test  ## whole servers, their processes beside, and what becomes of them
	$(RUN) -m pytest -n 2 --dist loadfile -m "serving and not slow" $(ARGS)

clients: $(VENV)/.clients $(NODE_CLIENTS)  ## other people's clients against `shoal serve`
	$(RUN) -m pytest -m clients $(ARGS)

browser:  ## installs Chromium from Debian's packages (as root), where there is no browser yet
	@for name in $(BROWSERS); do command -v $$name && exit; done; \
	command -v apt-get >/dev/null || { echo "There is no apt-get here: install Chromium and say \
	where it is: CHROMIUM=/path make clients" >&2; exit 1; }; \
	test "$$(id -u)" = 0 || { echo "No browser was found, and only root may install one: \
	apt-get install chromium" >&2; exit 1; }; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends chromium >/dev/null && command -v chromium

databases:  ## installs PostgreSQL and MariaDB from Debian's packages (as root), where they are not
	@test -n "$$(command -v postgres || ls /usr/lib/postgresql/*/bin/postgres 2>/dev/null)" && \
	test -x /usr/sbin/mariadbd && exit; \
	command -v apt-get >/dev/null || { echo "There is no apt-get here: install PostgreSQL and \
	MariaDB; tests that need one are skipped." >&2; exit 1; }; \
	test "$$(id -u)" = 0 || { echo "Only root may install them: \
	apt-get install postgresql mariadb-server-core" >&2; exit 1; }; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends postgresql mariadb-server-core >/dev/null

web: $(VENV)/.test  ## builds the page into the package, if it has changed
	$(RUN) tools/build_page.py

webcheck: $(VENV)/.test $(WEB_MODULES) web  ## the page: what it knows of the API, types, tests, size
	$(RUN) tools/openapi.py --check
	cd web && npm run --silent api -- --check && npm run --silent types && \
	npm test --silent && npm run --silent sizes

page: $(VENV)/.page web  ## the page in a real browser, installed as anybody would
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "browser and not slow" $(ARGS)

pictures: $(VENV)/.page web  ## every screen photographed in ARGS="FOLDER", to be looked at
	$(RUN) -m tools.pictures $(ARGS)

lint: $(VENV)/.dev  ## formatting and rules of style, changing nothing
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .

format: $(VENV)/.dev  ## formats, and mends what can be mended safely
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

types: $(VENV)/.dev  ## pyright, strict over the package
	$(VENV)/bin/pyright --pythonpath $(RUN)

imports: $(VENV)/.test  ## the rooms import only downwards
	$(VENV)/bin/lint-imports --no-cache

check: lint types imports serving test  ## everything that must hold before a change goes in

bench: $(VENV)/.dev  ## the measurements; ARGS="segments --events 10_000_000"
	$(RUN) -m bench $(or $(ARGS),segments --events 10_000_000)

pins: $(VENV)/.dev  ## writes constraints.txt from fresh environments of each Python named in PYTHONS
	$(RUN) tools/pins.py $(or $(PYTHONS),$(PYTHON))

map: $(VENV)/.test  ## writes the room map of docs/architecture.md from pyproject.toml
	$(RUN) tools/room_map.py

clean:  ## removes what was set up or made here
	rm -rf $(VENV) .pytest_cache .hypothesis .ruff_cache .import_linter_cache bench/data \
	tests/clients/node_modules web/node_modules src/shoal/_web
