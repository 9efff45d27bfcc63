"""The configuration of rsyslog.conf(5): where it sends what."""

from __future__ import annotations

import re

from collectors.host.facts import Fact
from collectors.host.source import FactError
from collectors.host.system import print_lines
from core.resource import unobserved
from core.resources.host.logging import ForwardingTarget

# Lines with a password of a database or a search engine stay on the host.
RSYSLOG = Fact(
    "rsyslog",
    print_lines(
        "/etc/rsyslog.conf",
        "/etc/rsyslog.d/*.conf",
        unless="*[Pp][Ww][Dd]*|*[Pp][Aa][Ss][Ss]*|*:ommysql:*|*:ompgsql:*|*[Uu][Ii][Dd]=*",
    ),
)
RSYSLOG_STATEMENT = re.compile(
    r"^[ \t]*\$ActionSend(StreamDriver\w*)[ \t]+(\S+)"
    r"|\baction\s*\(((?:[^()\"]|\"[^\"]*\")*)\)"
    r"|^[ \t]*([\w,;.*!=/-]+|&|:[^\n]*\"|[^\n]*\bthen)[ \t]+(@@?|:omrelp:)(\S+)",
    re.IGNORECASE | re.MULTILINE,
)
"""A default for later actions, an action, or a legacy action behind its selector."""


def parse_rsyslog(found: dict[str, str], *, running: bool) -> tuple[ForwardingTarget, ...]:
    """The targets of omfwd, omrelp and the legacy forms. Raises `FactError` when a file is included that was not read.

    TLS may be set per action, by `$ActionSend…` lines before a legacy action, or by the global default driver.
    """
    text = _statements(found)
    driver = re.search(r"(?i)DefaultNetstreamDriver(?:\s+|\s*=\s*\")(\w+)", text)
    everywhere = {"streamdriver": driver[1] if driver else ""}
    defaults = dict(everywhere)
    targets: list[ForwardingTarget] = []
    selector = ""
    for statement in RSYSLOG_STATEMENT.finditer(text):
        name, value, action, chosen, legacy, address = statement.groups("")
        if name:
            defaults[name.lower()] = value
        elif legacy:
            selector = selector if chosen == "&" else chosen
            targets.append(_legacy(legacy, address, defaults, covers=covers(selector), running=running))
        else:
            said = re.findall(r"([\w.]+)\s*=\s*(?:\"([^\"]*)\"|\[([^\]]*)\])", action)
            options = {
                name.lower(): one or ", ".join(re.findall(r"\"([^\"]*)\"", several)) for name, one, several in said
            }
            kind = options.get("type", "").lower()
            if kind in ("omfwd", "omrelp"):
                before = text[: statement.start()]
                # Of a condition, or of a ruleset that few inputs use.
                within = before.count("{") > before.count("}") or before.rstrip().endswith("then")
                selector = "{" if within else before.rpartition("\n")[2].strip()
                # Legacy lines have no say about an action() object.
                targets.append(_target({**everywhere, **options}, kind, covers=covers(selector), running=running))
    return tuple(targets)


def reads_the_journal(found: dict[str, str]) -> bool:
    """Whether rsyslog takes messages from the journal (imjournal). Raises `FactError` like `parse_rsyslog`."""
    return bool(
        re.search(r"(?im)^\s*\$ModLoad\s+imjournal|\bmodule\s*\([^)]*\bload\s*=\s*\"imjournal\"", _statements(found))
    )


def _statements(found: dict[str, str]) -> str:
    """The texts without comments. Raises `FactError` when a file is included that was not read."""
    text = "\n".join(line for body in found.values() for line in body.splitlines() if not line.lstrip().startswith("#"))
    for legacy, modern in re.findall(
        r"(?im)^\s*\$IncludeConfig\s+(\S+)|\binclude\s*\(\s*file\s*=\s*\"([^\"]+)\"", text
    ):
        if (legacy or modern) != "/etc/rsyslog.d/*.conf":
            raise FactError(RSYSLOG, f"rsyslog includes {legacy or modern}, which is not looked at")
    return text


def covers(selector: str) -> bool:
    """Whether a selector lets messages about signing in and sudo through: of authpriv, from the priority info on.

    PAM and sudo write there, and the RHEL family's sshd; Debian's writes to auth what PAM says again. Without a
    selector everything goes. What a condition lets through is unobserved.
    """
    if selector and not re.fullmatch(r"[\w,;.*!=/-]+", selector):
        conditional: bool = unobserved("a condition decides which messages are sent")
        return conditional
    sent = not selector
    for part in selector.split(";"):
        names, _, priority = part.rpartition(".")
        if {"*", "authpriv"} & {*names.split(",")}:
            sent = priority in ("*", "debug", "info")
    return sent


def _target(options: dict[str, str], kind: str, *, covers: bool, running: bool) -> ForwardingTarget:
    relp = kind == "omrelp"
    driver = options.get("streamdriver.name", options.get("streamdriver", "")).lower()
    mode = options.get("streamdriver.mode", options.get("streamdrivermode", "0"))
    who = options.get("streamdriver.authmode", options.get("streamdriverauthmode", "anon")).lower()
    encrypted = options.get("tls", "off").lower() == "on" if relp else driver in ("gtls", "ossl") and mode == "1"
    checked = options.get("tls.authmode", "").lower() in ("name", "fingerprint", "certvalid") if relp else who != "anon"
    return ForwardingTarget(
        program="rsyslog",
        protocol="relp" if relp else options.get("protocol", "udp").lower(),
        address=options.get("target", ""),
        port=options.get("port", "514"),
        encrypted=encrypted,
        verifies=encrypted and checked,
        covers_sign_ins=covers,
        running=running,
    )


def _legacy(form: str, address: str, defaults: dict[str, str], *, covers: bool, running: bool) -> ForwardingTarget:
    place = re.sub(r"^\([^)]*\)", "", address).partition(";")[0]
    found = re.match(r"\[?([^\]]*?)\]?(?::(\d+))?$", place)
    name, port = (found[1], found[2]) if found else (place, "")
    options = {**defaults, "target": name, "port": port or "514", "protocol": "tcp" if form == "@@" else "udp"}
    if form == "@":
        options["streamdrivermode"] = "0"
    return _target(options, "omrelp" if form == ":omrelp:" else "omfwd", covers=covers, running=running)
