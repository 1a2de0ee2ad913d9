"""How the page's script speaks to the server, read from the page's own description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wiring:
    """Where the relay page's script sends what."""

    components: dict[str, int]
    """Those that have functions of the server, by their names on the page."""
    act: int
    """The event by which it acts."""
    form: dict[str, Any]
    """The form's values as a new page has them, by their labels, in the order in which they are sent."""

    @classmethod
    def of(cls, config: dict[str, Any]) -> Wiring:
        """Read from what `/config` answers."""
        components = {item["id"]: item["props"] for item in config["components"]}
        named = {props["elem_id"]: number for number, props in components.items() if props.get("elem_id")}
        act = next(event for event in config["dependencies"] if [named["trace"], "act"] in event["targets"])
        form = {
            f"{number} {components[number].get('label')}": components[number].get("value") for number in act["inputs"]
        }
        return cls(named, act["id"], form)

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
            "trigger_id": self.components["trace"],
            "session_hash": session,
        }

    def asking(self, name: str, data: dict[str, Any], session: str, of: str = "trace") -> dict[str, Any]:
        """The body of a question to the server: a function of one of the components."""
        return {"data": data, "component_id": self.components[of], "fn_name": name, "session_hash": session}
