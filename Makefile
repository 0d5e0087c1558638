# `make` lists what there is. On Windows, run it from Git Bash.
.DEFAULT_GOAL := help
SHELL := bash
SERVES := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
PYTHON ?= $(shell for v in python3 python3.13 python3.12 python3.11 python; do \
	$$v $(SERVES) 2>/dev/null && echo $$v && break; done)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
ON_ONE_LINE := { while IFS= read -r line; do if [ -t 1 ]; then printf '\r%-78.78s' "$$line"; fi; done; echo; }
DATASET ?= drawn
FROM ?=
LESSON ?=
NAME ?=
SYSTEM ?=
NOTEBOOKS ?= notebooks
LAB_OPTIONS ?=
RIVALS ?=
KEEPING := sed -En 's/^python (benchmarks.* --keep)( .*|$$)/\1/p' benchmarks/*.py
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
TWO_AT_A_TIME := -n 2 --dist loadfile
NOTEBOOKS_BY_CELL := *.ipynb diff=jupyternotebook merge=jupyternotebook
EXTRAS := cluster solar
LOCK := $(BIN)/python -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links
LOCKS := requirements.lock $(EXTRAS:%=requirements-%.lock)

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo '  make run DATASET=cats_vs_dogs FROM=photos.zip   the same lessons on real photos'

.venv: .venv/ready

.venv/ready: requirements.txt pyproject.toml
	@$(or $(PYTHON),false) $(SERVES) 2>/dev/null || { echo "$(or $(PYTHON),Python) is not Python 3.11, 3.12 or 3.13:" \
		"install one of these, or name it, as in make run PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Setting up .venv with $(PYTHON): a few minutes, once."
	@rm -rf .venv
	@set -o pipefail; { $(PYTHON) -m venv .venv && $(INSTALL) | $(ON_ONE_LINE); } || { rm -rf .venv; \
		echo "Setting up failed: see the message above; once mended, run make again." >&2; exit 2; }
	@touch .venv/ready

data: .venv  ## draw the default pictures (or DATASET=cats_vs_dogs [FROM=zip or folder])
ifneq ($(filter drawn,$(DATASET)),)
	@$(BIN)/labs data drawn
else ifneq ($(filter cats_vs_dogs,$(DATASET)),)
	@$(if $(wildcard data/cats_vs_dogs),$(if $(FROM),echo "data/cats_vs_dogs is there already: FROM is not used",true),$(BIN)/labs data cats_vs_dogs $(if $(FROM),--from "$(FROM)"))
endif

run: data  ## run all lessons and make build/site/index.html
	@$(BIN)/labs run -p DATASET "$(DATASET)"

test: export OPENBLAS_NUM_THREADS := 1
test: export TF_NUM_INTRAOP_THREADS := 1
test: .venv .venv/cluster  ## everything that CI checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest $(TWO_AT_A_TIME) --no-loadscope-reorder
	$(BIN)/labs data drawn
	$(BIN)/pytest $(TWO_AT_A_TIME) -rN --nbval-lax --nbval-cell-timeout=600 notebooks  # a failure is told at the end
	$(BIN)/python -m helpers.checking.elsewhere  # other pictures, class names and seed; no shell, no network

test-browser: data .venv/browser  ## the lessons in JupyterLab, by mouse and keyboard; pictures in build/browser
	@test -x "$(CHROMIUM)" || { echo "No Chromium was found: install it (apt-get install chromium)," \
		"or name it, as in make test-browser CHROMIUM=/path/to/chrome." >&2; exit 2; }
	CHROMIUM="$(CHROMIUM)" $(BIN)/pytest tests/browser/*_in_browser.py

.venv/browser: .venv/ready tests/browser/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/browser/requirements.txt
	@touch .venv/browser

.venv/cluster .venv/solar: .venv/ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[$(@F)]"
	@touch $@

.venv/fuzzer: .venv/ready tests/tools.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep ^atheris tests/tools.txt | cut -d" " -f1)"
	@touch .venv/fuzzer

.venv/uv: .venv/ready tests/tools.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep ^uv tests/tools.txt | cut -d" " -f1)"
	@touch .venv/uv

lab: data  ## open the lessons in JupyterLab
	@MSYS_NO_PATHCONV=1 $(BIN)/jupyter lab --notebook-dir="$(NOTEBOOKS)" --LabApp.default_url=/lab/tree/01_cleaning.ipynb $(LAB_OPTIONS)

edit: data  ## for instructors: JupyterLab, and in the terminal what a lesson lacks, at each save
	@trap 'kill $$!' EXIT; $(BIN)/labs check --watch & $(BIN)/jupyter lab --notebook-dir=notebooks --log-level=ERROR

refresh: data  ## run the lessons on their defaults and save their outputs (LESSON=03_training for one)
	@$(BIN)/labs refresh $(LESSON)
	@$(BIN)/python docs/pictures/pets.py

check: .venv  ## say what lessons still lack (LESSON=03_training: run it anew and elsewhere, too, as CI does)
	@$(BIN)/labs check $(LESSON) $(if $(LESSON),--run)

new-lesson: data  ## begin a lesson that passes every check (NAME=colours)
	@$(if $(NAME),,echo "Name the lesson, as in make new-lesson NAME=colours" >&2; exit 2;) $(BIN)/labs new-lesson $(NAME)

handout: data  ## one archive for a classroom without a network (SYSTEM=windows for another system than this)
	@$(BIN)/labs handout $(if $(SYSTEM),--system $(SYSTEM))

site: .venv  ## make the site anew from the lessons that were last run
	@$(BIN)/labs site

bench: data .venv/cluster .venv/solar  ## measure anew: the tables of benchmarks/results (some hours; see README)
	@failed=(); left=(); while read -r -u 3 command; do \
		if [[ $$command == *cats_vs_dogs* && ! -d data/cats_vs_dogs || $$command == *PYTHON* && -z "$(RIVALS)" ]]; then \
			left+=("$$command"); continue; fi; \
		words=(); for word in $$command; do [[ $$word == PYTHON ]] && word="$(RIVALS)"; words+=("$$word"); done; \
		$(BIN)/python "$${words[@]}" || failed+=("$$command"); \
	done 3< <($(KEEPING); ls benchmarks/*_cost.py 2>/dev/null); \
	(($${#left[@]})) && printf '%s\n' "Left out, for want of photos (DATASET=cats_vs_dogs) or of CleanVision and fastdup" \
		"(RIVALS=a python that has them):" "$${left[@]/#/  }"; \
	(($${#failed[@]})) || exit 0; \
	printf '%s\n' "These ended with an error, told above:" "$${failed[@]/#/  }" >&2; exit 1

mutations: .venv  ## put errors into helpers and lessons, and see what notices them (some hours)
	@$(BIN)/python tests/mutations.py

soak: .venv .venv/cluster .venv/fuzzer  ## long trials, two hours: spoilt files, kills, a full disk; results in tests/soak_*.txt
	@set -o pipefail; for trial in cleaning predicting fuzzing training many_workers; do \
		$(BIN)/python tests/soak_$$trial.py | tee tests/soak_$$trial.txt || exit 1; done

lock: .venv/uv  ## the newest packages of all ranges, with hashes, for all systems: requirements*.lock
	@$(LOCK) --no-emit-package image-labs requirements.txt -o requirements.lock
	@for extra in $(EXTRAS); do $(LOCK) --constraint requirements.lock --extra $$extra pyproject.toml \
		-o requirements-$$extra.lock || exit 1; done

audit: .venv/uv  ## is a locked package withdrawn, or known to be vulnerable?
	@$(BIN)/python -m uv pip compile --universal --no-deps --no-annotate $(LOCKS) >/dev/null
	@$(BIN)/python -m uv tool run --quiet --from "$$(grep ^pip-audit tests/tools.txt | cut -d" " -f1)" pip-audit --strict --disable-pip --progress-spinner off $(LOCKS:%=-r %)

diff: .venv  ## let git show and merge lessons readably, in this clone
	@git config diff.jupyternotebook.command "'$(CURDIR)/$(BIN)/git-nbdiffdriver' diff"
	@git config merge.jupyternotebook.driver "'$(CURDIR)/$(BIN)/git-nbmergedriver' merge %O %A %B %L %P"
	@git config merge.jupyternotebook.name "lessons, merged cell by cell"
	@own=$$(git rev-parse --git-path info/attributes) && mkdir -p "$$(dirname "$$own")" && touch "$$own" && \
		{ grep -qF "$(NOTEBOOKS_BY_CELL)" "$$own" || echo "$(NOTEBOOKS_BY_CELL)" >> "$$own"; }
	@echo "git diff now shows lessons cell by cell."

clean:  ## remove what was made: build/, and the drawn pictures; photos and .venv stay
	rm -rf build data/drawn data/drawn_cells

.PHONY: help .venv data run test test-browser lab edit refresh check new-lesson handout mutations site bench soak lock audit \
	diff clean
