# Every target sets up .venv by itself and works offline once that is done.
# PYTHON=/path/to/python3.x chooses the interpreter.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $(name))))
BIN := .venv/bin
READY := .venv/.ready
READERS := build/readers
EXPORT ?=

.PHONY: install demo test test-chaos test-readers run bench format catalogues requirements

install: $(READY)

$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Chatkeep needs Python 3.11 or newer, and found none. Install it, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Chatkeep needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1). Name another one: make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $(READY)

demo: $(READY)  ## play the main job against a Telegram on loopback; EXPORT=result.json rehearses with your own history
	$(BIN)/python -m tests.demo $(if $(EXPORT),--load "$(EXPORT)")

test: $(READY)  ## everything that checks us
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 4 --dist worksteal  # most tests wait more than they work

test-chaos: $(READY)  ## 200 exports in which everything goes wrong at once; `make test` plays 10
	CHAOS_SEEDS=200 $(BIN)/pytest tests/faults/test_chaos.py

test-readers: $(READY) $(READERS)/.ready  ## other people's programs read our result.json; they are installed beside, from the index
	READERS=$(READERS) $(BIN)/pytest tests/readers

$(READERS)/.ready: tests/readers/requirements.txt
	"$(PYTHON)" -m venv $(READERS)
	$(READERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/readers/requirements.txt
	@touch $(READERS)/.ready

run: $(READY)  ## the real thing, with the settings in .env
	$(BIN)/chatkeep run

bench: $(READY)
	$(BIN)/python -m tests.bench

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogues: $(READY)  ## take new texts of the code over into the translations; ADD=uk begins another one
	@mkdir -p build
	$(BIN)/pybabel -q extract --no-location --width 100 --keywords "Phrase Sentence marked plural:2,3 count:2,3" \
		--project Chatkeep --version texts --msgid-bugs-address "the project's issues" --output build/chatkeep.pot bot exporter storage
	$(if $(ADD),$(BIN)/pybabel -q init --domain chatkeep --input-file build/chatkeep.pot --width 100 \
		--output-dir bot/locales --locale $(ADD))
	$(BIN)/pybabel -q update --domain chatkeep --input-file build/chatkeep.pot --width 100 --output-dir bot/locales \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

requirements:  ## after a change of dependencies; needs uv
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.txt
