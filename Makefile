# Everything a newcomer or a check needs; `make` alone lists it.

# Debian's /bin/sh is enough; no bashisms here.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Python that .venv is made with; empty: the first of python3.13 … python3 that runs and is new enough.
PYTHON ?=
VENV := .venv/bin
STAMP := .venv/.stamp
UV := .lock/bin/uv
# Tests at the same time: most of their seconds are spent waiting for a timeout of the system under test.
JOBS ?= $(shell n=$$(( 2 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) )); [ $$n -le 12 ] && echo $$n || echo 12)
# Arguments for pytest: make test ARGS="tests/logs -x"
ARGS ?=

# A .venv holds absolute paths: it is made anew when the checkout was moved or copied, or when its Python is gone.
ifneq "$(shell test -x $(VENV)/python && cat $(STAMP) 2>/dev/null)" "$(CURDIR)"
.PHONY: $(STAMP)
endif

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(STAMP) ## a broken system, its logs and the way to the answer, in under a minute
	@tools/get-nginx
	@$(VENV)/lab demo

.PHONY: test
test: $(STAMP) ## all tests, in parallel (ARGS="…" goes to pytest); those that need nginx or a real Toxiproxy are skipped where none can be had
	@tools/get-nginx || true
	@tools/get-toxiproxy || true
	@$(VENV)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

.PHONY: bench
bench: $(STAMP) ## measure start-up, rounds and memory on this machine (ARGS="--markdown" for the README's table)
	@tools/get-nginx
	@tools/get-toxiproxy || true
	@PYTHONPATH=tests/support $(VENV)/python tests/bench/bench.py $(ARGS)

.PHONY: lint
lint: $(STAMP) ## ruff and mypy
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy --strict lab

.PHONY: images-offline
images-offline: $(STAMP) ## build all images of docker-compose.yml without pulling one (root, debootstrap and Go)
	@tools/images-offline

.PHONY: setup
setup: $(STAMP) ## only make .venv and fetch nginx
	@tools/get-nginx

.PHONY: lock
lock: $(UV) ## choose the newest versions that fit pyproject.toml, with hashes, for all Pythons and platforms
	@$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock

.PHONY: clean
clean: ## remove what the other targets made; rounds and their logs stay (`lab stop --purge` removes those)
	@rm -rf .venv .nginx .nginx.?????? .toxiproxy .toxiproxy.?????? .images .lock dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" tools/setup

$(UV):
	@python="$$(PYTHON="$(PYTHON)" tools/find-python)" && "$$python" -m venv --clear .lock
	@.lock/bin/python -m pip --quiet --disable-pip-version-check install uv
