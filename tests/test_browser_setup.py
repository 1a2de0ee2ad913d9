"""The form: which models, which question, who writes until when, how each is sampled. In a real browser."""

from playwright.sync_api import Page, expect
from visitor import OVER, address, browser, choose, log, page, record, run, set_up

__all__ = ["address", "browser", "log", "page"]


def test_nobody_has_a_thinking_budget_unasked(page: Page) -> None:
    expect(page.get_by_label("Thinking budget")).to_have_value("")
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    segments = record(page)["segments"]
    assert segments[0]["kind"] == "thinking"
    assert not any(segment["provenance"].get("thinking_budget") for segment in segments)


def test_a_third_model_takes_its_turn(page: Page) -> None:
    page.get_by_role("button", name="another model").click()
    choose(page, "Model C", "slow")
    set_up(page, "quick", "other-tags", rule="1")
    run(page)
    page.wait_for_selector(OVER)
    assert page.locator(".step.writer-C").count() >= 1
    names = [segment["author"]["name"] for segment in record(page)["segments"]]
    assert list(dict.fromkeys(names)) == ["quick", "other-tags", "slow"]
    page.reload()
    expect(page.get_by_label("Model C", exact=True)).to_have_value("slow")


def test_a_fifth_model_cannot_be_asked_for(page: Page, address: str) -> None:
    page.goto(f"{address}/?a=quick&b=quick&c=slow&d=slow")
    expect(page.get_by_label("Model D", exact=True)).to_have_value("slow")
    expect(page.get_by_role("button", name="another model")).to_be_hidden()


def test_a_question_of_the_folder_is_asked(page: Page) -> None:
    page.get_by_label("mine", exact=True).check()
    expect(page.get_by_role("textbox", name="Question")).to_have_value("What is half of one?")
    set_up(page, "quick", "quick")
    run(page)
    page.wait_for_selector(OVER)
    saved = record(page)
    assert (saved["question_id"], saved["gold"]) == ("mine-1", r"\frac{1}{2}")


def test_a_question_of_ones_own_does_not_keep_another_ones_answer(page: Page) -> None:
    question, gold = page.get_by_role("textbox", name="Question"), page.get_by_label("Correct answer")
    expect(gold).not_to_have_value("")
    question.fill("What is 2 + 2?")
    expect(gold).to_have_value("")
    expect(page.get_by_role("combobox", name="Question")).to_have_value("")
    gold.fill("4")
    question.press_sequentially(" And why?")
    expect(question).to_have_value("What is 2 + 2? And why?")
    expect(gold).to_have_value("4")


def test_the_turns_to_come_are_drawn(page: Page) -> None:
    expect(page.locator(".turns i")).to_have_count(2)
    page.get_by_label("taking turns").check()
    expect(page.locator(".turns")).to_have_attribute("aria-label", "A 2, B 1, A 2, B 1, A 2, B 1")
    page.get_by_label("Turns, in steps").fill("A:1,C:2")
    expect(page.locator(".turns")).to_have_text("The schedule names C, but there are 2 models.")


def test_a_model_hands_over_where_it_is_unsure(page: Page) -> None:
    choose(page, "A writes until", "it is unsure")
    choose(page, "Model B", "other-tags")
    page.get_by_label("Entropy over, bits").fill("1.2")
    run(page)
    page.wait_for_selector(OVER)
    assert "where it was unsure (over 1.2 bits)" in page.locator(".line.turn").inner_text()


def test_a_model_has_a_temperature_of_its_own(page: Page) -> None:
    page.get_by_text("Sampling of each model").click()
    page.get_by_label("B: temperature").fill("0")
    set_up(page, "quick", "other-tags")
    run(page)
    page.wait_for_selector(OVER)
    asked = {
        segment["author"]["name"]: segment["provenance"]["sampling"]["temperature"]
        for segment in record(page)["segments"]
    }
    assert asked == {"quick": 0.6, "other-tags": 0.0}


def test_while_a_model_is_loaded_the_page_says_so(page: Page) -> None:
    set_up(page, "late", "quick")
    run(page)
    expect(page.locator(".waiting")).to_have_text("Loading the models …")
    page.wait_for_selector(OVER)
    expect(page.locator(".waiting")).to_be_empty()
