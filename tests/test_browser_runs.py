"""The runs page in a real browser, over a real run whose models the page has too."""

from pathlib import Path

import pytest
from evaluator_models import evaluate, small
from hostile_texts import ON_PAGES, TEXTS
from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, harmless, page, text_on

from playground.engine.base import Engine
from playground.engine.scripted import ScriptedEngine
from playground.engine.story_script import story_script
from playground.models import ModelCard
from playground.outcomes.saved_condition import read_condition
from playground.reasoners.questions import shipped_questions
from playground.records import Question, Record, RunQuestion
from playground.runs.ledger import RunLedger

__all__ = ["address", "browser", "page"]

RUN, HOSTILE = ON_PAGES[0], ON_PAGES[8]
"""Names of the run's folder and of one of its models."""
FIGURE = ON_PAGES[2]
ODD = Question(id=f"odd {ON_PAGES[3]}", text=f"{' '.join(TEXTS)} {'long' * 60}", gold="1", benchmark=ON_PAGES[5])


def open_engine(model: ModelCard) -> Engine:
    if model.name == HOSTILE:
        written = "\n\n".join(TEXTS)
        return ScriptedEngine(lambda _prompt, _seed: f"{written}\n</think>\n\n{written}", HOSTILE)
    return ScriptedEngine(story_script, model.name)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's log, with a run beside it."""
    folder = tmp_path_factory.mktemp("server")
    asked = [Question(id=item.id, text=item.problem, gold=item.answer, benchmark="1") for item in shipped_questions(1)]
    tested = [RunQuestion(question=question, role="tested") for question in (*asked[:7], ODD)]
    pool = [RunQuestion(question=question, role="pool") for question in asked[7:12]]
    config = small(models=("quick", HOSTILE), limit=8, pool=5, shared=4, individual=4, guided=4, n=8, max_tokens=500)
    evaluate(folder / "runs" / RUN, config, open_engine, questions=(*tested, *pool))
    figures = folder / "runs" / RUN / "figures"
    figures.mkdir()
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" onload="top.hacked=5" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
    (figures / f"{FIGURE}.svg").write_text(drawn, encoding="utf-8")
    (folder / "streams.log").touch()
    return folder / "streams.log"


@pytest.fixture(scope="module")
def records(log: Path) -> list[Record]:
    with RunLedger(log.parent / "runs" / RUN) as ledger:
        return list(ledger.records())


@pytest.fixture
def runs(page: Page, address: str) -> Page:
    page.goto(f"{address}/runs")
    page.locator(".list tbody tr").first.wait_for()
    return page


def steered(records: list[Record]) -> Record:
    return next(record for record in records if record.trial.condition.own > 0)


def sample(page: Page, address: str, record: Record) -> None:
    page.goto(f"{address}/runs?run={RUN}&sample={record.outcome.trial_id}")
    page.locator(".trace-of").wait_for()


def test_the_list_is_dense_and_what_can_be_done_with_a_sample_stands_in_a_line(runs: Page) -> None:
    row = runs.locator(".list tbody tr").first
    assert row.evaluate("row => row.getBoundingClientRect().height") < 40
    row.locator("a").click()
    pressed = runs.locator(".tools-of .group button")
    pressed.first.wait_for()
    tops = pressed.evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert len(tops) == 5
    assert len(set(tops)) == 1


def test_a_link_behind_the_last_sample_leads_to_the_first(page: Page, address: str, records: list[Record]) -> None:
    page.goto(f"{address}/runs?run={RUN}&start=100000")
    expect(page.locator(".pager span")).to_have_text(f"1–{min(50, len(records))} of {len(records)} samples")


def test_filters_leave_what_fits_and_stand_in_the_address(runs: Page, records: list[Record]) -> None:
    steered = [record for record in records if record.trial.condition.test == "recoverability"]
    verdict = steered[0].outcome.verdict
    fits = sum(record.outcome.verdict == verdict for record in steered)
    runs.get_by_label("Test", exact=True).select_option("recoverability")
    runs.get_by_label("Outcome", exact=True).select_option(verdict)
    expect(runs.locator(".pager span")).to_contain_text(f"of {fits} samples")
    runs.reload()
    expect(runs.locator(".pager span")).to_contain_text(f"of {fits} samples")
    runs.go_back()
    expect(runs.get_by_label("Outcome", exact=True)).to_have_value("")


def test_a_text_is_searched_for(runs: Page, records: list[Record]) -> None:
    found = [r for r in records if "onerror" in r.outcome.text or "onerror" in r.trial.question.text]
    runs.get_by_label("Text", exact=True).fill("onerror")
    runs.get_by_label("Text", exact=True).press("Enter")
    expect(runs.locator(".pager span")).to_contain_text(f"of {len(found)} samples")
    runs.get_by_label("Text", exact=True).fill("nowhere at all")
    runs.get_by_label("Text", exact=True).press("Enter")
    expect(runs.locator(".samples")).to_contain_text("No sample matches.")


def test_the_list_is_turned_and_sorted(runs: Page, records: list[Record]) -> None:
    tokens = sorted((record.outcome.tokens for record in records), reverse=True)
    first = runs.locator(".list tbody tr td:nth-child(8)").first
    runs.get_by_label("Sorted by").select_option("tokens")
    runs.get_by_label("descending").check()
    expect(first).to_have_text(f"{tokens[0]:,}")
    runs.get_by_role("button", name="Next").click()
    expect(runs.locator(".pager span")).to_contain_text("51–")
    expect(first).to_have_text(f"{tokens[50]:,}")


def test_a_sample_opens_in_relay_at_its_cut_and_a_model_goes_on(
    page: Page, address: str, records: list[Record]
) -> None:
    record = steered(records)
    sample(page, address, record)
    page.get_by_label("Model B there").select_option("other-tags")
    page.get_by_role("button", name="Open in Relay at the cut").click()
    page.wait_for_selector(OVER)
    assert page.url == f"{address}/"
    assert text_on(page) == record.trial.prefix
    expect(page.get_by_label("Model A", exact=True)).to_have_value("quick")
    expect(page.get_by_label("Model B", exact=True)).to_have_value("other-tags")
    page.locator(".step").last.click()
    page.get_by_title("B goes on after this step").click()
    page.wait_for_selector(".step.writer-B.answer")
    assert text_on(page).startswith(record.trial.prefix)


def test_a_sample_opens_in_relay_with_what_it_wrote(page: Page, address: str, records: list[Record]) -> None:
    record = steered(records)
    sample(page, address, record)
    page.get_by_role("button", name="… with what it wrote").click()
    page.wait_for_selector(OVER)
    assert text_on(page) == record.trial.prefix + record.outcome.text.replace("</think>", "")
    page.click("#undo")
    expect(page.locator(".step.answer")).to_have_count(0)
    assert text_on(page) == record.trial.prefix


def test_a_sample_is_drawn_from_many_times(page: Page, address: str, records: list[Record]) -> None:
    sample(page, address, steered(records))
    page.get_by_role("button", name="×n outcomes").click()
    expect(page.locator(".from")).to_contain_text(steered(records).trial.question.text[:40])
    expect(page.get_by_label("Model A", exact=True)).to_have_value("quick")


def test_a_condition_is_saved_that_the_evaluator_reads(
    page: Page, address: str, records: list[Record], tmp_path: Path
) -> None:
    record = steered(records)
    sample(page, address, record)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a condition").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    saved = read_condition(tmp_path / download.value.suggested_filename)
    assert (saved.trajectory, saved.condition) == (record.trial.trajectory, record.trial.condition)


def test_two_models_stand_side_by_side(page: Page, address: str, records: list[Record]) -> None:
    mine = next(r for r in records if r.trial.model == "quick" and r.trial.condition.test == "solo")
    others = [r for r in records if r.trial.model == HOSTILE and r.trial.condition == mine.trial.condition]
    other = next(r for r in others if r.trial.question == mine.trial.question)
    sample(page, address, mine)
    page.get_by_label("Beside it").select_option(other.outcome.trial_id)
    expect(page.locator(".sample-column")).to_have_count(2)
    assert page.locator(".sample-column h3").all_inner_texts() == ["quick", HOSTILE]
    page.reload()
    expect(page.locator(".sample-column")).to_have_count(2)


def test_a_persons_verdict_is_kept_shown_and_counted(page: Page, address: str, records: list[Record]) -> None:
    record = next(r for r in records if r.trial.question == ODD)
    sample(page, address, record)
    page.get_by_text("Give a verdict of your own").click()
    page.get_by_label("Your verdict").select_option("error")
    page.get_by_label("Name", exact=True).fill("Ada <i>")
    page.get_by_role("button", name="Save verdict").click()
    expect(page.locator(".notice")).to_contain_text("needs its author and a reason")
    page.get_by_label("Reason", exact=True).fill(HOSTILE)
    page.get_by_role("button", name="Save verdict").click()
    expect(page.locator(".decided")).to_contain_text(f"Ada <i> says error: {HOSTILE}")
    page.get_by_text("All samples").click()
    expect(page.locator(".rates")).to_contain_text("By people")
    page.get_by_label("Second opinions").select_option("decided")
    expect(page.locator(".list .decision")).to_have_text(["person: error"])


def _joined(text: str) -> str:
    """Without white space, of which a step is shown without that at its ends."""
    return "".join(text.split())


def test_everything_of_a_run_stays_text(page: Page, address: str, records: list[Record]) -> None:
    sample(page, address, next(r for r in records if r.trial.question == ODD and r.trial.model == HOSTILE))
    assert page.locator(".asked .question").evaluate("made => made.textContent") == ODD.text
    expect(page.locator(".sample-column h3")).to_have_text(HOSTILE)
    written = page.locator(".trace-of").evaluate("made => made.textContent")
    assert [text for text in TEXTS if _joined(text) not in _joined(written)] == []
    assert harmless(page)
    page.get_by_text("All samples").click()
    expect(page.locator(".rates")).to_contain_text(HOSTILE)
    page.get_by_label("Model", exact=True).select_option(HOSTILE)
    expect(page.locator(".list tbody tr").first).to_contain_text(HOSTILE)
    page.get_by_text("Figures (1)").click()
    expect(page.locator(".gallery img")).to_be_visible()
    expect(page.locator(".gallery figcaption")).to_have_text(FIGURE)
    expect(page.locator(".overview h2")).to_have_text(RUN)
    page.wait_for_timeout(300)
    assert harmless(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(page: Page, address: str, records: list[Record], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    sample(page, address, next(r for r in records if r.trial.question == ODD and r.trial.model == HOSTILE))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_text("All samples").click()
    page.locator(".list").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_link_to_nothing_is_said_in_one_line(page: Page, address: str) -> None:
    page.goto(f"{address}/runs?run=../etc&sample=passwd")
    expect(page.locator(".runs .notice")).to_contain_text("There is no run called '../etc'")
