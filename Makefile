# Every task in this repository. Run `make` alone to list them.

STACK ?= dev
ARGS ?=
PYTHON ?= python3

venv_python := .venv/bin/python
sandbox := $(venv_python) -m sandbox
pytest := $(venv_python) -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

# Every command starts several Python processes, so let them share compiled bytecode.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup plan preview up refresh destroy outputs az recover kubectl charts inject timing test scenarios faults messages coverage check format docs bench states clean

help: ## List the targets
	@echo "make <target> [STACK=dev|staging|prod] [ARGS=\"arguments for Pulumi\"]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what is missing: the virtual environment and the Pulumi CLI; every other target does this too
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "error: there is no Python here. Install Python 3.11 or later, so that \`$(PYTHON)\` is on PATH." >&2; exit 1; }
	@$(PYTHON) -m tools.setup

plan: setup ## Show and draw the stack's addresses: who has what, how full it gets, what is free
	@$(venv_python) -m plan --stack $(STACK) $(ARGS)

preview: setup ## Show what `make up` would do to the stack, in the sandbox
	@$(sandbox) preview --stack $(STACK) -- $(ARGS)

up: setup ## Build the stack in the sandbox
	@$(sandbox) up --stack $(STACK) -- $(ARGS)

refresh: setup ## Update the stack's state from the sandbox
	@$(sandbox) refresh --stack $(STACK) -- $(ARGS)

destroy: setup ## Delete everything that the stack holds in the sandbox
	@$(sandbox) destroy --stack $(STACK) -- $(ARGS)

outputs: setup ## Print the stack's outputs
	@$(sandbox) outputs --stack $(STACK)

az: setup ## Run the Azure CLI on PATH against the simulated Azure: make az ARGS="aks list --output table"
	@$(sandbox) az -- $(ARGS)

recover: setup ## Adopt what an update of the stack made before it was killed; ARGS=--dry-run only says what
	@$(sandbox) run --stack $(STACK) -- $(abspath $(venv_python)) -m recovery --stack $(STACK) $(or $(ARGS),--yes)

kubectl: setup ## Run kubectl against the stack's cluster: make kubectl ARGS="get nodes,pods -A"
	@$(sandbox) kubectl --stack $(STACK) -- $(ARGS)

charts: setup ## Pull the Helm charts that the program uses; until then the sandbox uses stand-ins
	@$(sandbox) charts $(or $(ARGS),$$($(venv_python) -m tools.program_charts))

inject: setup ## Make the simulated Azure fail: make inject ARGS="add RetryableError --count 2"
	@$(sandbox) inject $(ARGS)

timing: setup ## Show how long the last update of the stack would have taken in Azure
	@$(sandbox) timing --stack $(STACK)

test: setup ## Run the tests, without the scenarios
	@$(venv_python) -m sandbox.clusters build
	@$(pytest) -m "not scenario" $(ARGS)

scenarios: setup ## Build, change and destroy every stack and scenario in the sandbox
	@$(venv_python) -m sandbox.clusters build
	@$(pytest) -m scenario $(ARGS)

faults: setup ## Try what docs/reliability.md lists, and print its table; ARGS=--quick tries a sample
	@$(venv_python) -m sandbox.clusters build
	@$(venv_python) -m tests.faults $(ARGS)

messages: setup ## Preview every stack file of the tests of settings, and print what came of it
	@$(venv_python) -m tests.messages $(ARGS)

coverage: setup ## Run all tests, scenarios included, and print what they cover
	@$(venv_python) -m sandbox.clusters build
	@$(pytest) --cov --cov-report term $(ARGS)

check: setup ## Run the linter, and check formatting, types and generated files
	@$(venv_python) -m ruff check .
	@$(venv_python) -m ruff format --check .
	@$(venv_python) -m pyright
	@$(venv_python) -m tools.docs --check
	@$(venv_python) -m sandbox.azure.resource_types_generator --check

format: setup ## Format the code and apply the linter's fixes
	@$(venv_python) -m ruff check --fix --quiet . || true
	@$(venv_python) -m ruff format .

docs: setup ## Regenerate the generated files
	@$(venv_python) -m tools.docs

bench: setup ## Compare previews: this program and a flat one, side by side
	@$(venv_python) -m sandbox.clusters build
	@$(venv_python) -m benchmarks $(ARGS)

states: setup ## Export dev, staging and prod for the upgrade tests: make states RELEASE=0.1.0
	@$(venv_python) -m sandbox.clusters build
	@$(venv_python) -m tools.upgrade_states $(RELEASE)

clean: setup ## Delete the sandbox: its simulated cloud and the state of all its stacks
	@$(sandbox) clean
