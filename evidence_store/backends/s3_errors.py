"""What goes wrong with a bucket, with place and remedy, and never with what a provider put into its message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from evidence_store.errors import StoreError

REMEDIES = {
    "AccessDenied": "allow this user what docs/buckets.md lists for the bucket",
    "AllAccessDisabled": "ask the owner of the bucket",
    "NoSuchBucket": "make the bucket, or name another below store.blobs",
    "ExpiredToken": "sign in again, then: annexa store upload",
    "ExpiredTokenException": "sign in again, then: annexa store upload",
    "RequestExpired": "set the clock, or sign in again",
    "RequestTimeTooSkewed": "set the clock",
    "InvalidAccessKeyId": "give the SDK credentials that the store knows",
    "InvalidToken": "sign in again",
    "SignatureDoesNotMatch": "give the SDK the secret that belongs to its key",
    "PermanentRedirect": "set the region of the bucket below store.blobs",
    "AuthorizationHeaderMalformed": "set the region of the bucket below store.blobs",
    "IllegalLocationConstraintException": "set the region of the bucket below store.blobs",
    "InvalidRequest": "see that the bucket has Object Lock when store.blobs has lock",
}

BY_STATUS = {
    "301": "PermanentRedirect",
    "400": "the request is not accepted",
    "403": "AccessDenied",
    "404": "NoSuchBucket",
}

_RETRY = "try again when the bucket can be reached"

CUT = "the connection was cut"

_SENTENCES = {
    "NoCredentialsError": "the SDK found no credentials",
    "PartialCredentialsError": "the SDK found only half of the credentials",
    "EndpointConnectionError": "it cannot be reached",
    "ConnectTimeoutError": "it cannot be reached",
    "ReadTimeoutError": "it does not answer",
    "ConnectionClosedError": CUT,
    "ResponseStreamingError": CUT,
    "IncompleteReadError": CUT,
    "SSLError": "its certificate cannot be verified",
    "NoRegionError": "nobody says in which region it is",
    "TokenRetrievalError": "the sign-in has expired",
    "SSOTokenLoadError": "nobody is signed in",
    "UnauthorizedSSOTokenError": "the sign-in has expired",
}

_HINTS = {
    "NoCredentialsError": "give this user credentials where the SDK looks for them: docs/buckets.md",
    "PartialCredentialsError": "give this user credentials where the SDK looks for them: docs/buckets.md",
    "SSLError": "name the authority that signed it in AWS_CA_BUNDLE",
    "NoRegionError": "set region below store.blobs",
    "TokenRetrievalError": "sign in again",
    "SSOTokenLoadError": "sign in",
    "UnauthorizedSSOTokenError": "sign in again",
}


class CutOffError(StoreError):
    """The connection broke in the middle of an answer."""


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Errors of the SDK as `StoreError`, by their code alone: messages may repeat what should stay unsaid."""
    try:
        yield
    except StoreError:
        raise
    except RecursionError:  # the SDK follows a redirect that names no region round and round
        raise StoreError(f"{where}: PermanentRedirect", REMEDIES["PermanentRedirect"]) from None
    except OSError as error:
        raise StoreError(f"{where}: {error.strerror or type(error).__name__}", _RETRY) from error
    except Exception as error:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        if isinstance(error, HTTPError):
            raise CutOffError(f"{where}: {CUT}", _RETRY) from None
        if isinstance(error, ClientError):
            code = code_of(error)
            code = BY_STATUS.get(code, code)
            raise StoreError(f"{where}: {code}", REMEDIES.get(code, _RETRY)) from None
        if isinstance(error, BotoCoreError):
            kind = type(error).__name__
            said = _SENTENCES.get(kind, kind)
            raise (CutOffError if said == CUT else StoreError)(f"{where}: {said}", _HINTS.get(kind, _RETRY)) from None
        raise


def code_of(error: Any) -> str:
    """The code of an answer that is an error."""
    return str(error.response.get("Error", {}).get("Code", ""))
