"""A table of published models: their think tags, recommended sampling, size and context.

The table only corrects what a chat template does not say; see `tag_sources`. Knows no file and no model hub.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from playground.thinking import (
    BRACKET_TAGS,
    DEEPSEEK_TAGS,
    GPT_OSS_TAGS,
    NO_TAGS,
    QWEN3_TAGS,
    SEED_TAGS,
    ThinkTags,
)


@dataclass(frozen=True, slots=True)
class Recommended:
    """The sampling that a model's authors recommend for its thinking."""

    temperature: float
    top_p: float
    top_k: int = 0


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A published model."""

    hub_id: str
    billions: float
    """Parameters, in 10⁹, experts that rest among them."""
    context: int
    """Tokens, as the configuration says, without scaling."""
    think: ThinkTags
    opens: bool | None = None
    """Whether the published template writes the open tag; None where that differs between versions."""
    recommended: Recommended | None = None
    """None where the authors publish none that can be followed here: that of Qwen3.5 wants a presence penalty."""

    @property
    def name(self) -> str:
        """The hub id without its owner."""
        return self.hub_id.partition("/")[2]


_R1: Final = Recommended(0.6, 0.95)
_QWEN3: Final = Recommended(0.6, 0.95, 20)
_QWEN3_PLAIN: Final = Recommended(0.7, 0.8, 20)
_OPENS: Final = DEEPSEEK_TAGS
_LEAVES: Final = QWEN3_TAGS
_SPACE: Final = replace(QWEN3_TAGS, after_open=" ")
_BARE: Final = replace(DEEPSEEK_TAGS, after_open="")
_THOUGHT: Final = ThinkTags("<|begin_of_thought|>", "<|end_of_thought|>")

PAPER_MODELS: Final = (
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", 1.8, 131072, _OPENS, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", 7.6, 131072, _OPENS, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 32.8, 131072, _OPENS, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", 8.0, 131072, _OPENS, True, _R1),
    KnownModel("Qwen/QwQ-32B", 32.8, 40960, _OPENS, True, Recommended(0.6, 0.95, 40)),
    KnownModel("Qwen/Qwen3-1.7B", 2.0, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-8B", 8.2, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-32B", 32.8, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-30B-A3B", 30.5, 40960, _LEAVES, False, _QWEN3),
    KnownModel("open-thoughts/OpenThinker3-1.5B", 1.5, 32768, _SPACE, False),
    KnownModel("open-thoughts/OpenThinker3-7B", 7.6, 32768, _SPACE, False),
    KnownModel("agentica-org/DeepScaleR-1.5B-Preview", 1.8, 131072, _LEAVES),
    KnownModel("zwhe99/DeepMath-1.5B", 1.8, 131072, _LEAVES),
    KnownModel("GAIR/LIMO", 32.8, 32768, NO_TAGS, False),
    KnownModel("a-m-team/AM-Thinking-v1", 32.8, 131072, _LEAVES),
)
"""The fifteen models of the paper (section 5 of the protocol); `after_open` as in its prompts."""

GUIDES: Final = (
    KnownModel("deepseek-ai/DeepSeek-R1", 684.5, 163840, _OPENS, True, _R1),
    KnownModel("Qwen/Qwen3-235B-A22B", 235.1, 40960, _LEAVES, False, _QWEN3),
)
"""The paper's guides that are not among its fifteen; QwQ-32B is the third."""

OTHER_MODELS: Final = (
    KnownModel("Qwen/Qwen3-0.6B", 0.8, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-4B", 4.0, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-14B", 14.8, 40960, _LEAVES, False, _QWEN3),
    KnownModel("Qwen/Qwen3-4B-Thinking-2507", 4.0, 262144, _OPENS, True, _QWEN3),
    KnownModel("Qwen/Qwen3-30B-A3B-Thinking-2507", 30.5, 262144, _OPENS, True, _QWEN3),
    KnownModel("Qwen/Qwen3-235B-A22B-Thinking-2507", 235.1, 262144, _OPENS, True, _QWEN3),
    KnownModel("Qwen/Qwen3-Next-80B-A3B-Thinking", 81.3, 262144, _OPENS, True, _QWEN3),
    KnownModel("Qwen/Qwen3-4B-Instruct-2507", 4.0, 262144, NO_TAGS, False, _QWEN3_PLAIN),
    KnownModel("Qwen/Qwen3-30B-A3B-Instruct-2507", 30.5, 262144, NO_TAGS, False, _QWEN3_PLAIN),
    KnownModel("Qwen/Qwen3.5-0.8B", 0.9, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.5-4B", 4.7, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.5-9B", 9.7, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.5-27B", 27.8, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.5-35B-A3B", 36.0, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.6-27B", 27.8, 262144, _OPENS, None),
    KnownModel("Qwen/Qwen3.6-35B-A3B", 36.0, 262144, _OPENS, None),
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", 14.8, 131072, _OPENS, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", 70.6, 131072, _OPENS, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-0528", 684.5, 163840, _LEAVES, None, _R1),
    KnownModel("deepseek-ai/DeepSeek-R1-0528-Qwen3-8B", 8.2, 131072, _LEAVES, None, _R1),
    KnownModel("deepseek-ai/DeepSeek-V3.1", 684.5, 163840, _BARE, True, _R1),
    KnownModel("deepseek-ai/DeepSeek-V3.1-Terminus", 684.5, 163840, _BARE, True, _R1),
    KnownModel("openai/gpt-oss-20b", 20.9, 131072, GPT_OSS_TAGS, False, Recommended(1.0, 1.0)),
    KnownModel("openai/gpt-oss-120b", 116.8, 131072, GPT_OSS_TAGS, False, Recommended(1.0, 1.0)),
    KnownModel("ByteDance-Seed/Seed-OSS-36B-Instruct", 36.2, 524288, SEED_TAGS, False, Recommended(1.1, 0.95)),
    KnownModel("mistralai/Magistral-Small-2506", 23.6, 131072, _LEAVES, False, Recommended(0.7, 0.95)),
    KnownModel("mistralai/Magistral-Small-2507", 23.6, 131072, BRACKET_TAGS, False, Recommended(0.7, 0.95)),
    KnownModel("mistralai/Magistral-Small-2509", 24.0, 131072, BRACKET_TAGS, False, Recommended(0.7, 0.95)),
    KnownModel("zai-org/GLM-Z1-9B-0414", 9.4, 32768, _OPENS, None, Recommended(0.6, 0.95, 40)),
    KnownModel("zai-org/GLM-4.5-Air", 110.5, 131072, _LEAVES, None),
    KnownModel("zai-org/GLM-4.6", 356.8, 202752, _LEAVES, None),
    KnownModel("HuggingFaceTB/SmolLM3-3B", 3.1, 65536, _LEAVES, None, _R1),
    KnownModel("microsoft/Phi-4-reasoning", 14.7, 32768, _LEAVES, None, Recommended(0.8, 0.95, 50)),
    KnownModel("microsoft/Phi-4-mini-reasoning", 3.8, 131072, _LEAVES, None, Recommended(0.8, 0.95)),
    KnownModel("allenai/Olmo-3-7B-Think", 7.3, 65536, _OPENS, None, _R1),
    KnownModel("moonshotai/Kimi-K2-Thinking", 1058.6, 262144, _LEAVES, None),
    KnownModel("MiniMaxAI/MiniMax-M2", 228.7, 196608, _OPENS, None, Recommended(1.0, 0.95, 40)),
    KnownModel("open-thoughts/OpenThinker-7B", 7.6, 32768, _THOUGHT, False),
    KnownModel("open-thoughts/OpenThinker2-7B", 7.6, 32768, _LEAVES, False),
    KnownModel("simplescaling/s1.1-7B", 7.6, 32768, NO_TAGS, False),
    KnownModel("Qwen/Qwen2.5-1.5B-Instruct", 1.5, 32768, NO_TAGS, False, _QWEN3_PLAIN),
    KnownModel("Qwen/Qwen2.5-7B-Instruct", 7.6, 32768, NO_TAGS, False, _QWEN3_PLAIN),
    KnownModel("Qwen/Qwen2.5-32B-Instruct", 32.8, 32768, NO_TAGS, False, _QWEN3_PLAIN),
    KnownModel("meta-llama/Llama-3.1-8B-Instruct", 8.0, 131072, NO_TAGS, False, Recommended(0.6, 0.9)),
    KnownModel("meta-llama/Llama-3.3-70B-Instruct", 70.6, 131072, NO_TAGS, False, Recommended(0.6, 0.9)),
    KnownModel("HuggingFaceTB/SmolLM2-135M-Instruct", 0.135, 8192, NO_TAGS, False, Recommended(0.2, 0.9)),
)

KNOWN_MODELS: Final = (*PAPER_MODELS, *GUIDES, *OTHER_MODELS)

_QUANTISED = re.compile(
    r"[-._](gguf|mlx|i?q\d|bf16|f16|f32|fp16|mxfp4|nvfp4|ud-|awq|gptq|int[48]|fp8|[48]bit)", re.IGNORECASE
)
"""Where the name of a quantised copy goes on after the name of the model."""


def known_model(name: str) -> KnownModel | None:
    """The model that a hub id, a directory's or a file's name stands for; None if the table has none.

    Case does not matter, and a quantised copy such as `Qwen3-8B-Q4_K_M.gguf` is the model it was made from, as is
    `qwen3:8b` of Ollama. A fine-tuned copy is another model.
    """
    wanted = name.rstrip("/").rpartition("/")[2].lower().removesuffix(".gguf").replace(":", "-")
    found = next((known for known in KNOWN_MODELS if name.lower() == known.hub_id.lower()), None)
    if found is not None:
        return found
    copy = _QUANTISED.search(wanted)
    names = {wanted, wanted[: copy.start()] if copy else wanted}
    return next((known for known in KNOWN_MODELS if known.name.lower() in names), None)
