"""Asks a server which models it has, their context, and the chat template where it gives one. Loads nothing.

vLLM and SGLang give the context in `/v1/models`; llama.cpp gives it, and the template, in `/props`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playground.engine.server.client import ServerClient
from playground.errors import InvalidInput, ServerError

Patiently = Callable[[Callable[[], Awaitable[Any]], Callable[[], bool]], Awaitable[Any]]
"""As `Exchange.patiently`."""
_NAMED = 8
"""Names that a message lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A model as its server describes it; what it does not say is "" or None."""

    id: str
    root: str = ""
    """Where the server has it from: a directory, or a name on a hub."""
    context_length: int | None = None
    software: str = ""
    version: str = ""
    template: str = ""
    bos_token: str = ""
    eos_token: str = ""


async def find_model(client: ServerClient, patiently: Patiently) -> ServedModel:
    """The model that the client's address names, or the only one there is.

    Raises:
        ServerError: the server does not answer, or wants another key.
        InvalidInput: it has no such model, or not exactly one where none was named.
    """
    entries = await patiently(lambda: _listed(client), lambda: True)
    wanted = client.address.model
    names = [entry["id"] for entry in entries]
    if wanted and not names:
        entries = [{"id": wanted}]
    elif not names:
        raise InvalidInput(f"{client.address.host} serves no models.", "Load one there.")
    elif not wanted and len(names) != 1:
        raise InvalidInput(f"{client.address.host} serves {len(names)} models.", f"Name one: {_some(names)}.")
    elif wanted and wanted not in names:
        raise InvalidInput(f"{client.address.host} has no model {wanted!r}.", f"It has: {_some(names)}.")
    entry = next(entry for entry in entries if not wanted or entry["id"] == wanted)
    props, version, info = [await _told(client, path, patiently) for path in ("/props", "/version", "/tokenizer_info")]
    return _described(entry, props, version, info)


async def _listed(client: ServerClient) -> list[dict[str, Any]]:
    try:
        answer = await client.get(f"{client.address.base_url}/models")
    except ServerError as error:
        if error.kind == "refused" and error.problem.startswith("answered 404") and client.address.model:
            return []
        raise
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise ServerError(client.address.host, "malformed", "sent no list of models")
    return [entry for entry in data if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def _described(
    entry: dict[str, Any], props: dict[str, Any], version: dict[str, Any], info: dict[str, Any]
) -> ServedModel:
    settings = props.get("default_generation_settings")
    context = entry.get("max_model_len") or (settings.get("n_ctx") if isinstance(settings, dict) else None)
    return ServedModel(
        id=entry["id"],
        root=_text(entry.get("root")) or _text(props.get("model_path")),
        context_length=context if isinstance(context, int) and context > 0 else None,
        software=_text(entry.get("owned_by")),
        version=_text(version.get("version")) or _text(props.get("build_info")),
        template=_text(info.get("chat_template")) or _text(props.get("chat_template")),
        bos_token=_text(info.get("bos_token")) or _text(props.get("bos_token")),
        eos_token=_text(info.get("eos_token")) or _text(props.get("eos_token")),
    )


async def _told(client: ServerClient, path: str, patiently: Patiently) -> dict[str, Any]:
    """What only some servers give; an empty object where this one does not."""

    async def attempt() -> Any:
        try:
            return await client.get(client.address.root + path)
        except ServerError as error:
            if error.kind == "malformed":  # such as a page for people: it will not get better
                return None
            raise

    try:
        answer = await patiently(attempt, lambda: True)
    except ServerError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
