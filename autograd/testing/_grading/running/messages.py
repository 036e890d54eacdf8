"""Messages of a process, signed so that no other text in their file is taken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from hmac import HMAC, compare_digest
from typing import Any

__all__ = ["FOREIGN", "messages_of", "sender"]

FOREIGN = "the file writes among the results of its grading: leave them alone"


def _signature(key: bytes, index: int, text: str) -> str:
    return HMAC(key, f"{index} {text}".encode(), sha256).hexdigest()


def sender(key: bytes, write: Callable[[bytes], object]) -> Callable[..., None]:
    """A function that writes its named arguments as one signed line.

    >>> lines = []
    >>> sender(b"key", lines.append)(law="chain rule")
    >>> list(messages_of(b"key", lines[0])), list(messages_of(b"another", lines[0])) == [{"problem": FOREIGN}]
    ([{'law': 'chain rule'}], True)
    """
    count = 0

    def send(**message: Any) -> None:
        nonlocal count
        text = json.dumps(message)
        write(f"{_signature(key, count, text)} {text}\n".encode())
        count += 1

    return send


def messages_of(key: bytes, data: bytes) -> list[dict[str, Any]]:
    """The messages in order, without a last one that is not whole; a line of others is a problem."""
    messages: list[dict[str, Any]] = []
    for line in data.decode(errors="replace").split("\n")[:-1]:
        signature, _, text = line.partition(" ")
        if not compare_digest(signature.encode(), _signature(key, len(messages), text).encode()):
            return [{"problem": FOREIGN}]
        messages.append(json.loads(text))
    return messages
