# `make book` builds the book, `make test` runs the tests. Each makes .venv by itself, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint requirements.lock --editable
PAGES := _build/html/index.html

.DEFAULT_GOAL := help
.PHONY: help book pdf test batch archive edition lint clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

book: $(VENV)/book.stamp  ## build the book from the committed runs into _build/html (no torch, no data set)
	$(BIN)/jupyter-book build -W -n --keep-going book/
	@test -f $(PAGES)
	@echo "The book: $(CURDIR)/$(PAGES)"

test: $(VENV)/dev.stamp  ## run the tests (installs torch)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -q $(TESTS)

batch: $(VENV)/dev.stamp  ## train and execute every chapter small (regime smoke), in a temporary folder
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	REGNET_RUNS="$$folder/runs" REGNET_WORK="$$folder/work" $(BIN)/regnet batch smoke -p train true -p n 2

archive: $(VENV)/book.stamp  ## pack the populations with their checksums into _build/regnet-runs.tar.gz
	@$(BIN)/regnet archive

pdf: book  ## print the pages as one PDF, _build/regnet-book.pdf (needs Chromium)
	@$(BIN)/regnet pdf

edition: pdf archive  ## all that is published: PDF, archive and laptop edition beside the pages, and these as _build/regnet-book.zip
	@REGNET_BASEURL="$${REGNET_BASEURL:+$${REGNET_BASEURL%/}/pocket/}" $(BIN)/regnet book pocket
	@$(BIN)/regnet edition

lint: $(VENV)/dev.stamp  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:  ## remove the built book; .venv stays
	rm -rf _build

# A stamp is younger than what it was made from exactly when nothing is left to install.
$(VENV)/book.stamp: pyproject.toml requirements.lock
	@$(WHOLE) || { $(NEW); }
	$(PIP) '.[book]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml requirements.lock
	@$(WHOLE) || { $(NEW); }
	$(PIP) '.[dev]'
	@touch $(VENV)/book.stamp $@

# What an interruption left is made again: pip is whole once the list of its files, which is written last, holds.
WHOLE = $(BIN)/python -c 'from importlib.metadata import files; assert all(f.locate().exists() for f in files("pip"))' 2> /dev/null
NEW = $(PYTHON) -c "$$READY" && rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

# So is a .venv whose Python is gone: without its stamps nothing in it counts as installed.
$(shell test ! -d $(VENV) || $(BIN)/python -c '' 2> /dev/null || rm -f $(VENV)/*.stamp)

define READY
import sys
version = ".".join(map(str, sys.version_info[:2]))
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {version}: make PYTHON=python3.12 ...")
try:
    from ensurepip import bootstrap
except ImportError:
    sys.exit(f"{sys.executable} makes no virtual environments: on Debian and Ubuntu, apt install python{version}-venv")
endef
export READY
