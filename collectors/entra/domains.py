"""The domains of a tenant, and who signs their people in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime

from cryptography.x509 import load_der_x509_certificate

from collectors.entra.source import Entra, text_or_none
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.idp import Domain

DOMAINS = Read("/v1.0/domains", needs="Domain.Read.All")
FEDERATION = Read("/v1.0/domains/{domain}/federationConfiguration", needs="Domain.Read.All")
FEDERATED, MANAGED = "Federated", "Managed"
CERTIFICATES = ("signingCertificate", "nextSigningCertificate")


@collector(permissions=(DOMAINS, FEDERATION))
def domains(entra: Entra) -> Iterator[Domain]:
    """Domains, and their issuers, by one more question for each that is federated."""
    for entry in entra.entries(DOMAINS, select="id,isVerified,authenticationType"):
        yield _domain(entra, entry)


def _domain(entra: Entra, entry: Fields) -> Domain:
    name = entry.text("id")
    issuers = remembered(lambda: list(_issuers(entra, entry)))
    return Domain(
        id=name,
        verified=entra.look(lambda: entry.flag("isVerified")),
        federated_with=entra.look(lambda: ", ".join(sorted(each.text("issuerUri") for each in issuers()))),
        certificates_end=entra.look(lambda: max((end for each in issuers() for end in _ends(each)), default=None)),
    )


def _issuers(entra: Entra, entry: Fields) -> Iterator[Fields]:
    kind = entry.text("authenticationType")
    if kind not in (FEDERATED, MANAGED):
        raise RestError(f"{kind} is not known here as a way to sign people of a domain in")
    if kind == FEDERATED:
        yield from entra.entries(FEDERATION, domain=entry.text("id"))


def _ends(issuer: Fields) -> Iterator[datetime]:
    """When the certificates end that an issuer signs with. Raises `RestError` for what is none."""
    for name in CERTIFICATES:
        if text := text_or_none(issuer, name):
            try:
                yield load_der_x509_certificate(base64.b64decode(text, validate=True)).not_valid_after_utc
            except (ValueError, binascii.Error):
                raise RestError(f"{name} of the issuer is no certificate") from None
