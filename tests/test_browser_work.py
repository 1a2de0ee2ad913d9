"""What a visitor does to a trajectory: go on, go back, branch, edit; nothing is lost. In a real browser."""

import re

from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, log, page, record, run, set_up, text_on

from playground.engine.pieces import piece_ends
from playground.engine.story_script import story_script
from playground.models import ModelCard
from playground.prompting import opening
from playground.sampling import derive_seed
from playground.steering import Cut, compose
from playground.thinking import QWEN3_TAGS

__all__ = ["address", "browser", "log", "page"]


class ModelAlone:
    """The scripted model without a page around it."""

    card = ModelCard(name="quick", engine="scripted", source="", think=QWEN3_TAGS)

    @classmethod
    def thinking(cls, question: str) -> str:
        seed = derive_seed(0, "turn", 0)
        return story_script(opening(question, cls.card), seed).partition("</think>")[0]


def finish(page: Page, first: str = "quick", second: str = "other-tags", rule: str = "2") -> None:
    set_up(page, first, second, rule)
    run(page)
    page.wait_for_selector(OVER)


def step(page: Page, number: int) -> None:
    page.locator(".step", has=page.get_by_text(str(number), exact=True)).first.click()


def press(page: Page, name: str, group: str) -> None:
    page.locator(".menu .group", has_text=group).get_by_role("button", name=name, exact=True).click()


def test_pause_and_continue_keep_every_character(page: Page) -> None:
    set_up(page, "slow", "quick", rule="3")
    run(page)
    page.locator(".step").nth(1).wait_for()
    page.click("#pause")
    page.wait_for_selector(OVER)
    assert "Paused" in page.locator(".ending").inner_text()
    before = text_on(page)
    page.click("#continue")
    expect(page.locator(".ending .outcome")).to_have_text("Correct")
    assert text_on(page).startswith(before)
    assert text_on(page) == "".join(segment["text"] for segment in record(page)["segments"])
    assert page.locator(".line.turn").count() == 1
    assert "step" in page.locator(".line.turn").inner_text()


def test_a_model_goes_on_from_a_step_and_undo_brings_back_what_was(page: Page) -> None:
    finish(page)
    before = text_on(page)
    step(page, 1)
    press(page, "B", "Goes on")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    after = text_on(page)
    assert after != before
    page.keyboard.press("Control+z")
    expect(page.locator(".step")).not_to_have_count(0)
    page.wait_for_function(
        "text => [...document.querySelectorAll('.step .text')].map(t => t.textContent).join('') === text", arg=before
    )
    page.keyboard.press("Control+Shift+z")
    page.wait_for_function(
        "text => [...document.querySelectorAll('.step .text')].map(t => t.textContent).join('') === text", arg=after
    )


def test_an_edit_is_a_persons_segment_and_the_rest_stays(page: Page) -> None:
    finish(page)
    step(page, 2)
    press(page, "Edit", "Text")
    page.get_by_label("Your words").fill("So 24 - 9 is 14.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".step.writer-P").wait_for()
    segments = record(page)["segments"]
    assert [segment["text"] for segment in segments if segment["author"]["kind"] == "person"] == ["So 24 - 9 is 14.\n"]
    assert segments[-1]["kind"] == "answer"
    assert text_on(page) == "".join(segment["text"] for segment in segments)


def test_a_cut_keeps_what_follows_in_its_own_branch(page: Page) -> None:
    finish(page)
    before = text_on(page)
    step(page, 2)
    press(page, "Cut after", "Text")
    expect(page.locator(".step")).to_have_count(2)
    assert before.startswith(text_on(page))
    page.locator(".branch button").first.click()
    expect(page.locator(".branch.current .badge")).to_have_text(re.compile("✓ 27"))
    assert text_on(page) == before


def test_retry_draws_anew_and_keeps_the_first(page: Page) -> None:
    finish(page)
    before = text_on(page)
    page.click("#retry")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    page.locator(".branch button").first.click()
    expect(page.locator(".branch").first).to_have_class("branch current")
    assert text_on(page) == before


def test_a_step_can_be_taken_over_while_it_streams(page: Page) -> None:
    set_up(page, "endless", "quick", rule="399")
    run(page)
    page.locator(".step").nth(3).wait_for()
    page.locator(".step").nth(1).click()
    press(page, "B", "Goes on")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    authors = [segment["author"]["name"] for segment in record(page)["segments"]]
    assert authors == ["endless", "quick", "quick"]


def test_a_distractor_at_40_percent_in_two_clicks(page: Page) -> None:
    finish(page)
    page.get_by_text("Steer", exact=True).first.click()
    page.get_by_label("Position %").fill("40")
    before = "".join(segment["text"] for segment in record(page)["segments"] if segment["kind"] == "thinking")
    step(page, 1)
    press(page, "Distract", "Steer")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    segments = record(page)["segments"]
    steer = next(segment for segment in segments if segment["author"] == {"kind": "steer", "name": "quick"})
    source = ModelAlone.thinking(steer["provenance"]["steer"]["question"])
    composed = compose(before, source, Cut(own=0.4, steer=0.2), piece_ends)
    assert "".join(segment["text"] for segment in segments).startswith(composed.text)
    assert steer["text"] == composed.steer
    assert page.locator(".mark.backtrack").count() >= 1
    assert "left the steer after" in page.locator(".shift.returns").inner_text()
    assert "Correct" in page.locator(".ending").inner_text()


def test_two_branches_stand_side_by_side_with_the_first_difference_marked(page: Page) -> None:
    finish(page)
    step(page, 1)
    press(page, "B", "Goes on")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    expect(page.locator(".step.cut-after")).to_have_attribute("data-cut", "✂ leaves branch 1 here")
    page.locator(".branch").first.get_by_role("button", name="⇆").click()
    expect(page.locator(".side")).to_have_count(2)
    marked = page.locator(".side mark:not(:empty)").all_inner_texts()
    assert len(marked) == 2
    assert marked[0] != marked[1]
    assert page.locator(".side .same").first.inner_text() != ""


def test_a_person_writes_a_segment_while_a_model_streams_and_another_goes_on(page: Page) -> None:
    set_up(page, "endless", "quick", rule="399")
    run(page)
    page.locator(".step").nth(3).wait_for()
    page.locator(".step").nth(1).click()
    press(page, "Write after", "Text")
    page.get_by_label("Your words").fill("So far so good.")
    page.get_by_role("button", name="Save and cut").click()
    page.locator(".step.writer-P").click()
    press(page, "B", "Goes on")
    page.wait_for_selector(".step.answer")
    authors = [segment["author"]["name"] for segment in record(page)["segments"]]
    assert authors[:3] == ["endless", "you", "quick"]


def test_a_person_begins_and_a_model_goes_on(page: Page) -> None:
    set_up(page, "quick", "other-tags")
    page.get_by_role("button", name="begin in your own words").click()
    page.get_by_label("Your words").fill("I would add first.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".step.writer-P").click()
    press(page, "B", "Goes on")
    page.wait_for_selector(".step.answer")
    assert [segment["author"]["name"] for segment in record(page)["segments"]][:2] == ["you", "other-tags"]


def test_a_guide_stands_at_the_start(page: Page) -> None:
    finish(page, "quick", "quick")
    step(page, 2)
    press(page, "Guide", "Steer")
    expect(page.locator(".branch")).to_have_count(2)
    page.wait_for_selector(OVER)
    first = record(page)["segments"][0]
    assert first["provenance"]["steer"]["kind"] == "guide"
    assert ModelAlone.thinking(first["provenance"]["steer"]["question"]).startswith(first["text"])


def test_own_words_as_a_steer(page: Page) -> None:
    finish(page)
    step(page, 2)
    press(page, "Own words", "Steer")
    page.get_by_label("Your words").fill("Maybe nobody gave anything away.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".step.writer-S").first.wait_for(state="attached")
    page.wait_for_selector(OVER)
    assert "Wait. Let me think. Maybe nobody gave anything away." in text_on(page)


def test_what_it_would_answer_now_stands_in_the_margin_and_changes_nothing(page: Page) -> None:
    finish(page)
    before = text_on(page)
    step(page, 1)
    press(page, "B", "What would it answer now?")
    expect(page.locator(".candidate.probe")).to_have_text("B would answer 27 ✓")
    assert text_on(page) == before


def test_what_is_thought_for_a_steer_is_told_and_can_be_stopped(page: Page) -> None:
    finish(page, second="endless", rule="50")
    before = text_on(page)
    page.get_by_text("Steer", exact=True).first.click()
    page.get_by_label("the next one").check()
    step(page, 2)
    press(page, "Distract", "Steer")
    expect(page.locator(".ending .outcome")).to_have_text("B thinks about another question")
    page.click("#stop")
    expect(page.locator(".ending .outcome")).to_have_text("Correct")
    assert not page.locator(".notice").is_visible()
    assert text_on(page) == before


def test_a_click_tells_where_a_step_comes_from(page: Page) -> None:
    finish(page)
    step(page, 1)
    about = page.locator(".origin")
    expect(about).to_contain_text("quick")
    expect(about).to_contain_text("T 0.6 · top-p 0.95 · seed")
    expect(about).to_contain_text("steps:2")
