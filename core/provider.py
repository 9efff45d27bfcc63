"""Providers: what the package of one offers. A module is a provider, without inheriting or registering anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from core.model import Exchange, Unit
from core.plugins import Collector
from core.recording import Clock
from core.source import Source


class Provider(Protocol):
    """What the package of a provider offers (`collectors/host/__init__.py`): a module is one."""

    Settings: type[Any]
    """The pydantic model of one entry below `sources.<provider>` in the configuration."""

    def open_sources(self, settings: Sequence[Any], collectors: Sequence[Collector], clock: Clock) -> Iterable[Source]:
        """The sources these settings describe, ready for these collectors."""

    def least_privilege(self, permissions: Iterable[Any]) -> str:
        """The permissions of collectors in the form one attaches: a policy, a role, sudoers lines."""


class Equivalent(Protocol):
    """What a provider's `equivalent` looks like: the way for people to look themselves. Offered beside `open_sources`.

    A provider without one, or whose SDK is not installed where somebody reads, is shown by operation and parameters.
    """

    def __call__(self, unit: Unit, exchange: Exchange) -> str:
        """The command that shows a person what this exchange showed us: one that can be pasted into a POSIX shell.

        Every word is quoted (`shlex.join`), for parameters are the words of strangers. It reads and never writes, asks
        for one page when the exchange was one page, and holds no secret: credentials come from the reader's own
        profile, session or variable. Its parts come from the unit and the exchange alone, never from the world.

        * A host: the shell command with the privilege it ran with.
        * AWS: `aws iam get-account-summary --region us-east-1 --output json`, from `operation`, `parameters` (by
          `--cli-input-json` what is no plain text) and the region, which `unit.scope` or `endpoint` names; with
          `--no-paginate` for a single page. `AWS_PROFILE` is the reader's.
        * REST: `curl --get "$URL" --header "Authorization: Bearer $TOKEN"`, with the variable's name, never its value.
        """
