# Set-up, the main job, and the checks. Every target installs what it needs.
#
#   make race            clone to a scored winner: builds, races for 10 minutes, verifies
#   make race CORPUS=kjv the same on the King James Bible from Debian's package
#   make test            every test, the kernels' also under the sanitizers, and the proofs
#   make sanitize        the kernels' tests under the address and the thread sanitizer
#   make check           formatting, undeclared imports, tests
#   make install         puts tri into PREFIX/bin (default /usr/local)

SHELL := /bin/bash
CORPUS ?= tiny_shakespeare
BUDGET ?= 10m
PREFIX ?= /usr/local
# The race that tri finds without being told is the default corpus's.
STORE ?= sqlite:.trinity/$(if $(filter tiny_shakespeare,$(CORPUS)),race,$(CORPUS)).db
TRI := .build/release/tri
BUILD := swift build -c release --explicit-target-dependency-import-check error
SANITIZERS := address thread

# Where the public address cannot be reached, a folder with the downloads serves.
ifndef IGLA_DATA_MIRROR
ifneq ($(wildcard ../shared/data/tinyshakespeare.txt),)
export IGLA_DATA_MIRROR := $(abspath ../shared/data)
endif
endif
# What a plain Debian lacks: SQLite's, zlib's and PostgreSQL's headers and a second corpus; for the
# tests also a PostgreSQL server, a pooler before it, certificates, a set of images, Coq and OCaml.
PACKAGES := libsqlite3-dev zlib1g-dev libpq-dev bible-kjv-text
test: PACKAGES += postgresql-15 pgbouncer openssl dataset-fashion-mnist coq libcoq-flocq \
  libcoq-coquelicot ocaml-nox ocaml-findlib libzarith-ocaml-dev

.PHONY: setup build race test sanitize check format install clean

setup:
	@command -v swift >/dev/null || { echo "error: there is no Swift toolchain" >&2; \
	  echo " hint: install Swift 6.3 or later from swift.org" >&2; exit 69; }
	@command -v coqc >/dev/null || \
	  echo "note: no Coq here: what is built and raced needs none; 'make test' and 'tri proofs check --compile' do, and 'make test' installs it" >&2
	@command -v dpkg-query >/dev/null || { \
	  echo "note: no Debian packages here; see that SQLite's, zlib's and PostgreSQL's headers are installed" >&2; exit 0; }; \
	missing=; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
	    || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing" >&2; \
	  as=; [ "$$(id -u)" = 0 ] || as=sudo; \
	  { $$as apt-get update -qq && \
	    $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } >&2 || { \
	    echo "error: could not install$$missing" >&2; \
	    echo " hint: install them by hand, then run make again" >&2; exit 69; }; \
	fi

build: setup
	$(BUILD) --product tri

race: build
	$(TRI) race start --profile quick --budget $(BUDGET) --corpus $(CORPUS) --store $(STORE)
	$(TRI) race verify --store $(STORE) || test $$? -eq 1
	$(TRI) race best --store $(STORE)

# A skipped test fails the run: what did not run is not green. Nor is a run without the line that
# counts its tests: the plain one and each sanitizer have one.
test: setup
	$(MAKE) --no-print-directory -C Proofs oracle
	$(BUILD) --build-tests
	$(TRI) proofs check --compile
	@set -o pipefail; log=$$(mktemp); status=0; \
	swift test -c release --disable-xctest --skip-build 2>&1 | tee $$log || status=$$?; \
	$(MAKE) --no-print-directory sanitize 2>&1 | tee -a $$log || status=$$?; \
	awk -v status=$$status -v expected=$(words plain $(SANITIZERS)) ' \
	  match($$0, /Test run with [0-9]+ test/) { split(substr($$0, RSTART), w, " "); all += w[4]; runs += w[4] > 0 } \
	  /^✘ Test .* failed after / && !/Test run with/ { failed++ } \
	  /^➜ Test .* skipped/ { skipped++ } \
	  END { \
	    if (runs != expected || status && !failed) lost = 1; \
	    printf "%d passed, %d failed, %d skipped\n", all - failed - skipped, failed + lost, skipped; \
	    exit status || failed || lost || skipped || !all }' $$log | tee $$log.counts; \
	status=$$?; \
	echo "$$(git describe --always --dirty --abbrev=12 2>/dev/null || echo none)" \
	  "$$(cat $$log.counts)" \
	  > .build/test-record.txt; \
	rm -f $$log $$log.counts; exit $$status

# A package of links, so that a sanitizer builds the kernels alone; each keeps its build apart. Leaks
# are not looked for: that takes the right to trace processes, which containers often lack.
sanitize: setup
	@status=0; for sanitizer in $(SANITIZERS); do \
	  echo "the kernels under the $$sanitizer sanitizer"; \
	  ASAN_OPTIONS=detect_leaks=0 swift test --package-path Sanitizers --scratch-path Sanitizers/.build/$$sanitizer \
	    -c release --disable-xctest --sanitize=$$sanitizer || status=$$?; \
	done; exit $$status

check: setup
	swift format lint --strict --parallel -r Sources Tests Package.swift \
	  Sanitizers/Package.swift
	@! git grep -nE 'import Foundation' -- 'Sources/Kernel*' Sources/LanguageModel \
	  || { echo "error: the lowest targets do without Foundation" >&2; exit 65; }
	@! git ls-files | grep -E '\.(py|sh|ipynb)$$' \
	  || { echo "error: law L-R1: everything that can be Swift is Swift" >&2; exit 65; }
	$(MAKE) test
	@[ "$$(uname -m)" != x86_64 ] || { set -o pipefail; nm .build/release/KernelsAVX*.build/*.o \
	  | awk '$$2 == "W" && $$3 !~ /^[$$]s[0-9]+KernelsAVX/ { print; alien = 1 } END { exit alien }'; } \
	  || { echo "error: the linker may take code of a vector variant for others" >&2; exit 65; }

format:
	git ls-files -z '*.swift' | xargs -0 swift format format -i --parallel

install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(TRI) $(DESTDIR)$(PREFIX)/bin/tri

clean:
	rm -rf .build Sanitizers/.build
