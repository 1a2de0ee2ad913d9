"""Reads vLLM's own counters of an engine: what runs, what waits, what the prefix cache held. Changes nothing."""

from __future__ import annotations

from typing import Any, Self

from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.metrics.loggers import PrometheusStatLogger


class Counters(PrometheusStatLogger):  # type: ignore[misc]
    """Keeps the last figures. It stands in for the Prometheus logger that vLLM adds where there is none."""

    def __init__(self, vllm_config: Any, engine_indexes: list[int] | None = None) -> None:
        self.running = 0
        """Requests that the engine works on."""
        self.waiting = 0
        """Requests that it has not begun."""
        self.prompt_tokens = 0
        """Prompt tokens that were looked up in the prefix cache."""
        self.cached_tokens = 0
        """Prompt tokens that were found there."""

    @classmethod
    def of(cls, engine: AsyncLLM) -> Self:
        """The counters of an engine that was started with them."""
        found: Self = next(each for each in engine.logger_manager.stat_loggers if isinstance(each, cls))
        return found

    def record(
        self, scheduler_stats: Any, iteration_stats: Any, mm_cache_stats: Any = None, engine_idx: int = 0
    ) -> None:
        if scheduler_stats is None:
            return
        self.running = scheduler_stats.num_running_reqs
        self.waiting = scheduler_stats.num_waiting_reqs
        self.prompt_tokens += scheduler_stats.prefix_cache_stats.queries
        self.cached_tokens += scheduler_stats.prefix_cache_stats.hits

    @property
    def hit_rate(self) -> float:
        """The share of prompt tokens that needed no prefill."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0

    def log_engine_initialized(self) -> None:
        """Nothing is logged."""

    def log(self) -> None:
        """Nothing is logged."""

    def record_sleep_state(self, sleep: int = 0, level: int = 0) -> None:
        """Nothing is logged."""
