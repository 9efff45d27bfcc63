"""Directory Service. Log forwarding is told for all directories at once, settings for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.directories import Directory

DIRECTORIES = Read("ds", "DescribeDirectories")
LOG_SUBSCRIPTIONS = Read("ds", "ListLogSubscriptions")
LDAPS = Read("ds", "DescribeLDAPSSettings")
SETTINGS = Read("ds", "DescribeSettings")

GOING = ("Deleting", "Deleted", "Failed")
"""Stages of directories that are no more."""
MICROSOFT, CONNECTOR = "MicrosoftAD", "ADConnector"
GOOD = ("TLS_1_2", "TLS_1_3")
"""Versions that are good; all others that a directory has a switch for are not, and of its ciphers only AES is."""


@collector(permissions=(DIRECTORIES, LOG_SUBSCRIPTIONS, LDAPS, SETTINGS))
def directories(region: AwsRegion) -> Iterator[Directory]:
    """Every directory of the region."""
    there = [each for each in listed(region, DIRECTORIES, "DirectoryDescriptions") if each["Stage"] not in GOING]
    if there:
        subscriptions = region.pages(LOG_SUBSCRIPTIONS, "LogSubscriptions")
        logs = {each["DirectoryId"]: each["LogGroupName"] for each in subscriptions}
        yield from region.each(lambda found: _directory(region, found, logs), there)


def _directory(region: AwsRegion, found: Mapping[str, Any], logs: Mapping[str, str]) -> Directory:
    number, kind = found["DirectoryId"], found["Type"]
    return Directory(
        id=number,
        name=found["Name"],
        type=kind,
        log_group=logs.get(number, ""),
        radius=found.get("RadiusStatus", ""),
        radius_protocol=found.get("RadiusSettings", {}).get("AuthenticationProtocol", ""),
        ldaps=region.look(lambda: _ldaps(region, number)) if kind in (MICROSOFT, CONNECTOR) else "",
        weak_protocols=region.look(lambda: tuple(_weak(region, number))) if kind == MICROSOFT else (),
    )


def _ldaps(region: AwsRegion, number: str) -> str:
    """Whether AWS speaks LDAP over TLS with the directory. Where it never was switched on, there is no entry."""
    try:
        found = list(region.pages(LDAPS, "LDAPSSettingsInfo", DirectoryId=number, Type="Client"))
    except ClientError as error:
        if is_answer(error, "UnsupportedOperationException"):
            return ""
        raise
    return str(found[0]["LDAPSStatus"]) if found else "Disabled"


def _weak(region: AwsRegion, number: str) -> Iterator[str]:
    for found in sorted(
        region.pages(SETTINGS, "SettingEntries", DirectoryId=number), key=lambda each: str(each["Name"])
    ):
        is_good = found["Name"] in GOOD or found["Name"].startswith("AES")
        if found["Type"] in ("Protocol", "Cipher") and not is_good and found["AppliedValue"] == "Enable":
            yield found["Name"]
