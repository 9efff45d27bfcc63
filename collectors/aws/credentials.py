"""Who looks: the identity that the SDK's own chain finds at home, and the role it takes in each other account."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from botocore.credentials import DeferredRefreshableCredentials, ReadOnlyCredentials
from botocore.exceptions import ClientError

from collectors.aws.clients import Clients, Signer
from collectors.aws.errors import NoAnswerError, code_of
from collectors.aws.exchanges import About, LiveLine
from collectors.aws.operations import TAKES_A_ROLE, Read
from collectors.aws.source import Identity
from core.recording import Clock

WHO = Read("sts", "GetCallerIdentity", ())
ASSUME = Read(*TAKES_A_ROLE)
FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where each partition answers for what has no region."""


class Home:
    """The identity that Annexa itself runs as. It is found when the first question needs it."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self.clients = clients
        self.clock = clock
        self._finding = threading.RLock()
        self._credentials: Signer | None = None
        self._identity: Identity | None = None

    @property
    def region(self) -> str:
        """Where to begin: the region of the profile, or that of the largest partition."""
        return self.clients.home_region() or FIRST_REGIONS["aws"]

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        with self._finding:
            self._credentials = self._credentials or self.clients.home_credentials(self.region)
        return self._credentials.get_frozen_credentials()

    def identity(self) -> Identity:
        """Who this is, asked once, on behalf of whoever asks first."""
        with self._finding:
            if self._identity is None:
                line = LiveLine(self.clients, self, (WHO,), self.clock)
                said = line.ask(WHO, self.region, {}, About({"for": "credentials"}))
                self._identity = Identity(said["Arn"])
            return self._identity


class AssumedRole:
    """A role in another account, taken when it is first needed and again before it expires.

    A role that could not be taken is not asked for again: every further question fails at once with the same reason.
    """

    def __init__(self, home: Home, account: str, role: str, external_id: str, session_name: str) -> None:
        self._home = home
        self._account = account
        self._role = role
        self._taken_with = {"RoleSessionName": session_name} | ({"ExternalId": external_id} if external_id else {})
        self._failure: NoAnswerError | None = None
        self._taking = threading.Lock()
        self._credentials: Any = DeferredRefreshableCredentials(self._take, "annexa-role")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        with self._taking:
            if self._failure is not None:
                raise NoAnswerError(self._failure.kind, str(self._failure))
            try:
                if self._home.identity().account == self._account:
                    return self._home.get_frozen_credentials()
                frozen: ReadOnlyCredentials = self._credentials.get_frozen_credentials()
            except NoAnswerError as error:
                self._failure = error
                raise
            except ClientError as error:
                self._failure = NoAnswerError("role", f"{self._role} cannot be assumed ({code_of(error)})")
                raise self._failure from error
            return frozen

    def _take(self) -> Mapping[str, str]:
        arn = self._role
        if not arn.startswith("arn:"):
            arn = f"arn:{self._home.identity().partition}:iam::{self._account}:role/{self._role}"
        asked = {"RoleArn": arn, **self._taken_with}
        line = LiveLine(self._home.clients, self._home, (ASSUME,), self._home.clock)
        said = line.ask(ASSUME, self._home.region, asked, About(asked, keep_body=False))["Credentials"]
        return {
            "access_key": said["AccessKeyId"],
            "secret_key": said["SecretAccessKey"],
            "token": said["SessionToken"],
            "expiry_time": said["Expiration"].isoformat(),
        }
