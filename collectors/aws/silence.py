"""What it means that no answer came: nobody to ask as, nobody there, or a question that could not be put."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's name
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    UnauthorizedSSOTokenError,
)

from collectors.aws.errors import MalformedAnswerError, NoAnswerError, RefusedError
from core.redaction import redact_text

NO_CREDENTIALS = (
    NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ProfileNotFound, SSOError,
    UnauthorizedSSOTokenError,
)  # fmt: skip


def silence_of(error: Exception) -> NoAnswerError | None:
    """What it means that no answer came; `None` when an error is something else."""
    match error:
        case NoAnswerError():
            return error
        case ClientError():  # of another question, which getting credentials had to ask first
            code = str(error.response.get("Error", {}).get("Code", ""))
            return NoAnswerError("credentials", f"{error.operation_name} for credentials was answered with {code}")
        case RefusedError() | MalformedAnswerError():
            return None
        case ConnectionError() | HTTPClientError():
            return NoAnswerError("unreachable", f"no answer from the endpoint: {type(error).__name__}")
        case _ if isinstance(error, NO_CREDENTIALS):
            return NoAnswerError("credentials", f"there are no credentials to ask with: {type(error).__name__}")
        case BotoCoreError():
            return NoAnswerError(
                "other", f"it could not be asked: {type(error).__name__}: {redact_text(str(error)):.300}"
            )
    return None
