"""The twin tests on vLLM: one command with two data-parallel processes, and a worker that is killed."""

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from threading import Timer

import pytest
from processes import alive, children, within

from evaluator.running.ledger import Ledger
from evaluator.running.runner import Generation, form_groups, run_groups
from evaluator.running.workers import Workers
from playground.cli.progress import Progress
from playground.errors import EngineError
from playground.models import find_card
from playground.records import Condition, Question, Trial
from playground.sampling import SamplingParams


def test_two_processes_fill_one_ledger(tmp_path):
    command = [sys.executable, "-m", "evaluator.full", "--engine", "vllm", "--data-parallel", "2", "--limit", "3"]
    command += ["--n", "2", "--models", "tiny-oak-plain", "--output-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.md").is_file()
    assert "of the prompts from the cache" in done.stderr
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [model["identity"]["engine"] for model in manifest["models"]] == ["vllm"]
    assert "error" not in manifest["outcomes"]


def trials(count):
    card = find_card("tiny-oak-plain")
    question = Question(id="q", text="?", gold="1", benchmark="none")
    return [
        Trial(
            model=card.name,
            revision="",
            condition=Condition(test="solo"),
            question=question,
            prompt="Mia",
            segments=(),
            params=SamplingParams(temperature=2.0, top_p=1.0, max_tokens=100, seed=sample),
            sample=sample,
        )
        for sample in range(count)
    ]


def test_a_worker_killed_in_mid_batch_takes_its_engine_along_and_the_run_goes_on(tmp_path, oak):
    card = replace(find_card("tiny-oak-plain"), engine="vllm", options={"max_num_seqs": 16})
    groups = form_groups(trials(160), 16)
    with Ledger(tmp_path) as ledger, Workers(card, 2) as workers:
        pids, engine = workers.pids, children(workers.pids[0])
        assert len(set(pids)) == 2
        assert engine
        killer = Timer(0, lambda: within(60, lambda: ledger_rows(tmp_path) > 0) and os.kill(pids[0], signal.SIGKILL))
        killer.start()
        with pytest.raises(EngineError, match=r"Worker process 1 of tiny-oak-plain was killed by signal 9 .* goes on"):
            run_groups(groups, Generation(engine=workers, tags=card.think), ledger, Progress(io.StringIO()))
        killer.join()
        assert within(10, lambda: not any(alive(pid) for pid in engine))
    assert within(10, lambda: not any(alive(pid) for pid in pids))
    kept = ledger_rows(tmp_path)
    assert 0 < kept < 160
    assert kept % 16 == 0
    with Ledger(tmp_path) as ledger:
        run_groups(groups, Generation(engine=oak, tags=card.think), ledger, Progress(io.StringIO()))
        assert len(ledger.finished()) == 160


def ledger_rows(folder):
    from playground.runs.ledger import RunLedger

    with RunLedger(folder) as ledger:
        return sum(1 for _ in ledger.records())
