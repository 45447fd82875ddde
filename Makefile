# Everyday commands; README has the same without make.
PYTHON ?= python3
BIN := .venv/bin

run: .venv/installed
	@$(BIN)/flask --app wsgi serve --sample

test: .venv/tested
	@$(BIN)/python -m pytest -n auto

unit: .venv/tested
	@$(BIN)/python -m pytest -n auto -m "not slow and not browser"

check: .venv/tested
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict board bench

bench: .venv/tested
	@$(BIN)/python -m bench

# Reading and writing, compared with Isso (version in bench/peers.txt).
bench-peers: .venv/tested build/peers/installed
	@$(BIN)/python -m bench reading writing peers

# All figures, written into docs/performance.md and docs/bench.*: ten minutes on an idle machine.
bench-report: .venv/tested build/peers/installed
	@$(BIN)/python -m bench all --write

build/peers/installed: bench/peers.txt
	@$(PYTHON) -m venv build/peers
	@build/peers/bin/python -m pip install --quiet --disable-pip-version-check -r bench/peers.txt
	@touch $@

# Collect the texts of board/ into the catalogue; translate what is new in the .po file afterwards.
translations: .venv/tested
	$(BIN)/pybabel -q extract -F babel.cfg -k _ -k lazy_gettext -k ngettext:1,2 --no-location --no-wrap --sort-output \
		--omit-header -o .venv/messages.pot .
	$(BIN)/pybabel -q update -i .venv/messages.pot -d board/frontend/translations -l ko --no-wrap \
		--no-fuzzy-matching --ignore-obsolete
	@sed -i -E '/^"(Project-Id-Version|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)/d' \
		board/frontend/translations/ko/LC_MESSAGES/messages.po

# Lock the dependencies of pyproject.toml, after a change there.
lock: .venv/tested
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--group dev pyproject.toml -o requirements-dev.txt

.venv/installed: requirements.txt
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tested: requirements-dev.txt .venv/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: run test unit check bench bench-peers bench-report translations lock
