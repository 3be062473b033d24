# Runs everything inside $(VENV), which is made on first use and brought up to date when
# pyproject.toml or constraints.txt have changed.
#
#   make demo PYTHON=python3.12     use this interpreter for a new environment
#   make test VENV=.venv-3.13       keep a second environment beside the first
#   make unit ARGS="-k rollout"     pass options to pytest
#   make unit JOBS=0                in one process, as debuggers like it

VENV ?= .venv
PYTHON ?=
ARGS ?=
JOBS ?= auto
PROGRAMS ?= 50300
SECONDS ?=
SEED ?= 1
RUNS ?= 10000

PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --constraint constraints.txt --no-build-isolation
EXAMPLE := examples/troubled-rollout/project.yaml
DEMO := build/demo

# The first that will do is taken; versions on which every engine can be built come first.
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.12 python3.11 python3 python3.13)

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
unexport PYTHONHOME PYTHONPATH

.PHONY: help demo test lint types contracts unit golden fuzz soak bench format clean

help: ## show this list
	@echo "make demo and make test set up everything they need in $(VENV)."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Exit code 1 says that the assessment found something, which is what it is for. A crash of the
# interpreter would end with 1 as well, therefore the file has to be there in the end.
assess = $(VENV)/bin/crm-rules assess $(EXAMPLE) $(1) || { code=$$?; [ $$code -eq 1 ] || exit $$code; }

demo: $(STAMP) ## assess the troubled example project
	@mkdir -p $(DEMO)
	@rm -f $(DEMO)/assessment.json
	@$(call assess)
	@$(call assess,--format json -o $(DEMO)/assessment.json)
	@test -s $(DEMO)/assessment.json
	@echo
	@echo "The same assessment for programs: $(DEMO)/assessment.json"

test: lint types contracts unit ## style, types, contracts and all tests

lint: $(STAMP) ## style (ruff)
	@$(PY) -m ruff check --quiet crm_rules tests
	@$(PY) -m ruff format --quiet --check crm_rules tests || { echo "Run make format."; exit 1; }

types: $(STAMP) ## types (mypy)
	@$(PY) -m mypy

contracts: $(STAMP) ## which room may import which (import-linter)
	@$(VENV)/bin/lint-imports --no-logo --no-cache

unit: $(STAMP) ## tests alone (pytest)
	@$(PY) -m pytest --quiet --numprocesses $(JOBS) --dist loadfile $(ARGS)

golden: $(STAMP) ## write the expected results of examples and reports anew, for review
	@CRM_RULES_WRITE_GOLDEN=1 $(PY) -m pytest --quiet tests/assessment/test_golden.py tests/assessment/test_plan_golden.py tests/report

fuzz: $(STAMP) ## compare the engines on random programs (PROGRAMS=50300 SEED=1 SECONDS=)
	@$(PY) -m tests.fuzz --programs $(PROGRAMS) --seed $(SEED) $(if $(SECONDS),--seconds $(SECONDS))

soak: $(STAMP) ## assess one project many times with durable-rules, and watch memory (RUNS=10000)
	@$(PY) -m tests.soak --runs $(RUNS)

bench: $(STAMP) ## measure the engines against hand-written rules and each other
	@$(PY) -m tests.bench

format: $(STAMP) ## bring the code into house style
	@$(PY) -m ruff check --quiet --fix crm_rules tests
	@$(PY) -m ruff format --quiet crm_rules tests

clean: ## remove the environment and everything that was built
	@if [ -f "$(VENV)/pyvenv.cfg" ]; then rm -rf "$(VENV)"; fi
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find crm_rules tests -name __pycache__ -prune -exec rm -rf {} +

define PROBE
import sys
if sys.version_info < (3, 11):
    sys.exit("is Python %d.%d, but 3.11 or later is needed" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)")
endef
export PROBE

# Only a folder that is a virtual environment already is emptied.
$(PY):
	@for python in $(CANDIDATES); do \
		if ! command -v "$$python" >/dev/null; then \
			reasons="$$reasons|  $$python: not found"; \
		elif reason=$$("$$python" -c "$$PROBE" 2>&1); then \
			clear=; if [ -f "$(VENV)/pyvenv.cfg" ]; then clear=--clear; fi; \
			echo "Making $(VENV) with $$("$$python" -V)."; \
			exec "$$python" -m venv $$clear "$(VENV)"; \
		else \
			reasons="$$reasons|  $$python: $$(echo "$$reason" | tail -n 1)"; \
		fi; \
	done; \
	{ echo "No suitable Python was found:$$reasons" | tr '|' '\n'; \
	echo "Python 3.11 or later is needed; PYTHON=/path/to/python chooses one."; } >&2; \
	exit 1

# Build tools first and from the same pins: nothing is fetched behind the back of constraints.txt.
$(STAMP): pyproject.toml constraints.txt $(PY)
	@echo "Installing into $(VENV); the first time takes a minute."
	@$(PIP) hatchling setuptools
	@$(PIP) --editable ".[dev]"
	@if ! $(PY) -c 'import sys; sys.exit(sys.version_info >= (3, 13))'; then \
		echo "Left out: the durable-rules engine, whose package needs Python 3.11 or 3.12 (crm-rules assess" \
			"--engine durable says what it takes here); everything else works."; \
	elif ! $(PIP) durable_rules >$(VENV)/durable.log 2>&1; then \
		echo "Left out: the durable-rules engine, which could not be built (it comes as source and needs a C compiler" \
			"and the Python headers; log: $(VENV)/durable.log); everything else works."; \
	fi
	@touch $@
