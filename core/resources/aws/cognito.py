"""Cognito: directories of users, and pools that give out credentials of AWS."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class PoolPasswords(Observed):
    """What passwords must be."""

    length: int
    upper: bool
    lower: bool
    digits: bool
    symbols: bool
    days_of_first: int
    """How long the password works that an administrator gives."""


@resource("aws_user_pool")
class UserPool(Resource):
    """A directory of users. The id holds its region, and is never given twice."""

    id: str
    name: str
    passwords: PoolPasswords
    mfa: str
    """`ON`, `OPTIONAL`, `OFF`."""
    threats: str
    """How threat protection works: `ENFORCED`, `AUDIT`, `OFF`."""
    stolen_passwords: str
    """What it does about a sign-in with a password that is known to be stolen: `BLOCK`, `NO_ACTION`; empty where it is
    not enforced."""
    high_risk: str
    """What it does about a sign-in of high risk: `BLOCK`, `MFA_REQUIRED`, `MFA_IF_CONFIGURED`, `NO_ACTION`; empty where
    it is not enforced."""
    protected: bool
    """It cannot be deleted before somebody lifts the protection."""
    open_sign_up: bool
    """Everybody can make a user of their own."""


@resource("aws_identity_pool")
class IdentityPool(Resource):
    """Gives credentials of AWS to users of an application. The id holds its region."""

    id: str
    name: str
    lets_anybody_in: bool
    """It gives credentials to whoever asks, without a sign-in."""
    classic: bool
    """Who signed in may choose among the roles that trust the pool."""
