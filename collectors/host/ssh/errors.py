"""Why a host could not be asked, each with its remedy: `Host.explain` makes the gap of it."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.host.transport import TransportError
from core.model import ALARM

RETRY = "see whether the host runs and whether a firewall lets us through"


class SshError(TransportError):
    """A host could not be asked over SSH. What strangers said in the reason shows no more than it says."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(_printable(reason), _printable(hint))


class HostKeyError(SshError):
    """The host did not show that it is the one we mean. Nothing was sent to it, not even who we are."""


class UnknownHostError(HostKeyError):
    """Nobody has said yet which key this host has."""

    def __init__(self, name: str, offered: str) -> None:
        super().__init__(
            f"its host key {offered} is not known",
            f"compare it with what the host itself says (ssh-keygen -l -f), then: annexa hosts trust {name}",
        )
        self.offered = offered


class ChangedKeyError(HostKeyError):
    """The host shows another key than the one that is known: it was set up anew, or somebody stands between."""

    def __init__(self, known: Sequence[str], offered: str, places: Sequence[str]) -> None:
        super().__init__(
            f"{ALARM}its host key changed: known is {' or '.join(known)}, shown was {offered}",
            f"find out why; only if it is right, remove {' and '.join(places)} and trust the new one",
        )
        self.known = tuple(known)
        self.offered = offered


class RevokedKeyError(HostKeyError):
    """The key, or the authority that vouches for it, was revoked."""

    def __init__(self, offered: str, place: str) -> None:
        super().__init__(
            f"{ALARM}its host key {offered} is revoked by {place}",
            "give the host a new key; whoever holds this one can be it",
        )


class CertificateError(HostKeyError):
    """The host shows a certificate that does not vouch for it."""

    def __init__(self, objection: str, key_id: str, authority: str) -> None:
        super().__init__(
            f"its host certificate {key_id!r:.200} of the authority {authority} is not accepted: {objection}",
            "have the authority issue a new one: ssh-keygen -s CA -h -n NAME … (see docs/sources/hosts.md)",
        )


class KnownHostsError(SshError):
    """A file of known hosts cannot be used. Then nothing is believed: what it revokes would be missed."""


def _printable(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
