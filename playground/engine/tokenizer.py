"""A model's tokenizer as engines need it: text to ids and back, without loss. Knows no model and no template."""

from __future__ import annotations

from typing import Any

from playground.engine.vocabulary import TextStream, vocabulary_of


class Tokenizer:
    """Wraps a tokenizer of the transformers library. Adds no special tokens: prompts hold theirs."""

    def __init__(self, vendor: Any, end_ids: frozenset[int]) -> None:
        """`end_ids` are the tokens with which the model ends a text."""
        self._vendor = vendor
        self.end_ids = end_ids
        self._backend = getattr(vendor, "backend_tokenizer", None)
        self.vocabulary = vocabulary_of(vendor)

    def encode(self, text: str) -> list[int]:
        if self._backend is None:
            return list(self._vendor.encode(text, add_special_tokens=False))
        return list(self._backend.encode(text, add_special_tokens=False).ids)

    def encode_after(self, prompt: list[int], prompt_text: str, text: str) -> list[int]:
        """The tokens of `text` where it follows a prompt that is already tokens.

        Where the prompt's tokens stay the same with `text` after them, what follows them is the answer; otherwise
        the two are joined at the border, as when the model itself had gone on from the prompt.
        """
        both = self.encode(prompt_text + text)
        if both[: len(prompt)] == prompt:
            return both[len(prompt) :]
        border = self.encode("\n")
        after = self.encode("\n" + text)  # keeps tokenizers that put a blank before a text from doing so
        return after[len(border) :] if after[: len(border)] == border else self.encode(text)

    def stream(self) -> TextStream:
        return self.vocabulary.stream()

    def texts(self, text: str, ids: list[int]) -> list[str]:
        """What each of the tokens of `text` adds to it; the last one takes what a lossy tokenizer left out."""
        stream = self.stream()
        pieces = [stream.add(index) for index in ids]
        joined = "".join(pieces)
        if joined == " " + text:
            return [pieces[0][1:], *pieces[1:]]  # the blank that SentencePiece puts before a text
        if joined == text or not ids:
            return pieces
        return _between(text, self._offsets(text, len(ids)))

    def token_ends(self, text: str) -> list[int]:
        ends: list[int] = []
        position = 0
        for piece in self.texts(text, self.encode(text)):
            position += len(piece)
            ends.append(position)
        return ends

    def _offsets(self, text: str, count: int) -> list[int]:
        """Where the tokens of a text end that the tokenizer changes before it splits it (as Unicode forms)."""
        if self._backend is None:
            return [len(text)] * count
        offsets = self._backend.encode(text, add_special_tokens=False).offsets
        return [end for _, end in offsets] if len(offsets) == count else [len(text)] * count


def _between(text: str, ends: list[int]) -> list[str]:
    """The text cut at ascending ends; the last piece reaches to the end of the text."""
    pieces: list[str] = []
    start = 0
    for end in [*ends[:-1], len(text)]:
        pieces.append(text[start : max(start, end)])
        start = max(start, end)
    return pieces
