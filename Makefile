# make run      the headline experiment, from nothing to a report
# make install  the environment alone, in .venv (a second call does nothing)
# make explore  the explorer in the browser (its front end adds 0.4 GB; make install-explorer only installs it)
# make test     the whole test suite          make lint   style and types
# make nightly  the few tests that take long and seldom find anything
# make readme   the tables of README.md       make reference  results/reference: the small outputs of the headline
# make clean    everything that make and runs left, results/ apart
# Another Python, other options:  make run PYTHON=python3.12 ARGS="seeds=20"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EXPLORER := $(VENV)/.explorer
KERNELS := $(VENV)/.kernels
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: run explore install install-explorer test nightly lint readme reference clean

run: $(KERNELS)
	$(BIN)/crosscluster experiment experiment=eaeu_programme $(ARGS)

explore: $(KERNELS) $(EXPLORER)
	$(BIN)/crosscluster explore $(ARGS)

install: $(INSTALLED)

install-explorer: $(EXPLORER)

test: $(KERNELS)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

nightly: $(KERNELS)
	$(BIN)/python -m pytest -m nightly $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

readme: $(INSTALLED)
	$(BIN)/python -m tests.test_readme && $(BIN)/python -m tests.test_docs && $(BIN)/python -m tests.test_results_files && $(BIN)/python -m tests.test_instrument_docs && $(BIN)/python -m tests.test_facts_docs

reference: $(KERNELS)
	folder=$$($(BIN)/crosscluster experiment experiment=eaeu_programme | tail -n 1) && mkdir -p results/reference && \
	cp $$folder/effects.csv $$folder/claims.csv $$folder/minister.csv $$folder/doses.json results/reference/ && \
	cp $$folder/doses.json configs/solved/eaeu_programme.json && \
	cp $$folder/figures/forest.png results/reference/headline.png && \
	cp $$folder/figures/path_innovations.png $$folder/figures/who_pays_who_gains.png $$folder/figures/funnel.png results/reference/

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find agents sim scenarios rivals tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# hatchling first and no build isolation: from then on an install needs no network when nothing is missing.
# Some systems split venv's pip off Python; there the system's own pip puts one into .venv.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or later is needed, $(PYTHON) is {v}: make PYTHON=...")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	$(PIP) hatchling
	$(PIP) --no-build-isolation --editable ".[dev]"
	@touch $@

$(EXPLORER): $(INSTALLED)
	$(PIP) --no-build-isolation --editable ".[dev,explorer]"
	@touch $@

# numba's cache does not notice a change in another module: one changed source, and every kernel is compiled anew.
$(KERNELS): $(INSTALLED) $(wildcard agents/*.py sim/*.py scenarios/*.py)
	@find agents sim scenarios rivals tests -name '*.nb[ic]' -exec rm -f {} +
	@touch $@
