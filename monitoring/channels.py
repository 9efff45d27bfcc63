"""Channels: where messages go, through Apprise; and the heartbeat. Addresses hold secrets: no error of ours has one."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from io import StringIO
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from core import __version__
from core.errors import AnnexaError
from core.redaction import redact_text
from core.settings import ConfigurationError, Secret

PATIENCE = 15.0
"""Seconds that a heartbeat may take."""

SHORTEST_SECRET = 4
"""Characters of a part of an address from which on it may be a secret."""


class ChannelError(AnnexaError):
    """A message did not get where it should. The message says why, without the address."""


def send(address: Secret, environment: Mapping[str, str], title: str, body: str) -> None:
    """Send one message. Raises `ChannelError` when nobody took it, and when the address or the library is not there."""
    try:
        from apprise import Apprise, AppriseAsset, NotifyFormat  # noqa: PLC0415 - takes a second, and is an extra
    except ModuleNotFoundError as error:
        raise ChannelError("alerts need the package apprise", "pip install 'annexa[alerts]'") from error
    try:
        url = address.reveal(environment)
    except ConfigurationError as error:
        raise ChannelError(str(error), error.hint) from error
    # Nothing in a message is code, and no attachment, plug-in file or template of Apprise's is looked for.
    channel = Apprise(asset=AppriseAsset(app_id="Annexa", secure_logging=True, interpret_escapes=False))
    with _Overheard(url) as overheard:
        try:
            understood, taken = channel.add(url), channel.notify(title=title, body=body, body_format=NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001 - what one channel's code may do must not keep others from hearing
            raise ChannelError(f"what sends to it broke: {type(error).__name__}", "pip install -U apprise") from None
        if not understood:
            raise ChannelError("its address is none that Apprise understands", "compare with docs/alerts.md")
        if not taken:
            raise ChannelError(overheard.reason or "it did not take the message", "try it with: annexa alerts test")


class _Overheard:
    """What Apprise logs meanwhile, which is the only place where it says why. It goes nowhere else: there may be parts
    of the address in it."""

    def __init__(self, address: str) -> None:
        self._parts = [part for part in re.split(r"[^\w.-]+", unquote(address)) if len(part) >= SHORTEST_SECRET]
        self._text = StringIO()
        self._handler = logging.StreamHandler(self._text)
        self._logger = logging.getLogger("apprise")
        self._propagated = self._logger.propagate

    def __enter__(self) -> Self:
        self._handler.setLevel(logging.WARNING)
        self._logger.addHandler(self._handler)
        self._logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self._handler)
        self._logger.propagate = self._propagated

    @property
    def reason(self) -> str:
        """The first line without anything of the address."""
        lines = (line.strip() for line in self._text.getvalue().splitlines())
        return next((redact_text(each) for each in lines if each and not self._tells(each)), "")

    def _tells(self, line: str) -> bool:
        return any(part in line for part in self._parts)


def beat(address: Secret, environment: Mapping[str, str], text: str) -> None:
    """Tell whoever waits at the heartbeat's address that the agent is alive: a POST. Raises `ChannelError`."""
    try:
        url = address.reveal(environment)
    except ConfigurationError as error:
        raise ChannelError(str(error), error.hint) from error
    if urlsplit(url).scheme not in ("http", "https"):
        raise ChannelError("the heartbeat's address is none of http or https", "see docs/alerts.md")
    headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": f"annexa/{__version__}"}
    try:
        request = Request(url, data=text.encode(), headers=headers, method="POST")  # noqa: S310 - http, as seen above
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            answer.read(1)
    except HTTPError as error:
        raise ChannelError(f"the heartbeat was answered with status {error.code}") from None
    except (URLError, OSError, ValueError) as error:  # their words may hold the address
        raise ChannelError(f"the heartbeat did not get there: {type(error).__name__}") from None
