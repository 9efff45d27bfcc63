"""What the reader needs in a domain, as commands that a domain administrator runs once."""

from __future__ import annotations

from collections.abc import Iterable

READER = "CORP\\annexa"
OPTIONAL_SCHEMA = ("ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime")
"""Attributes that only domains know whose schema was extended."""


def least_privilege(permissions: Iterable[str]) -> str:
    """`dsacls` for an ordinary account: to read all that is not confidential, and what hides from such accounts.

    One right to read all is what domains give to ordinary accounts by default, and is easier to judge than thirty.
    """
    names = sorted(set(permissions))
    wrapped = "\n".join(f"#   {name}" for name in names)
    return f"""\
# The reader of Annexa is an ordinary account of the domain: a member of Domain Users and of nothing else.
# On a domain controller, with your own names in place of CORP and DC=corp,DC=example.
# To list what is there, to read its properties and to read who may do what (GR), everywhere below the domain. Passwords
# of LAPS and keys of BitLocker are confidential attributes, which GR does not show:
dsacls "DC=corp,DC=example" /I:T /G "{READER}:GR"
# What hides its permissions from ordinary accounts, and does not inherit them: fine-grained password policies, and
# the template from which accounts with high rights get theirs.
dsacls "CN=Password Settings Container,CN=System,DC=corp,DC=example" /I:T /G "{READER}:GR"
dsacls "CN=AdminSDHolder,CN=System,DC=corp,DC=example" /G "{READER}:GR"
# There is no right to write, to reset a password or to replicate among them. These attributes are read:
{wrapped}
"""
