"""What can go wrong when AWS is asked, and what it means: each error becomes a gap with a hint."""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError

from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound
from botocore.parsers import ResponseParserError

from core.model import CollectionGap

PERMISSIONS_HINT = "attach what `annexa permissions aws` prints to the identity that looks"
CREDENTIALS_HINT = "renew the credentials (for a profile with SSO: aws sso login), then scan again"
ROLE_HINT = (
    "let the role trust the identity that looks, with the same external id: see `annexa permissions aws --format "
    "cloudformation`"
)
REGION_HINT = "switch the region on in the account, or leave it out below `regions:`"
NETWORK_HINT = "see whether this machine reaches the endpoint, directly or by HTTPS_PROXY"

DENIED = frozenset(
    [
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "UnauthorizedOperation",
        "UnauthorizedException",
        "NotAuthorized",
        "AuthorizationError",
        "AuthorizationErrorException",
        "AuthorizationException",
        "UnauthorizedAccess",
        "InsufficientPrivilegesException",
        "AllAccessDisabled",
    ]
)
EXPIRED = frozenset(
    [
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "InvalidToken",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
    ]
)
NOT_OPTED_IN = frozenset(
    ["OptInRequired", "SubscriptionRequiredException", "RegionDisabledException", "InvalidRegion", "AuthFailure"]
)
THROTTLED = frozenset(
    [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown",
        "RequestThrottled",
        "RequestThrottledException",
        "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
    ]
)
SERVER_ERROR = 500


_REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class NoAnswerError(Exception):
    """AWS did not answer. `kind` is one of `HINTS`; it is recorded, so that a replay raises the same."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class MalformedAnswerError(Exception):
    """What came back is not an answer of AWS: cut off, empty, or written by somebody in between."""


class RefusedError(Exception):
    """Something would have been asked that was not declared as reading. It was not sent."""


class TruncatedError(Exception):
    """An answer has further pages that nobody asked for."""


HINTS = {
    "unreachable": (NETWORK_HINT, True),
    "credentials": (CREDENTIALS_HINT, False),
    "role": (ROLE_HINT, False),
    "region": (REGION_HINT, False),
    "other": ("", True),
}
"""Hint and whether asking again may help, for each kind of silence."""


def code_of(error: ClientError) -> str:
    """The error code in an answer, such as `NoSuchEntity`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_answer(error: Exception, *codes: str) -> bool:
    """Whether an error is an answer, such as "there is no such policy", with one of these codes."""
    return isinstance(error, ClientError) and code_of(error) in codes


def explain(error: Exception, where: str) -> CollectionGap | None:
    """What an error means; `where` is the source and scope, in words. `None` for what is no error of AWS."""
    match error:
        case NoAnswerError():
            hint, retryable = HINTS[error.kind]
            return CollectionGap(f"{where}: {error}", hint, retryable)
        case MalformedAnswerError() | TruncatedError() | RefusedError():
            return CollectionGap(f"{where}: {error}", "", isinstance(error, MalformedAnswerError))
        case ClientError():
            return _explain_answer(error, where)
        case ProfileNotFound():
            return CollectionGap(f"{where}: {error}", "name a profile of ~/.aws/config in `profile:`")
        case BotoCoreError() | ResponseParserError() | ParseError():  # whose words hold the answer
            return CollectionGap(f"{where}: the answer cannot be read: {type(error).__name__}", "", retryable=True)
    return None


def _explain_answer(error: ClientError, where: str) -> CollectionGap:
    code, said = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    begin = f"{where}: {error.operation_name}"
    if code in DENIED:
        if "service control policy" in said:
            return CollectionGap(
                f"{begin} is denied by a service control policy ({code})",
                "let the organization's policy except the role that looks",
            )
        return CollectionGap(f"{begin} is denied ({code})", PERMISSIONS_HINT)
    if code in EXPIRED:
        return CollectionGap(f"{begin}: the credentials are not accepted ({code})", CREDENTIALS_HINT)
    if code in NOT_OPTED_IN:
        return CollectionGap(f"{begin}: the account has not opted in ({code})", REGION_HINT)
    if code in THROTTLED:
        return CollectionGap(f"{begin} was throttled to the end ({code})", "scan again later", retryable=True)
    if status >= SERVER_ERROR:
        more = "" if code == str(status) else f" ({code})"  # an answer without words has nothing but its status
        return CollectionGap(f"{begin}: the service broke down with status {status}{more}", "scan again later", True)
    return CollectionGap(f"{begin} was answered with {code}: {_lasting(said):.300}", "", retryable=False)


def _lasting(said: str) -> str:
    """An error's words without the id of the request, which would make each scan's gap another one."""
    return _REQUEST_ID.sub("…", said)
