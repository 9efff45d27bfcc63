"""Signatures by SSH over what people decide: `ssh-keygen -Y sign` and `-Y verify` (ssh-keygen(1)).

Keys never pass through here: ssh-keygen reads them, or asks the agent.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import AnnexaError
from evidence_store.events import NAMESPACE

PROGRAM = "ssh-keygen"
PATIENCE = 120
"""Seconds: a person may have to type a passphrase, or touch a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What can be said of a signature: `verified`, and in words by which key, or why not."""

    verified: bool
    said: str


def sign(statement: bytes, key: Path) -> str:
    """The armoured signature over these bytes by this key (or the public one, with the private one in the agent).

    Raises `AnnexaError`.
    """
    if not key.is_file():
        raise AnnexaError(f"{key}: there is no such key", "name the file of your SSH key: --sign ~/.ssh/id_ed25519")
    with tempfile.TemporaryDirectory(prefix="annexa-sign-") as folder:
        message = Path(folder) / "statement"
        message.write_bytes(statement)
        done = _run([PROGRAM, "-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(message)])
        signature = message.with_name("statement.sig")
        if done.returncode or not signature.exists():
            raise AnnexaError(f"{key}: did not sign: {_words(done)}", "see that ssh-keygen can use the key")
        return signature.read_text(encoding="ascii")


def verify(statement: bytes, signature: str, name: str, allowed_signers: Path, at: datetime) -> Signed:
    """Whether this person's key, allowed to sign at that moment, made the signature. Raises `AnnexaError` where nobody
    can look."""
    if not allowed_signers.is_file():
        raise AnnexaError(f"{allowed_signers}: there is no such file", "set management.signatures.allowed_signers")
    with tempfile.TemporaryDirectory(prefix="annexa-verify-") as folder:
        file = Path(folder) / "signature"
        file.write_text(signature, encoding="utf-8")
        moment = f"verify-time={at:%Y%m%d%H%M%SZ}"
        who = ["-n", NAMESPACE, "-I", name, "-f", str(allowed_signers), "-s", str(file), "-O", moment]
        done = _run([PROGRAM, "-Y", "verify", *who], statement)
    return Signed(verified=done.returncode == 0, said=_words(done))


def _run(command: list[str], message: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, and arguments that no shell reads
            command, input=message, capture_output=True, check=False, timeout=PATIENCE
        )
    except FileNotFoundError as error:
        raise AnnexaError(f"{PROGRAM} is not installed", "install the OpenSSH client") from error
    except subprocess.TimeoutExpired as error:
        raise AnnexaError(f"{PROGRAM} did not answer within {PATIENCE} s", "try again") from error


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that ssh-keygen said."""
    lines = (done.stdout + b"\n" + done.stderr).decode(errors="backslashreplace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
