"""Trains one tiny reasoner: model, optimizers, schedule, and a state that can be saved and taken up again.

Knows recipes and batches; not the command line, the model card or how accurate the outcome is.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from playground.engine.vendor_errors import loading_errors
from playground.errors import InvalidInput
from playground.reasoners import attention
from playground.reasoners.corpus import Batch, batches, tokenizer_texts
from playground.reasoners.families import FAMILIES, Family, train_tokenizer
from playground.reasoners.recipes import Recipe

HEAD_SIZE = 32
CONTEXT = 2048
WARM_UP = 100
"""Steps in which the learning rate rises to its peak; from there it falls linearly to 0 at the last step."""


def new_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A model of the recipe's size with random weights from its seed."""
    torch.manual_seed(recipe.seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        intermediate_size=recipe.width * 8 // 3 // 32 * 32,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.width // HEAD_SIZE,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def begin(recipe: Recipe, parents: Path, device: str) -> Training:
    """A training at its first step: from random weights, or from the parent's checkpoint below `parents`.

    Raises:
        InvalidInput: there is no such device, or no checkpoint of the parent.
        ModelUnavailable: the parent's checkpoint is damaged.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise InvalidInput("This machine has no CUDA device.", "Use --device cpu.")
    family = FAMILIES[recipe.family]
    if not recipe.parent:
        tokenizer = train_tokenizer(family, tokenizer_texts(family))
        model = new_model(recipe, tokenizer)
    else:
        parent = parents / recipe.parent
        if not (parent / "config.json").is_file():
            raise InvalidInput(f"The parent checkpoint {parent} is missing.", f"Train {recipe.parent} first.")
        with loading_errors(str(parent)):
            tokenizer = AutoTokenizer.from_pretrained(parent)
            model = AutoModelForCausalLM.from_pretrained(parent, dtype=torch.float32)
        tokenizer.chat_template = family.template  # the family's own, whatever the parent was saved with
    return Training(recipe, family, tokenizer, model.to(device))


def loss_of(model: LlamaForCausalLM, batch: Batch) -> torch.Tensor:
    """The weighted mean of the cross-entropy in nats over the completion's tokens; the question is not learnt."""
    hidden = model.model(input_ids=batch.ids[:, :-1], use_cache=False).last_hidden_state
    counted = batch.weights[:, 1:] > 0
    weights = batch.weights[:, 1:][counted]
    losses = cross_entropy(model.lm_head(hidden[counted]).float(), batch.ids[:, 1:][counted], reduction="none")
    return (losses * weights).sum() / weights.sum()


@dataclass(frozen=True, slots=True)
class Progress:
    """One step done."""

    step: int
    loss: float
    tokens: int
    """Tokens of the batch, padding included."""


class Training:
    """A training under way: everything that changes while it runs."""

    def __init__(
        self, recipe: Recipe, family: Family, tokenizer: PreTrainedTokenizerFast, model: LlamaForCausalLM
    ) -> None:
        self.recipe = recipe
        model.set_attn_implementation(attention.NAME)
        self.model = model
        self.step = 0
        self.losses: list[float] = []
        """The loss of every step so far, in nats."""
        self._family = family
        self._tokenizer = tokenizer
        hidden: list[torch.nn.Parameter] = []
        rest: list[torch.nn.Parameter] = []
        for name, weights in model.named_parameters():
            (hidden if weights.ndim == 2 and "embed" not in name else rest).append(weights)
        self._optimizers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(hidden, lr=recipe.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.01),
        )

    def run(self, until: int) -> Iterator[Progress]:
        """Trains up to the step `until`, one step at a time."""
        device = self.model.device
        self.model.train()
        for batch in batches(self.recipe, self._family, self._tokenizer, first=self.step):
            if self.step >= until:
                return
            self._set_rates()
            with torch.autocast(device.type, torch.bfloat16):
                loss = loss_of(self.model, Batch(batch.ids.to(device), batch.weights.to(device)))
            torch.autograd.backward(loss)
            for optimizer in self._optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            self.step += 1
            self.losses.append(loss.item())
            yield Progress(self.step, self.losses[-1], batch.ids.numel())

    def _set_rates(self) -> None:
        rising = min(1.0, (self.step + 1) / WARM_UP)
        falling = 1 - self.step / self.recipe.steps
        for optimizer in self._optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.recipe.rate * min(rising, falling)

    def save(self, path: Path) -> None:
        """Writes the state, whole or not at all."""
        state = {
            "recipe": repr(self.recipe),
            "step": self.step,
            "losses": self.losses,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
        }
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)

    def load(self, path: Path) -> None:
        """Takes up a saved state.

        Raises:
            InvalidInput: it is damaged, or belongs to another recipe.
        """
        try:
            state = torch.load(path, map_location=self.model.device, weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError):
            raise InvalidInput(f"{path} is not a saved training state.", "Train again without --resume.") from None
        if not isinstance(state, dict) or state.get("recipe") != repr(self.recipe):
            raise InvalidInput(f"{path} was saved under another recipe.", "Train again without --resume.")
        self.step, self.losses = state["step"], state["losses"]
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)

    def write_checkpoint(self, folder: Path) -> None:
        """Writes the model in bfloat16 and its tokenizer; training cannot go on with the model afterwards."""
        self.model.to(torch.bfloat16).save_pretrained(folder)
        self._tokenizer.save_pretrained(folder)
