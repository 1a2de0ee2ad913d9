import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import InvalidData
from playground.thinking import (
    BRACKET_TAGS,
    DEEPSEEK_TAGS,
    GPT_OSS_TAGS,
    NO_TAGS,
    QWEN3_TAGS,
    SEED_TAGS,
    Piece,
    ThinkStream,
    ThinkTags,
    detect_think_tags,
    split_thinking,
)

TAGS = st.sampled_from([DEEPSEEK_TAGS, QWEN3_TAGS, BRACKET_TAGS, SEED_TAGS, NO_TAGS])
V31_TAGS = ThinkTags("<think>", "</think>", template_opens=True, after_open="")
TEXTS = st.lists(
    st.sampled_from(
        [
            "<",
            "<think>",
            "</think>",
            "</thi",
            "[THINK]",
            "[/THINK]",
            "<seed:think>",
            "</seed:think>",
            "\n",
            " ",
            "x",
            "é。",
        ]
    ),
    max_size=20,
).map("".join)


def streamed(text: str, tags: ThinkTags, opened: bool, size: int) -> tuple[ThinkStream, str, str]:
    stream = ThinkStream(tags, opened)
    pieces = [piece for start in range(0, len(text), size) for piece in stream.feed(text[start : start + size])]
    pieces += stream.close()
    assert all(piece.text for piece in pieces)
    thinking = "".join(piece.text for piece in pieces if piece.kind == "thinking")
    return stream, thinking, "".join(piece.text for piece in pieces if piece.kind == "answer")


@given(TEXTS, TAGS, st.booleans(), st.integers(1, 9))
def test_a_stream_is_lossless_at_any_split_into_deltas(text, tags, opened, size):
    stream, thinking, answer = streamed(text, tags, opened, size)
    close = tags.close if stream.state == "closed" else ""
    assert stream.opening + thinking + str(close) + answer == text


@given(TEXTS, TAGS, st.booleans(), st.integers(1, 9))
def test_a_stream_and_a_split_agree_unless_a_second_close_tag_comes(text, tags, opened, size):
    stream, thinking, answer = streamed(text, tags, opened, size)
    thought = split_thinking(text, tags, opened)
    assert (thought.state, thought.opening) == (stream.state, stream.opening)
    if tags.close is not None and text.count(tags.close) < 2:
        expected = answer if stream.state == "closed" else None
        assert (thought.thinking, thought.answer) == (thinking, expected)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_tags_and_the_line_break_behind_the_open_one_are_no_text(size):
    text = "<think>\nSo 27.\n</think>\n\nIt is 27."
    stream, thinking, answer = streamed(text, QWEN3_TAGS, False, size)
    assert (stream.opening, thinking, answer) == ("<think>\n", "So 27.\n", "\n\nIt is 27.")


@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_channels_of_gpt_oss(size):
    text = "<|channel|>analysis<|message|>So 27.<|end|><|start|>assistant<|channel|>final<|message|>It is 27.<|return|>"
    stream, thinking, answer = streamed(text, GPT_OSS_TAGS, False, size)
    assert (stream.state, thinking, answer) == ("closed", "So 27.", "It is 27.")
    assert split_thinking(text, GPT_OSS_TAGS, opened=False).answer == "It is 27."


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_what_follows_the_end_of_an_answer_is_no_part_of_it(size):
    text = f"So 27.{GPT_OSS_TAGS.close}It is 27.<|return|><|start|>user"
    _, thinking, answer = streamed(text, GPT_OSS_TAGS, True, size)
    assert (thinking, answer) == ("So 27.", "It is 27.")


def test_what_may_be_a_tag_is_held_back():
    stream = ThinkStream(DEEPSEEK_TAGS, opened=True)
    assert stream.feed("a </th") == [Piece("thinking", "a ")]
    assert stream.feed("at") == [Piece("thinking", "</that")]
    assert stream.feed("</think") == []
    assert stream.close() == [Piece("thinking", "</think")]


def test_a_close_tag_that_never_comes_means_no_answer():
    thought = split_thinking("So the answer is 27.", DEEPSEEK_TAGS, opened=True)
    assert (thought.thinking, thought.answer, thought.state) == ("So the answer is 27.", None, "open")


def test_the_last_close_tag_decides_and_earlier_ones_stay_text():
    thought = split_thinking("a</think>b</think> c", DEEPSEEK_TAGS, opened=True)
    assert (thought.thinking, thought.answer) == ("a</think>b", " c")


def test_a_stream_switches_at_the_first_close_tag():
    stream, thinking, answer = streamed("a</think>b</think> c", DEEPSEEK_TAGS, True, 3)
    assert (stream.state, thinking, answer) == ("closed", "a", "b</think> c")


def test_a_model_may_think_without_its_open_tag():
    thought = split_thinking("So 27.</think>27", QWEN3_TAGS, opened=False)
    assert (thought.thinking, thought.answer, thought.opening) == ("So 27.", "27", "")


def test_nothing_but_white_space_is_unopened():
    assert split_thinking(" \n", QWEN3_TAGS, opened=False).state == "unopened"
    assert streamed(" \n", QWEN3_TAGS, False, 1)[0].state == "unopened"


def test_a_model_without_tags_thinks_and_answers_in_one():
    thought = split_thinking("So it is 27.", NO_TAGS, opened=False)
    assert thought.thinking == thought.answer == "So it is 27."
    assert streamed("So it is 27.", NO_TAGS, False, 4)[1] == "So it is 27."


def test_tags_survive_a_round_trip_and_refuse_unknown_keys():
    for tags in (DEEPSEEK_TAGS, GPT_OSS_TAGS, NO_TAGS):
        assert ThinkTags.from_dict(tags.to_dict()) == tags
    with pytest.raises(InvalidData, match="opne"):
        ThinkTags.from_dict({"opne": "<think>"})


EXPECTED = {
    "ByteDance-Seed-OSS": SEED_TAGS,
    "Qwen-QwQ-32B": DEEPSEEK_TAGS,
    "Qwen-Qwen2.5-7B-Instruct": NO_TAGS,
    "Qwen-Qwen3-0.6B": QWEN3_TAGS,
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": DEEPSEEK_TAGS,
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": DEEPSEEK_TAGS,
    "deepseek-ai-DeepSeek-V3.1": V31_TAGS,
    "meta-llama-Llama-3.1-8B-Instruct": NO_TAGS,
    "openai-gpt-oss-120b": GPT_OSS_TAGS,
}


def generation_prompt(source: str) -> str:
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["strftime_now"] = lambda _format: "2026-01-01"
    template = environment.from_string(source)
    settings = {"messages": [{"role": "user", "content": "Why?"}], "bos_token": "", "eos_token": "", "thinking": True}
    asked = template.render(**settings, add_generation_prompt=True)
    return asked.removeprefix(template.render(**settings, add_generation_prompt=False))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_tags_are_read_off_real_templates(shared, name):
    source = (shared / "data" / "chat_templates" / f"{name}.jinja").read_text(encoding="utf-8")
    assert detect_think_tags(source) == EXPECTED[name]
    assert detect_think_tags(source, generation_prompt(source)) == EXPECTED[name]


def test_a_rendered_prompt_decides_whether_the_template_opens():
    source = "{% if add_generation_prompt %}<think>\n{% endif %}</think>"
    assert detect_think_tags(source).template_opens
    assert not detect_think_tags(source, "<|assistant|>\n").template_opens
    assert detect_think_tags(source, "<|assistant|><think> ").after_open == " "
