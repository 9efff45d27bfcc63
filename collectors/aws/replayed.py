"""AWS as it answered once: the recorded exchanges of one unit, read by the same clients and parsers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.aws.account import regions
from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients
from collectors.aws.credentials import FIRST_REGIONS, WHO
from collectors.aws.exchanges import RecordedLine
from collectors.aws.organizations import accounts
from collectors.aws.settings import Settings
from collectors.aws.source import GLOBAL, AwsAccount, AwsRegion, Identity, Place
from collectors.aws.survey import CONFIGURATION
from core.codec import parse
from core.model import Exchange, Unit
from core.recording import Clock
from core.replay import Recording

ANYWHERE = "us-east-1"
"""A region whose endpoints every version of the SDK knows. Nothing is sent there."""
_clients = Clients(hooks=install_hooks, replayed=True)


class ReplayedSurvey(Place):
    """A survey that is told what it was told then."""

    def __init__(self, unit: Unit, recording: Recording) -> None:
        super().__init__(
            unit.source, RecordedLine(_clients, recording), ANYWHERE, scope="", identity=Identity(unit.principal)
        )
        self._recording = recording

    def identify(self) -> Identity:
        self.ask(WHO)
        return self.identity

    def told(self) -> Settings:
        return Settings.model_validate(parse(self._recording.answer(*CONFIGURATION)[1]))


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - no parameter of AWS depends on the time
) -> Place:
    """The place of a unit as it answered then (`core.replay.Replay`)."""
    recording = Recording(exchanges, bodies)
    if unit.collector in (regions.id, accounts.id):
        return ReplayedSurvey(unit, recording)
    identity = Identity(unit.principal)
    line = RecordedLine(_clients, recording)
    if unit.scope == GLOBAL:
        first = FIRST_REGIONS.get(identity.partition, ANYWHERE)
        return AwsAccount(unit.source, line, first, scope=GLOBAL, identity=identity)
    return AwsRegion(unit.source, line, unit.scope, scope=unit.scope, identity=identity)
