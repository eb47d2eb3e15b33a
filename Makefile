# `make book` builds the book, `make test` runs the tests. Each makes .venv by itself, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint requirements.lock --editable
PAGES := _build/html/index.html

.DEFAULT_GOAL := help
.PHONY: help book test batch archive lint clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

book: $(VENV)/book.stamp  ## build the book from the committed runs into _build/html (no torch, no data set)
	$(BIN)/jupyter-book build -W -n --keep-going book/
	@test -f $(PAGES)
	@echo "The book: $(CURDIR)/$(PAGES)"

test: $(VENV)/dev.stamp  ## run the tests (installs torch)
	$(BIN)/python -m pytest -n auto --dist loadfile -q

batch: $(VENV)/dev.stamp  ## train and execute every chapter small (regime smoke), in a temporary folder
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	REGNET_RUNS="$$folder/runs" REGNET_WORK="$$folder/work" $(BIN)/regnet batch smoke -p train true -p n 2

archive:  ## pack the populations with their checksums into _build/regnet-runs.tar.gz
	@new="$$(git ls-files --others --exclude-standard runs)"; test -z "$$new" || { echo "git add these first: $$new"; exit 1; }
	@mkdir -p _build && cd runs && git ls-files -z | LC_ALL=C sort -z | xargs -0 sha256sum > ../_build/SHA256SUMS
	@git ls-files -z runs LICENSES/runs.txt CITATION.cff | LC_ALL=C sort -z | tar --create --null --files-from=- \
		--mtime=@0 --owner=0 --group=0 --numeric-owner --transform 's,^,regnet-runs/,' --file _build/regnet-runs.tar
	@tar --append --file _build/regnet-runs.tar --directory _build --mtime=@0 --owner=0 --group=0 --numeric-owner \
		--transform 's,^,regnet-runs/runs/,' SHA256SUMS
	@gzip --no-name --force _build/regnet-runs.tar && cd _build && sha256sum regnet-runs.tar.gz

lint: $(VENV)/dev.stamp  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:  ## remove the built book; .venv stays
	rm -rf _build

# A stamp is younger than what it was made from exactly when nothing is left to install.
$(VENV)/book.stamp: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) '.[book]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml requirements.lock | $(BIN)/python
	$(PIP) '.[dev]'
	@touch $(VENV)/book.stamp $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {v[0]}.{v[1]}: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
