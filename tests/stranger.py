"""Somebody who speaks to the page's server as its script does, or as it never would. Without a browser."""

import json
import time
import uuid
from typing import Any

from page_protocol import Wiring
from requests_by_hand import Answer, ask, post

SECRET = "sk-nobody-may-see-this"
"""What the process of the fixture `served_page` knows, and tells nobody."""
JSON = ("Content-Type", "application/json")
FORM = {
    "Model A": "quick",
    "Model B": "quick",
    "Question": "Mia has 4 figs. She buys 5 more figs. How many?",
    "Correct answer": "9",
}


class Page:
    """A page as its script speaks to the server."""

    def __init__(self, address: str, *headers: tuple[str, str]) -> None:
        self.address, self.headers = address, headers
        self.key, self.visitor, self.session = (str(uuid.uuid4()) for _ in range(3))
        self.wiring = Wiring.of(json.loads(ask(address, "GET", "/config", headers).text))

    def act(self, verb: str, fields: dict[str, Any] | None = None, **details: Any) -> str:
        """Returns what is wrong with it."""
        event = {"key": self.key, "visitor": self.visitor, "verb": verb, **details}
        sent = self.wiring.acting(event, {**FORM, **(fields or {})}, self.session)
        answer = post(self.address, "/gradio_api/run/predict", sent, *self.headers)
        found = json.loads(answer.text)
        return str(found["data"][0]["text"] if answer.status == 200 else found["error"])

    def served(self, function: str, /, of: str = "trace", **data: Any) -> Answer:
        """What a component's function on the server answers."""
        sent = self.wiring.asking(function, data, self.session, of)
        return post(self.address, "/gradio_api/component_server", sent, *self.headers)

    def look(self, key: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.served("look", key=key or self.key, visitor=self.visitor).text)
        return found

    def over(self) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while (news := self.look())["status"] not in ("over", "empty") and time.monotonic() < deadline:
            time.sleep(0.1)
        return news


def refused(address: str, routes: list[tuple[str, str]], *headers: tuple[str, str]) -> dict[str, int]:
    """The routes that answer with anything but a refusal."""
    found = {f"{method} {path}": ask(address, method, path, (*headers, JSON)).status for method, path in routes}
    return {route: status for route, status in found.items() if status not in (400, 403)}


def login(address: str, user: str, password: str, *headers: tuple[str, str]) -> Answer:
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    body = f"username={user}&password={password.replace(' ', '+')}".encode()
    return ask(address, "POST", "/login", (kind, *headers), body)


def cookie(address: str, user: str, password: str) -> tuple[str, str]:
    return "Cookie", login(address, user, password).headers["set-cookie"].partition(";")[0]
