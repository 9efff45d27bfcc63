# `make scan` and `make test` work on a bare Debian machine with Python 3.11 or later, git and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-is-installed
DEV := $(VENV)/.dev-is-installed

.DEFAULT_GOAL := help
.PHONY: help scan demo test coverage test-hosts differential soak trestle check docs debian-packages lint types imports benchmarks lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

scan: $(RUN)  ## set up and scan this very machine; 1 (something fails) and 3 (could not look everywhere) are answers
	@$(BIN)/annexa scan --report annexa-report.html; status=$$?; \
	if [ $$status -eq 1 ] || [ $$status -eq 3 ]; then exit 0; else exit $$status; fi

demo: $(DEV)  ## set up, make an estate in a pretended AWS, and scan it twice; no account is needed
	$(BIN)/python -m demo

test: $(DEV) debian-packages  ## set up and run every test
	$(BIN)/pytest -n auto --dist worksteal

coverage: $(DEV) debian-packages  ## run every test and see that no branch of what judges and keeps was missed
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term --cov-fail-under=100

soak: $(DEV) debian-packages  ## run what takes too long for every run: the whole tampering campaign, load and storms
	$(BIN)/pytest -n auto -m soak

test-hosts: $(DEV)  ## make real hosts (as root: debootstrap, systemd-nspawn): what is planted must be found, and the service must run
	$(BIN)/pytest -n0 -m hosts tests/hosts

differential: $(DEV)  ## ask OpenSCAP and Lynis about the same hosts, and write docs/sources/hosts-differential.md
	$(BIN)/python -m tests.hosts.differential

trestle: $(DEV)  ## import our OSCAL into compliance-trestle, which gets an environment of its own (it pins another paramiko)
	$(PYTHON) -m venv build/trestle
	build/trestle/bin/pip install --quiet compliance-trestle==5.2.0
	$(BIN)/python -m tests.exports.trestle build/trestle/bin/trestle

check: $(DEV) lint types imports coverage  ## everything a commit must pass

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy .

imports: $(DEV)
	$(BIN)/lint-imports

benchmarks: $(DEV)  ## measure, each figure as a ratio to a stated floor
	$(BIN)/python -m benchmarks.checks
	$(BIN)/python -m benchmarks.sealing
	$(BIN)/python -m benchmarks.appending
	$(BIN)/python -m benchmarks.verifying
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.time_travel
	$(BIN)/python -m benchmarks.drift
	$(BIN)/python -m benchmarks.export
	$(BIN)/python -m benchmarks.people
	$(BIN)/python -m benchmarks.aws_scan
	$(BIN)/python -m benchmarks.azure
	$(BIN)/python -m benchmarks.gcp
	$(BIN)/python -m benchmarks.ssh_fleet
	$(BIN)/python -m benchmarks.service
	$(BIN)/python -m benchmarks.directory
	$(BIN)/python -m benchmarks.rest

docs: $(DEV)  ## write docs/checks.md from the checks
	$(BIN)/python -m docs.generate

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate --upgrade

lock: $(DEV)  ## resolve the dependencies anew into requirements/
	$(LOCK) requirements/build.in -o requirements/build.txt
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) pyproject.toml --extra all -c requirements/run.txt -o requirements/all.txt
	$(LOCK) pyproject.toml --all-extras --group dev -c requirements/all.txt -o requirements/dev.txt

debian-packages:
	@sh tests/install-debian-packages.sh

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or later is needed; name one with: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
		if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -yq --no-install-recommends python3-venv; \
		else echo "error: python3 cannot make a virtual environment; as root: apt-get install python3-venv" >&2; exit 2; fi; \
		$(PYTHON) -m venv $(VENV); }

$(RUN): $(BIN)/python requirements/run.txt requirements/build.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

clean:  ## remove the virtual environment and what tools left behind; never the evidence
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
