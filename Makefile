# `make demo` and `make test` set up all they need: a virtual environment with dependencies pinned by hash.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input -q

.PHONY: demo test ci-tools messages docs lock record sample-report clean

demo: $(VENV)/.ready
	$(BIN)/casejury ingest
	$(BIN)/casejury grade --replay recordings
	$(BIN)/casejury report

test: $(VENV)/.ready-test
	$(BIN)/python -m pytest -n 2 --dist loadfile

# the sample report is made from an empty database under a fixed clock, so that it is the same on every machine
sample-report: $(VENV)/.ready
	rm -rf reports/sample .cache/sample && mkdir -p .cache/sample
	SOURCE_DATE_EPOCH=1797811200 DATABASE_URL=sqlite:///.cache/sample/casejury.db $(BIN)/casejury ingest > .cache/sample/ingest.txt
	SOURCE_DATE_EPOCH=1797811200 DATABASE_URL=sqlite:///.cache/sample/casejury.db $(BIN)/casejury grade --replay recordings > .cache/sample/grade.txt
	SOURCE_DATE_EPOCH=1797811200 DATABASE_URL=sqlite:///.cache/sample/casejury.db $(BIN)/casejury report --out reports/sample

# records the sample contest anew with your own key: OPENAI_API_KEY=... make record
record: $(VENV)/.ready
	rm -rf .cache/record && mkdir -p .cache/record
	DATABASE_URL=sqlite:///.cache/record/casejury.db $(BIN)/casejury ingest
	DATABASE_URL=sqlite:///.cache/record/casejury.db $(BIN)/casejury grade --record recordings

messages: $(VENV)/.ready
	mkdir -p .cache
	$(BIN)/pybabel -q extract -F babel.cfg -k plural:1,2 -o .cache/casejury.pot --no-location --sort-output pipeline
	$(BIN)/pybabel -q update -i .cache/casejury.pot -d pipeline/messages/locale -D casejury -l ru --width 1000 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d pipeline/messages/locale -D casejury -l ru

lock:
	uv pip compile $(LOCK) pyproject.toml --group build -o requirements.txt
	uv pip compile $(LOCK) pyproject.toml --group build --group test -c requirements.txt -o requirements-test.txt
	uv pip compile $(LOCK) pyproject.toml --extra postgres --group build --group test --group ci -c requirements-test.txt -o requirements-ci.txt

docs: $(VENV)/.ready
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_faults.py

ci-tools: $(VENV)/.ready-ci

clean:
	rm -rf $(VENV) .cache casejury.db casejury.db-*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "casejury needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-test: requirements-test.txt $(VENV)/.ready
	$(PIP) install --require-hashes -r requirements-test.txt
	@touch $@

$(VENV)/.ready-ci: requirements-ci.txt $(VENV)/.ready-test
	$(PIP) install --require-hashes -r requirements-ci.txt
	@touch $@
