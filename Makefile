# What people do with this project. Every target works on a fresh Debian 12 with Rust and Python 3.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# `make run PROFILE=dev` builds faster and serves slower; so does `make test-stack PROFILE=dev`.
PROFILE ?= release
export PROFILE
export DATA_DIR ?= data
export PATH := $(CURDIR)/.tools/venv/bin:$(PATH)

PUENTE = cargo run --quiet --locked --profile $(PROFILE) --package puente-cli --

.PHONY: help run tools test test-stack soak check fmt lint licences docs fresh bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Build, make the sample ERP, serve it on http://127.0.0.1:8000 (data in ./data)
	@scripts/run.sh $(PUENTE)

tools: ## Install what check and test need, into .tools
	@scripts/install-test-tools.sh

test: tools ## Run every test
	cargo nextest run --workspace --locked
	cargo test --workspace --locked --doc --quiet

# Soak tests are `#[ignore]`d tests in modules named `soak`; whatever touches PostgreSQL runs on its oldest and newest
# release, and the black box on PostgreSQL and Redis.
ON_POSTGRES = package(puente-storage-postgres) + package(puente-bus) + package(puente-queue) + package(puente-transfer) \
	+ test(/^backends::/) + test(/^replicas::/)
soak: tools ## Run what takes many minutes: large sizes, random kills, every PostgreSQL, the release before
	@scripts/install-test-tools.sh soak
	previous=$$(scripts/previous-release.sh); \
		PUENTE_PREVIOUS_BIN=$$previous cargo nextest run --workspace --locked --profile soak --run-ignored only --no-capture \
			-E 'test(/(^|::)soak::/)'
	for version in 14 18; do \
		PUENTE_POSTGRES_BIN=$$PWD/.tools/soak/node_modules/postgres-$$version/native/bin \
			cargo nextest run --workspace --locked -E '$(ON_POSTGRES)'; \
	done
	PUENTE_TEST_BACKENDS=postgresql+redis cargo nextest run --workspace --locked -E 'binary(black_box)'

# PROFILE=dev leaves out what only the released image shows: how small it is, and how soon built again.
test-stack: ## Start the Docker stack from nothing and check it (an engine and images are made where there are none)
	@tests/stack/run.sh

check: tools fmt lint licences docs fresh ## Check formatting, lints, licences, documentation and generated files

fmt:
	cargo fmt --all --check

lint:
	cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings

licences:
	@scripts/check-dependencies.sh

docs:
	RUSTDOCFLAGS='--deny warnings' cargo doc --workspace --no-deps --document-private-items --locked --quiet

fresh:
	@scripts/check-generated.sh

bench: ## Measure against pgbench, a bare handler and pgloader (minutes)
	@scripts/install-test-tools.sh bench
	cargo build --release --locked --package puente-cli --package puente-bench
	@"$${CARGO_TARGET_DIR:-target}/release/puente-bench" $(ONLY)

clean: ## Delete what was built and installed here, but no data
	cargo clean
	rm -rf .tools tests/clients/node_modules
