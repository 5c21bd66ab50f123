# Doorstep. `make run` needs python3 (3.11 or newer) with its venv module, and make; nothing else.
# Everything it installs lands in .venv, node_modules and assets/dist of this folder; `make clean` sweeps it away.

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= data
# Tests at once: one more than processors, because those that start whole products wait a good part of their time.
TEST_PROCESSES ?= $(shell echo $$(( $$(nproc) + 1 )))

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# Node comes with the Python packages. NODE=/path/to/node (22 or newer, npm beside it) takes another one.
NODE ?= $(VENV)/bin/node
NPM ?= $(dir $(NODE))npm
# Node trusts the certificates of the machine as pip does, so that a house with a proxy of its own can install.
export NODE_USE_SYSTEM_CA ?= 1

ASSET_SOURCES := $(shell find assets -type f -not -path 'assets/dist/*' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-services soak bench preflight lint lock assets clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

run: .stamps/run .stamps/assets ## the product with demo data on http://localhost:$PORT (8000)
	@DEMO=1 DEBUG=0 PORT=$(PORT) PUBLIC_URL=http://localhost:$(PORT) DATA_DIR=$(DATA_DIR) exec $(PY) manage.py run

test: .stamps/dev .stamps/assets ## everything, browser tests included (ARGS="tests/loans -k stage" for a part)
	@CHROMIUM="$$(sh .ci/chromium $(PY))" && export CHROMIUM && \
	exec $(PY) -m pytest --no-migrations -n $(TEST_PROCESSES) --dist worksteal $(ARGS)

test-services: .stamps/dev .stamps/assets ## the same on PostgreSQL, Redis, S3 and clamd of its own, without the looks at pages in a browser
	@CHROMIUM="$$(sh .ci/chromium $(PY))" && export CHROMIUM && \
	DOORSTEP_BACK_ENDS=services exec $(PY) -m tests.services \
	    $(PY) -m pytest -p tests.services.plugin -n $(TEST_PROCESSES) --dist worksteal $(ARGS)

soak: .stamps/dev .stamps/assets ## long fault runs: 2,000 messages, 500 odd files, 1 GB, on either back end (an hour)
	@SOAK=1 DOORSTEP_BACK_ENDS="embedded services" exec $(PY) -m tests.services \
	    $(PY) -m pytest tests/faults/test_kills.py tests/faults/test_uploads.py tests/faults/test_odd_files.py \
	    tests/faults/test_limits.py tests/documents/test_exports.py --timeout=7200 $(ARGS)

bench: .stamps/dev .stamps/assets ## outbox, letters, uploads and the desk against something bare or small in the same run (ARGS="letters --rounds 5" for a part)
	@exec $(PY) -m tests.services $(PY) -m benchmarks $(ARGS)

preflight: .stamps/dev ## how often the hints on papers are right, on made papers they were not tuned on (ARGS=--no-ocr)
	@exec $(PY) -m benchmarks.preflight $(ARGS)

lint: .stamps/dev .stamps/assets ## every check that needs no test: style, types, imports, migrations, pages
	@exec sh .ci/lint $(PY)

lock: .stamps/dev .stamps/venv ## after a change to requirements*.in or package.json: write the locks anew
	$(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 --quiet $(LOCK_ARGS) -o requirements.txt requirements.in
	$(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 --quiet $(LOCK_ARGS) -c requirements.txt \
	    -o requirements-dev.txt requirements-dev.in
	$(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --python-version 3.11 --quiet $(LOCK_ARGS) -o requirements-texting.txt requirements-texting.in
	$(NPM) install --package-lock-only
	$(PY) .ci/locks.py

assets: .stamps/assets ## browser files from assets/ into assets/dist

clean: ## remove what was installed and built; the data folder stays
	rm -rf $(VENV) node_modules assets/dist staticfiles .stamps
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results

# --- Set-up, step by step; a step is done again when what it was made from has changed -------------------------

.stamps/venv:
	@sh .ci/python $(PYTHON)
	@test -x $(PY) && $(PY) -c '' 2>/dev/null || { echo "Making $(VENV) …" && $(PYTHON) -m venv --clear $(VENV); }
	@mkdir -p .stamps && touch $@

.stamps/run: requirements.txt .stamps/venv
	@echo "Installing Python packages …"
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@touch $@

.stamps/dev: requirements-dev.txt .stamps/run
	@echo "Installing Python packages for tests and checks …"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

.stamps/node: package-lock.json .npmrc .stamps/run
	@echo "Installing browser packages …"
	@$(NPM) ci --loglevel=error >/dev/null
	@touch $@

.stamps/assets: .stamps/node $(ASSET_SOURCES)
	@echo "Building browser files …"
	@$(NODE) assets/build.mjs
	@touch $@

# Stamps without what they stand for are worth nothing (say, after `rm -rf .venv`).
ifeq ($(wildcard $(PY)),)
$(shell rm -rf .stamps)
else
ifeq ($(wildcard node_modules/.package-lock.json),)
$(shell rm -f .stamps/node)
endif
ifeq ($(wildcard assets/dist),)
$(shell rm -f .stamps/assets)
endif
endif
