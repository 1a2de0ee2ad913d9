"""How the page's script speaks to the server, read from the page's own description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wiring:
    """Where the relay page's script sends what."""

    trace: int
    """The component that has the functions of the server."""
    act: int
    """The event by which it acts."""
    form: dict[str, Any]
    """The form's values as a new page has them, by their labels, in the order in which they are sent."""

    @classmethod
    def of(cls, config: dict[str, Any]) -> Wiring:
        """Read from what `/config` answers."""
        components = {item["id"]: item["props"] for item in config["components"]}
        trace = next(number for number, props in components.items() if props.get("elem_id") == "trace")
        act = next(event for event in config["dependencies"] if [trace, "act"] in event["targets"])
        form = {
            f"{number} {components[number].get('label')}": components[number].get("value") for number in act["inputs"]
        }
        return cls(trace, act["id"], form)

    def filled(self, fields: dict[str, Any]) -> list[Any]:
        """The form with other values in some fields, by label."""
        values = dict(self.form)
        for label, value in fields.items():
            values[next(name for name in values if name.partition(" ")[2] == label)] = value
        return list(values.values())

    def acting(self, event: dict[str, Any], fields: dict[str, Any], session: str) -> dict[str, Any]:
        """The body of an act."""
        return {
            "data": self.filled(fields),
            "event_data": event,
            "fn_index": self.act,
            "trigger_id": self.trace,
            "session_hash": session,
        }

    def asking(self, name: str, data: dict[str, Any], session: str) -> dict[str, Any]:
        """The body of a question to the server."""
        return {"data": data, "component_id": self.trace, "fn_name": name, "session_hash": session}
