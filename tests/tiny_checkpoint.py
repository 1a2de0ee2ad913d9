"""A checkpoint for tests, trained in seconds: a byte-level tokenizer and a Llama that knows a few lines by heart."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CONTEXT_LENGTH = 256
END = "<|end|>"
LINES = [
    "Mia starts with 24 stickers. Mia gives away 9 stickers, so 24 - 9 = 15.",
    "Wait, that is not right. Let me go back to the question.",
    "Leo has 7 shells. Leo buys 12 more shells, so 7 + 12 = 19.",
    "The sun ☀️ shines on the 🦊 and the naïve 🦉, 你好 世界.",
    "So the answer is \\boxed{27}.",
]


def build(folder: Path) -> Path:
    """Train the checkpoint and save it as any other model is saved."""
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,  # 32 wide each: the narrowest that vLLM runs on a CPU
        num_key_value_heads=1,
        max_position_embeddings=CONTEXT_LENGTH,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    _train(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=END)


def _train(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    """Every batch is the lines in a random order, so the model knows each of them but not which comes next."""
    lines = [tokenizer.encode(line + "\n", add_special_tokens=False) for line in LINES]
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    random = torch.Generator().manual_seed(0)
    for _ in range(120):
        orders = [torch.randperm(len(lines), generator=random) for _ in "1234"]
        rows = [[index for line in order for index in lines[line]] for order in orders]
        batch = torch.tensor([[*row, tokenizer.eos_token_id] for row in rows])
        model(input_ids=batch, labels=batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
