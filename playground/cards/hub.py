"""Finds checkpoints of the model hub in the local cache. The hub's own library does the work, and reads its variables.

HF_TOKEN, HF_HOME, HF_HUB_OFFLINE and HF_ENDPOINT mean here what they mean everywhere. Knows no template.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from playground.errors import MissingExtra, ModelUnavailable

PAPERS = ("config.json", "generation_config.json", "tokenizer_config.json", "chat_template.jinja")
"""The small files that say how a model is asked."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def is_hub_id(text: str) -> bool:
    """Whether a text has the form OWNER/NAME."""
    return _HUB_ID.fullmatch(text) is not None


def is_offline() -> bool:
    """Whether the hub must not be asked."""
    variables = (os.environ.get(name, "") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    return any(value.upper() in ("1", "ON", "YES", "TRUE") for value in variables)


def cached_folder(hub_id: str, revision: str | None = None) -> Path | None:
    """The model's directory in the cache, complete or not; None if there is none. Asks nobody.

    Raises:
        MissingExtra: the hub's library is not installed.
    """
    return _snapshot(hub_id, revision, local=True)


def fetched_papers(hub_id: str, revision: str | None = None) -> Path:
    """The directory with the model's small files, which are fetched if need be; weights are not.

    Raises:
        MissingExtra: the hub's library is not installed.
        ModelUnavailable: not in the cache, and the hub is off limits, cannot be reached, or refuses.
    """
    folder = _snapshot(hub_id, revision, local=is_offline())
    if folder is None:
        raise ModelUnavailable(
            f"{hub_id} is not in the local cache, and HF_HUB_OFFLINE is set.",
            "Unset it, set HF_HOME to the cache that has it, or give a directory.",
        )
    return folder


def _snapshot(hub_id: str, revision: str | None, *, local: bool) -> Path | None:
    try:
        from huggingface_hub import constants, snapshot_download
        from huggingface_hub.errors import (
            GatedRepoError,
            HfHubHTTPError,
            HFValidationError,
            LocalEntryNotFoundError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "huggingface_hub", "hf") from None
    if not local and not constants.ENDPOINT.startswith(("http://", "https://")):
        raise ModelUnavailable(
            f"HF_ENDPOINT is {constants.ENDPOINT!r}, which is not a web address.", "Begin it with https://."
        )
    try:
        found = snapshot_download(hub_id, revision=revision, allow_patterns=list(PAPERS), local_files_only=local)
    except LocalEntryNotFoundError:
        if local:
            return None
        raise ModelUnavailable(
            f"{hub_id} is not in the local cache, and the model hub cannot be reached.",
            "Check the network, set HF_HOME to the cache that has it, or give a directory.",
        ) from None
    except GatedRepoError:
        hint = "Accept its terms on the hub, and set HF_TOKEN."
        raise ModelUnavailable(f"{hub_id} is gated on the model hub.", hint) from None
    except RevisionNotFoundError:
        raise ModelUnavailable(f"{hub_id} has no revision {revision!r}.", "Check the revision.") from None
    except (RepositoryNotFoundError, HFValidationError):
        hint = "Check the name; for a private model set HF_TOKEN."
        raise ModelUnavailable(f"The model hub has no {hub_id}.", hint) from None
    except UnicodeEncodeError:
        raise ModelUnavailable("HF_TOKEN contains characters that no token has.", "Set it again.") from None
    except (HfHubHTTPError, OSError, ImportError, ValueError) as error:  # the last two: a proxy that cannot be
        line = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
        hint = "Check the network, and the variables that name a proxy or certificates, or try again later."
        raise ModelUnavailable(f"{hub_id} cannot be fetched: {line}.", hint) from None
    return Path(found)
