"""The greeting of a host: lines of no interest, and then its version (RFC 4253, section 4.2). Both are bounded."""

from __future__ import annotations

import re

from collectors.host.ssh.errors import SshError

LONGEST_GREETING = 8_192
"""Bytes before the version: more is a flood."""
LONGEST_VERSION = 255
VERSION = re.compile(rb"SSH-(?:2\.0|1\.99)-[\x21-\x7e][\x20-\x7e]*")


class Greeting:
    """What a host has said so far. `version` is empty until it has said that; `beyond` is what came after."""

    def __init__(self) -> None:
        self.version = ""
        self.beyond = b""
        self._heard = 0
        self._line = b""

    def hear(self, data: bytes) -> bool:
        """Take in what the host has just said; whether the greeting is complete. Raises `SshError` for what is none."""
        self._line += data
        while not self.version:
            line, ended, rest = self._line.partition(b"\n")
            if not ended:
                self._refuse_too_much(line)
                return False
            self._heard += len(line) + 1
            self._line = rest
            if line.startswith(b"SSH-"):
                self._accept(line.removesuffix(b"\r"))
            else:
                self._refuse_too_much(b"")
        self.beyond, self._line = self._line, b""
        return True

    def _refuse_too_much(self, unfinished: bytes) -> None:
        if self._heard + len(unfinished) > LONGEST_GREETING:
            raise SshError(
                f"it sent more than {LONGEST_GREETING} bytes before any greeting of SSH",
                "see what listens on this port: it is no SSH server, or a hostile one",
            )

    def _accept(self, line: bytes) -> None:
        if len(line) > LONGEST_VERSION or not VERSION.fullmatch(line):
            shown = line[:60].decode(errors="backslashreplace")
            raise SshError(
                f"its greeting {shown!r} is not that of SSH 2",
                "see what listens on this port; an SSH server must speak version 2",
            )
        self.version = line.decode("ascii")
