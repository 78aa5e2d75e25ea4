# The short way in. Behind every target stands CMake with the presets of CMakePresets.json:
# `cmake --preset dev && cmake --build --preset dev && ctest --preset dev` works as well.
PREFIX ?= /usr/local
DESTDIR ?=
CLANG_FORMAT ?= clang-format-14
SOURCES = $(wildcard include/cellfree/*.h src/*/*.[ch] cli/*.[ch] tests/*.[ch] examples/*.[ch] bench/*.[ch])

.DEFAULT_GOAL := release
.PHONY: help setup demo test release dev clang aarch64 tsan bench format check-format install clean

release dev clang aarch64 tsan: ## build a preset: what users run; sanitizers; clang; 64-bit ARM; threads
	@cmake --preset $@ $(if $(wildcard build/$@/build.ninja),>/dev/null,)
	@cmake --build --preset $@

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / { printf "  make %-28s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing (root or sudo)
	@tools/setup

demo: setup ## both scenarios, every method, a policy trained in a minute: results in demo/
	@$(MAKE) --no-print-directory release
	@tools/demo

test: setup ## everything that is checked: four builds, all tests, format, floors
	@tools/test

bench: ## cellfree against PyTorch (installed), in turn: docs/benchmarks.md; an hour at most
	@tools/setup bench
	@$(MAKE) --no-print-directory release
	@bench/peer/check.py
	@bench/peer/compare.py

format: ## rewrite the sources in the house's layout
	@$(CLANG_FORMAT) -i $(SOURCES)

check-format: ## fail where `make format` would change something
	@$(CLANG_FORMAT) --dry-run -Werror $(SOURCES)

install: release ## install to DESTDIR/PREFIX (default /usr/local)
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove what was built and what the demo left
	@rm -rf build demo
