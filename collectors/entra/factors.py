"""The second factors that people have set up in Entra ID: one report about everybody."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.entra.source import MOST, REPORTS, Entra, text_or_none
from collectors.entra.users import USERS
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import Factor, Factors, Method

REPORT = Read(
    "/v1.0/reports/authenticationMethods/userRegistrationDetails", needs="AuditLog.Read.All", limit=REPORTS
)  # fmt: skip
METHODS: dict[str, Method] = {
    "fido2": "security key", "fido2SecurityKey": "security key", "passKeyDeviceBound": "passkey",
    "passKeyDeviceBoundAuthenticator": "passkey", "passKeyDeviceBoundWindowsHello": "passkey",
    "passKeySynced": "passkey", "windowsHelloForBusiness": "platform", "macOsSecureEnclaveKey": "platform",
    "x509CertificateSingleFactor": "certificate", "x509CertificateMultiFactor": "certificate",
    "certificate": "certificate", "microsoftAuthenticatorPush": "push", "microsoftAuthenticatorPasswordless": "push",
    "softwareOneTimePasscode": "one-time code", "hardwareOneTimePasscode": "one-time code", "mobilePhone": "sms",
    "alternateMobilePhone": "sms", "officePhone": "voice", "email": "email", "securityQuestion": "question",
    "temporaryAccessPass": "temporary",
}  # fmt: skip
"""Words of `methodsRegistered` (https://learn.microsoft.com/graph/api/resources/userregistrationdetails)."""
GUEST = "guest"
AT_HOME = "a guest may have set one up in its own organization, and the report shows none of those"
LEFT_OUT = "the report of registered methods leaves this account out, as it does those that are switched off"


@collector(permissions=(REPORT, USERS))
def factors(entra: Entra) -> Iterator[Factors]:
    """Second factors of everybody in the report; of the others only that they are not in it."""
    told = set[str]()
    for entry in entra.entries(REPORT):
        told.add(entry.text("id"))
        yield _factors(entra, entry)
    for entry in entra.entries(USERS, select="id", top=MOST):
        if (name := entry.text("id")) not in told:
            yield Factors(id=name, enrolled=unobserved(LEFT_OUT), factors=unobserved(LEFT_OUT))


def _factors(entra: Entra, entry: Fields) -> Factors:
    """`isMfaCapable` counts what the tenant lets people use; `methodsRegistered` is all that they have set up."""
    return Factors(
        id=entry.text("id"),
        enrolled=entra.look(lambda: _is_enrolled(entry)),
        factors=entra.look(lambda: tuple(_factor(each) for each in sorted(set(entry.texts("methodsRegistered"))))),
    )


def _is_enrolled(entry: Fields) -> bool:
    """A tenant may trust what a guest proved at home: that there is no second factor here is then no answer."""
    capable = entry.flag("isMfaCapable")
    if not capable and text_or_none(entry, "userType") == GUEST:
        raise RestError(AT_HOME)
    return capable


def _factor(name: str) -> Factor:
    return Factor(method=METHODS.get(name) or unobserved(f"Entra's word {name} is not known here"), name=name)
