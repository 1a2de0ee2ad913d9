"""From tokens to text: nothing is lost, nothing comes too early."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from playground.engine.base import Request, Token
from playground.engine.continuation import Continuation
from playground.engine.intake import Intake
from playground.engine.tokenizer import Tokenizer
from playground.engine.vocabulary import Vocabulary

BYTES = Vocabulary([bytes([byte]) for byte in range(256)])
ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def byte_level(normalizer: normalizers.Normalizer | None = None) -> Tokenizer:
    backend = Backend(models.BPE(vocab={letter: i for i, letter in enumerate(sorted(ALPHABET))}, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    if normalizer is not None:
        backend.normalizer = normalizer
    vendor = PreTrainedTokenizerFast(tokenizer_object=backend)
    vendor.add_tokens(["<think>"])
    return Tokenizer(vendor, frozenset())


def sentencepiece_like() -> Tokenizer:
    """As Llama 2 has it: blanks are a letter of their own, one is put before a text, unknown letters are bytes."""
    pieces = [f"<0x{byte:02X}>" for byte in range(256)] + list("▁abcdeHlo") + ["▁a", "▁H"]
    backend = Backend(
        models.BPE(
            vocab={piece: i for i, piece in enumerate(pieces)},
            merges=[("▁", "a"), ("▁", "H")],
            byte_fallback=True,
            unk_token="<0x00>",
        )
    )
    backend.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=backend), frozenset())


class Noting(Tokenizer):
    """A tokenizer that notes what it encodes."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__(tokenizer._vendor, tokenizer.end_ids)
        self.encoded: list[str] = []

    def encode(self, text: str) -> list[int]:
        self.encoded.append(text)
        return super().encode(text)


@given(st.text())
def test_bytes_join_to_the_text_and_characters_come_whole(text):
    stream = BYTES.stream()
    parts = [stream.add(byte) for byte in text.encode()]
    assert "".join(parts) == text
    assert stream.end() == ""


@given(st.text(), st.integers(1, 3))
def test_an_unfinished_character_shows_once_at_the_end(text, count):
    stream = BYTES.stream()
    shown = "".join(stream.add(byte) for byte in text.encode() + "🦊".encode()[:count])
    assert (shown, stream.whole, stream.end()) == (text, False, "\ufffd")


@given(st.text())
def test_byte_level_tokens_join_to_the_text(text):
    tokenizer = byte_level()
    assert "".join(tokenizer.texts(text, tokenizer.encode(text))) == text


def test_tags_are_tokens_with_their_own_text():
    tokenizer = byte_level()
    assert tokenizer.texts("a<think>b", tokenizer.encode("a<think>b")) == ["a", "<think>", "b"]


@pytest.mark.parametrize("text", ["a Hello", "Hello", "  a\n b", "naïve 🦊 a", " "])
def test_blanks_survive_a_tokenizer_that_puts_one_before_a_text(text):
    tokenizer = sentencepiece_like()
    assert "".join(tokenizer.texts(text, tokenizer.encode(text))) == text
    assert tokenizer.token_ends(text)[-1] == len(text)


def test_text_after_a_prompt_gets_no_blank_of_its_own():
    tokenizer = sentencepiece_like()
    prompt = tokenizer.encode("a H")
    for text in ("ello", " a", "a", "\na"):
        stream = tokenizer.stream()
        assert "".join(stream.add(index) for index in tokenizer.encode_after(prompt, "a H", text)) == text


def test_a_tokenizer_that_changes_the_text_still_says_where_tokens_end():
    tokenizer = byte_level(normalizers.NFC())
    text = unicodedata.normalize("NFD", "é né")
    ends = tokenizer.token_ends(text)
    assert ends == sorted(ends)
    assert ends[-1] == len(text)


@given(
    st.lists(st.text("abc", max_size=3), max_size=12),
    st.lists(st.text("abc", min_size=1, max_size=4), max_size=3).map(tuple),
)
def test_any_stop_string_ends_the_text_just_before_it(texts, stops):
    continuation = Continuation(stops, limit=1000)
    shown, last = "", 0
    for text in texts:
        delta = continuation.add(Token(id=0, text=text))
        shown += delta.text if delta else ""
        last += 1
        if continuation.finish_reason:
            break
    rest = continuation.close()
    seen = "".join(texts[:last])
    if continuation.stop_string is None:
        assert not any(stop in seen for stop in stops)
        assert shown + (rest.text if rest else "") == seen
    else:
        assert shown == seen[: seen.index(continuation.stop_string)]
        assert not any(stop in "".join(texts[: last - 1]) for stop in stops)


def test_an_end_token_completes_the_character_before_it():
    continuation = Continuation((), limit=10)
    continuation.add(Token(id=1, text=""), whole=False)
    continuation.end(Token(id=2, text="<|end|>"), "\ufffd")
    assert continuation.close().text == "\ufffd"
    done = continuation.completion(prompt_tokens=1, cached_tokens=0, seed=0, seconds=0)
    assert [token.text for token in done.tokens] == ["\ufffd", ""]


def test_a_group_encodes_equal_prompts_once():
    tokenizer = Noting(byte_level())
    writers = Intake(tokenizer, 64).writers([Request(prompt=prompt) for prompt in ("one", "two", "one", "one")])
    assert tokenizer.encoded == ["one", "two"]
    assert [writer.prompt for writer in writers] == [byte_level().encode(text) for text in ("one", "two", "one", "one")]
