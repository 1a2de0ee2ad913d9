"""The two families of tiny reasoners: think tags, chat template and tokenizer of each.

Knows text and tokens, not models or weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

# As the templates of large models do, both leave out the thinking of earlier turns, and so name their close tag.
OAK_TEMPLATE = """\
{%- for message in messages -%}
{%- set written = message['content'] -%}
{%- if message['role'] == 'assistant' -%}{%- set written = written.split('</think>')[-1].lstrip('\\n') -%}{%- endif -%}
{{ '<|' + message['role'] + '|>\\n' + written + '<|end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|assistant|>\\n<think>\\n' }}{%- endif -%}"""

ELM_TEMPLATE = """\
{{- bos_token -}}
{%- for message in messages -%}
{%- if message['role'] == 'system' -%}{{ '[SYS] ' + message['content'] + ' [/SYS]\\n' }}
{%- elif message['role'] == 'user' -%}{{ '[INST] ' + message['content'] + ' [/INST]\\n' }}
{%- else -%}{{ message['content'].split('[/THINK]')[-1].lstrip('\\n') + eos_token + '\\n' }}{%- endif -%}
{%- endfor -%}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What the members of a family share: everything but the weights."""

    name: str
    open_tag: str
    close_tag: str
    opened: bool
    """Whether the template writes the open tag; otherwise the model does."""
    after_close: str
    """What stands between the close tag and the answer."""
    bos: str | None
    eos: str
    pad: str
    markers: tuple[str, ...]
    """The chat markers of the template, special tokens all."""
    template: str
    vocabulary: int
    """The number of tokens, bytes and added tokens included."""

    def completion(self, thinking: str, answer: str) -> str:
        """What the model writes after the prompt, up to its end-of-sequence token."""
        opening = "" if self.opened else f"{self.open_tag}\n"
        return f"{opening}{thinking}{self.close_tag}{self.after_close}{answer}"


OAK = Family(
    name="oak",
    open_tag="<think>",
    close_tag="</think>",
    opened=True,
    after_close="\n\n",
    bos=None,
    eos="<|end|>",
    pad="<|pad|>",
    markers=("<|system|>", "<|user|>", "<|assistant|>"),
    template=OAK_TEMPLATE,
    vocabulary=560,
)
ELM = Family(
    name="elm",
    open_tag="[THINK]",
    close_tag="[/THINK]",
    opened=False,
    after_close="\n",
    bos="<s>",
    eos="</s>",
    pad="<pad>",
    markers=("[INST]", "[/INST]", "[SYS]", "[/SYS]"),
    template=ELM_TEMPLATE,
    vocabulary=640,
)
FAMILIES = {family.name: family for family in (OAK, ELM)}


def train_tokenizer(family: Family, texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer trained on `texts`: any Unicode survives, every digit is a token of its own."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token in (family.pad, family.bos, family.eos, *family.markers) if token]
    trainer = trainers.BpeTrainer(
        vocab_size=family.vocabulary - 2,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(
        [AddedToken(tag, special=False, normalized=False) for tag in (family.open_tag, family.close_tag)]
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=family.bos,
        eos_token=family.eos,
        pad_token=family.pad,
        additional_special_tokens=list(family.markers),
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )
    wrapped.chat_template = family.template
    return wrapped
