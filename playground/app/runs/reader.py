"""Answers what the runs page asks for: runs, summaries, samples, and what is done with one.

Everything it hands out is data; the page sets it as text. Knows no component. A run's ledger is only read; a person's
verdict goes into a file beside it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from playground import prompting
from playground.app.beginning import begin_session
from playground.app.border import Answer, told
from playground.app.runs.overview import overview
from playground.app.runs.sample_session import continued, sample_form
from playground.app.runs.sample_view import sample_view
from playground.errors import InvalidInput, PlaygroundError
from playground.grading.reviews import OVERRIDES_FILE, Override, add, override, read_reviews
from playground.models import ModelCard
from playground.outcomes.saved_condition import saved_condition
from playground.records import OutcomeClass, Record, RunModel
from playground.runs.folders import RunFolders
from playground.runs.ledger import LEDGER_FILE, RunLedger
from playground.runs.query import SampleQuery
from playground.runs.samples import RunSamples
from playground.serialization import STRICT, from_dict
from playground.store import Store

PAGE = 50
"""Samples in a stretch of the list."""
MOST_OPEN = 4
"""Runs whose tables are kept in memory."""
LONGEST_REASON = 2000
LONGEST_AUTHOR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """Which samples the page wants to list."""

    __pydantic_config__ = STRICT

    run: str
    start: int = 0
    query: SampleQuery = field(default_factory=SampleQuery)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample, and who wants to see it."""

    __pydantic_config__ = STRICT

    run: str
    sample: str
    visitor: str = ""
    other: str = ""
    """The model that is to be B on the relay page; empty for the one under test."""
    at: Literal["cut", "end"] = "cut"
    """Where one stands when the relay page opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's verdict on a sample."""

    __pydantic_config__ = STRICT

    run: str
    sample: str
    outcome: OutcomeClass
    author: str
    """Who somebody says to be who has not logged in."""
    reason: str


class RunReader:
    """The runs of one directory, for all visitors."""

    def __init__(self, folders: RunFolders | None, cards: Mapping[str, ModelCard], store: Store) -> None:
        self._folders = folders
        self._cards = cards
        self._store = store
        self._open: OrderedDict[tuple[str, int], RunSamples] = OrderedDict()
        self._lock = Lock()

    def runs(self, _data: Any) -> Answer:
        """The names of the runs, and the models of this page."""
        names = self._folders.names() if self._folders else []
        root = self._folders.root.name if self._folders else None
        return {"runs": names, "directory": root, "models": list(self._cards)}

    @told
    def overview(self, data: Any) -> Answer:
        """A run's summary: figures, classes, card, and what its samples can be filtered by."""
        run = from_dict(List, data).run
        with RunLedger(self._folder(run)) as ledger:
            return overview(ledger, self._samples(run), self._folders.figures(run) if self._folders else {})

    @told
    def samples(self, data: Any) -> Answer:
        """A stretch of the samples that were asked for."""
        asked = from_dict(List, data)
        page = self._samples(asked.run).page(asked.query, asked.start, PAGE)
        return {"total": page.total, "start": asked.start, "count": PAGE, "lines": list(map(asdict, page.lines))}

    @told
    def sample(self, data: Any) -> Answer:
        """One sample with its text, and those it can stand beside."""
        asked = from_dict(Sample, data)
        samples, (record, model) = self._samples(asked.run), self._record(asked)
        line = samples.line(asked.sample)
        decided = read_reviews(self._folder(asked.run) / OVERRIDES_FILE, Override).get(asked.sample)
        return sample_view(record, model) | {
            "line": asdict(line) if line else None,
            "beside": list(map(asdict, samples.beside(line))) if line else [],
            "decision": asdict(decided) if decided else None,
            "same_prompt": self._same_prompt(record),
        }

    @told
    def begin(self, data: Any) -> Answer:
        """Begin a session on the relay page with a sample; returns its key."""
        asked = from_dict(Sample, data)
        record, model = self._record(asked)
        form = sample_form(record.trial, asked.other, self._cards)
        way = continued(record, model, shown=asked.at == "end")
        return {"key": begin_session(self._store, asked.visitor, record.trial.trajectory, form, way)}

    @told
    def condition(self, data: Any) -> Answer:
        """A sample's condition as a file that the evaluator reads, for the model under test and the other one."""
        asked = from_dict(Sample, data)
        trial = self._record(asked)[0].trial
        saved = saved_condition(trial, [trial.model, *([asked.other] if asked.other in self._cards else [])])
        return {"name": f"condition-{saved.digest}.json", "type": "application/json", "text": saved.to_text()}

    def decide(self, data: Any, user: str = "") -> str:
        """Keep a person's verdict beside the run; `user` is who has logged in. Returns what is wrong, or nothing."""
        try:
            asked = from_dict(Decision, data)
            record, _ = self._record(Sample(run=asked.run, sample=asked.sample))
            author, reason = user or asked.author[:LONGEST_AUTHOR], asked.reason[:LONGEST_REASON]
            decided = override(record.outcome.trial_id, asked.outcome, author=author, reason=reason)
            add(self._folder(asked.run) / OVERRIDES_FILE, decided)
        except PlaygroundError as error:
            return str(error)
        return ""

    def _folder(self, run: str) -> Path:
        if self._folders is None:
            raise InvalidInput("This page has no directory of runs.", "Start it with --runs DIR.")
        return self._folders.folder(run)

    def _samples(self, run: str) -> RunSamples:
        """The run's table; another one where another ledger has taken its place."""
        folder = self._folder(run)
        key = (run, (folder / LEDGER_FILE).stat().st_ino)
        with self._lock:
            if key not in self._open:
                self._open[key] = RunSamples(folder)
            self._open.move_to_end(key)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return self._open[key]

    def _record(self, asked: Sample) -> tuple[Record, RunModel]:
        with RunLedger(self._folder(asked.run)) as ledger:
            record = ledger.record(asked.sample)
            model = next((model for model in ledger.models() if model.name == record.trial.model), None)
        if model is None:
            raise InvalidInput(f"The run does not know {record.trial.model[:60]!r}.", "Its ledger is damaged.")
        return record, model

    def _same_prompt(self, record: Record) -> bool | None:
        """Whether the page's model of this name is asked with the run's prompt; None where there is none."""
        card = self._cards.get(record.trial.model)
        if card is None or card.unavailable:
            return None
        return prompting.render(record.trial.trajectory, card) == record.trial.prompt
