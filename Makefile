# Weightwise: every command starts here. `make run` and `make test` need Python 3.11 to 3.13
# with pip, and make; everything else they install into this folder.
PYTHON ?= python3
PY = .venv/bin/python
UV = .tools/bin/uv
# Every package at the top of the repository: a new one is checked without being listed.
PACKAGES = $(sort $(patsubst %/__init__.py,%,$(wildcard */__init__.py)))
# How many tests run at a time; each engine test holds a TensorFlow of its own.
JOBS ?= 2
# Those of the whole platform wait for its processes more than they compute: one more of them.
PLATFORM_JOBS ?= $(shell expr $(JOBS) + 1)
PYTEST = $(PY) -m pytest
# Each stage has a database and a folder of its own.
OWN = env -u DATABASE_URL -u REDIS_URL -u WEIGHTWISE_DATA

MAKEFLAGS += --no-print-directory
# TensorFlow starts in 4 s with compiled bytecode, in 9 to 12 s without.
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE = 1
# uv is to use the Python it is given, and to fetch no other.
export UV_PYTHON_DOWNLOADS = never
# File names and texts are UTF-8 in any locale.
export PYTHONUTF8 = 1
# Variables of other projects and tools would affect ours: an active virtual environment, a Python
# path, another Django project's settings. Those that describe the network stay.
NETWORK = PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_CERT PIP_CLIENT_CERT PIP_PROXY \
	PIP_TRUSTED_HOST PIP_DEFAULT_TIMEOUT PIP_RETRIES PIP_CACHE_DIR \
	UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_HTTP_TIMEOUT \
	UV_INSECURE_HOST UV_NATIVE_TLS UV_SYSTEM_CERTS UV_KEYRING_PROVIDER UV_CACHE_DIR UV_LINK_MODE
OURS = PYTHON PYTHONUTF8 UV_COMPILE_BYTECODE UV_PYTHON_DOWNLOADS KERAS_HOME
FOREIGN = VIRTUAL_ENV HOST BASH_ENV ENV CDPATH WEB_CONCURRENCY FORWARDED_ALLOW_IPS \
	BROKER_URL RESULT_BACKEND LOADER CONFIG_MODULE GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE \
	PYTHON% PIP_% UV_% DJANGO_% CELERY_% UVICORN_% KERAS_% TF_% XLA_% PG% MYPY% RUFF_%
unexport $(filter-out $(NETWORK) $(OURS),$(filter $(FOREIGN),$(.VARIABLES)))

.PHONY: help run test lint test-sqlite test-platform test-browser test-postgres containers bench fuzz mutation vendor lock environment clean
.DELETE_ON_ERROR:

help:
	@echo "make run      start the platform on http://127.0.0.1:8000/ (PORT=8001 make run: elsewhere)"
	@echo "make test     linters and all tests, on SQLite and PostgreSQL, browser tests included"
	@echo "make lint     linters, types, templates, import contracts, migrations, deploy check"
	@echo "make containers  build the images, start docker-compose.yml in containers, and check it"
	@echo "make bench    benchmarks (ONLY=training: that one)"
	@echo "make fuzz     sends hostile text to every address (EXAMPLES=500: more of it)"
	@echo "make mutation removes guards in a copy; each must turn a test red (ONLY=lease: those)"
	@echo "make vendor   fetch the pinned browser libraries again and compare their digests"
	@echo "make lock     resolve the dependencies again (UPGRADE=--upgrade: to their newest versions)"
	@echo "make clean    remove what was installed and cached, not your data"

run: .venv/ready
	@exec $(PY) -m launcher --with-parent

environment: .venv/ready

.tools/ready: requirements-tools.lock scripts/install-uv.sh
	@scripts/install-uv.sh "$(PYTHON)"
	@touch $@

.venv/ready: requirements.lock .tools/ready
	@echo "Installing the locked packages into .venv; TensorFlow is large, this takes a minute or more ..."
	@test -x $(PY) || $(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.lock
	@touch $@

test: .venv/ready
	@$(MAKE) lint
	@$(MAKE) test-sqlite
	@$(MAKE) test-platform
	@$(MAKE) test-browser
	@$(MAKE) test-postgres
	@$(PY) -m tests.servers left-out

lint: .venv/ready
	@echo "== lint" && $(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy --strict manage.py $(PACKAGES)
	@$(PY) -m djlint --quiet --lint templates
	@.venv/bin/lint-imports --no-logo
	@$(PY) manage.py makemigrations --check --dry-run
	@scripts/check-deploy.sh $(PY)

test-sqlite: .venv/ready
	@echo "== tests on SQLite"
	@$(OWN) $(PYTEST) -n $(JOBS) -m "not launcher and not browser"

# The folders of what is marked `launcher` and `browser`: the other tests' modules, some of which load
# TensorFlow, need not be read. tests/conftest.py refuses such a test anywhere else.
PLATFORM = tests/deploy tests/faults tests/launcher tests/platform
BROWSER = tests/browser

# By file, and some files together (tests/groups.py): they share what they have started. Those that keep their
# trainer are collected first, and take longest: so they begin first, whatever their number.
test-platform: .venv/ready
	@echo "== tests of the whole platform"
	@$(OWN) $(PYTEST) -n $(PLATFORM_JOBS) --dist loadfile --no-loadscope-reorder \
		-m "launcher and not browser" $(PLATFORM)

# A browser's driver keeps an event loop running in its process, which tests of our own asynchronous code
# cannot share.
test-browser: .venv/ready
	@echo "== tests in a browser"
	@$(OWN) $(PYTEST) -n $(JOBS) --dist loadfile -m browser $(BROWSER)

# The engine asks no database, and to collect its tests is to import TensorFlow.
test-postgres: .venv/ready
	@echo "== tests on PostgreSQL"
	@$(OWN) $(PY) -m tests.servers with-postgres \
		$(PYTEST) -n $(JOBS) --ignore tests/engine -m "not engine and not browser and not launcher"

# Needs docker, or podman and root; takes minutes, longer the first time. Not a part of `make test`.
containers: .venv/ready
	@$(PY) -m tests.containers

bench: .venv/ready
	@$(PY) -m benchmarks $(ONLY)

# Some minutes; no part of `make test`.
# What `make test` tries with a few examples, with many (EXAMPLES=500: more).
EXAMPLES ?= 100
fuzz: .venv/ready
	@echo "== hostile text on SQLite"
	@env -u DATABASE_URL -u REDIS_URL FUZZ_EXAMPLES=$(EXAMPLES) $(PYTEST) -n $(JOBS) --timeout 0 tests/security -k fuzz
	@echo "== hostile text on PostgreSQL"
	@env -u REDIS_URL FUZZ_EXAMPLES=$(EXAMPLES) $(PY) -m tests.servers with-postgres \
		$(PYTEST) -n $(JOBS) --timeout 0 tests/security -k fuzz

mutation: .venv/ready
	@$(PY) scripts/mutate.py $(ONLY)

vendor: .venv/ready
	@$(PY) scripts/vendor.py

lock: .tools/ready
	$(UV) pip compile $(UPGRADE) --quiet --universal --generate-hashes pyproject.toml --group dev -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes pyproject.toml -c requirements.lock -o requirements-web.lock
	$(UV) pip compile --quiet --universal --generate-hashes pyproject.toml --group training -c requirements.lock -o requirements-worker.lock

clean:
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
