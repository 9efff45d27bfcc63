"""A host over SSH that means harm to whoever looks at it: what it says is sealed, and nobody obeys it."""

from __future__ import annotations

import re
from pathlib import Path

import paramiko
import yaml

from tests.collectors.host.ssh.hostile import lying
from tests.command_line import CONTROL_CHARACTERS, Folder
from tests.faults.leaks import kept, leaks
from tests.sshd import make_key, public

SECRET = "xK9-correct-horse-battery"


def test_what_a_hostile_host_says_is_obeyed_by_nobody_and_its_secrets_are_not_kept(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    evil = f"\x1b]0;owned\x07\x9b2J\u202e<script>touch()</script> $(touch {mark}) `touch {mark}` password={SECRET}"

    def answer(channel: paramiko.Channel) -> None:
        program = channel.makefile("rb").read().decode()
        nonce = re.findall(r"\bN=([0-9a-f]{32})", program)[-1]
        framed = [f"\n{nonce} PRINCIPAL \x1b]0;owned\x07 password={SECRET}\n"]
        for name, digest in re.findall(r"^f (\w+) (\w+) \d+ \d+ ", program, re.MULTILINE):
            body = f"{evil}\nNAME={evil}\nID=debian\n"
            framed.append(
                f"\n{nonce} BEGIN {name} {digest}\n{body}\n{nonce} ERROR 1\n{evil}\n{nonce} STATUS 1\n\n{nonce} END {name}\n"
            )
            framed.append(
                f"\n{nonce} BEGIN {name} {digest}\nspoofed again\n{nonce} ERROR 1\n\n{nonce} STATUS 0\n\n{nonce} END {name}\n"
            )
        channel.sendall("".join(framed).encode(errors="surrogateescape"))

    key = make_key(tmp_path / "key")
    (tmp_path / "known").write_text(f"* {public(key)}\n")
    with lying(key, answer, banner=evil) as port:
        host = {
            "name": "evil", "transport": "ssh", "address": "127.0.0.1", "port": port, "key": str(key), "known_as": "evil",
            "known_hosts": [str(tmp_path / "known")],
        }  # fmt: skip
        (tmp_path / "config.yaml").write_text(yaml.safe_dump({"sources": {"host": [host]}}))
        folder = Folder(tmp_path)
        said = folder.annexa("scan", "--check", "host.system", "--check", "host.connection", "--report", "report.html")
    assert said.status == 3, said
    shown = said.out + said.err
    assert "host.connection.key_exchange_was_strict" in shown or "Findings: " in shown
    assert not CONTROL_CHARACTERS.search(shown.replace("\n", ""))
    report = (tmp_path / "report.html").read_text()
    assert "<script>touch()" not in report
    assert "\x1b" not in report
    assert not mark.exists()
    places = [*kept(folder), ("the terminal", shown.encode()), ("the report", report.encode())]
    assert not leaks(places, [SECRET])
    assert any(b"]0;owned" in data for _, data in places), "what it said was sealed"
