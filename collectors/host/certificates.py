"""Certificates in the usual places. Only their public blocks leave the host; private keys in the same file do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from core.plugins import collector
from core.resources.host.certificates import Certificate

if TYPE_CHECKING:
    from cryptography import x509

# Prints, each followed by NUL: `F PATH` and the certificates in it, or `! PATH` for what may not be read. Links in the
# folders of trusted authorities are left out: they lead to the bundle of the distribution. A line leaves the host only
# between the marks of a certificate and when it is base64. Redaction, which comes next, stops at white space: the line
# feed before each NUL keeps records apart whatever it masks.
CERTIFICATES = Fact(
    "certificates",
    """\
carriage_return=$(printf '\\r')
for d in /etc/ssl /etc/ssl/certs /etc/ssl/private /etc/pki/tls/certs /etc/nginx /etc/nginx/ssl /etc/nginx/certs \\
  /etc/apache2 /etc/apache2/ssl /etc/httpd/conf /etc/letsencrypt/live /etc/letsencrypt/live/* /etc/haproxy \\
  /etc/haproxy/certs /etc/haproxy/ssl /etc/postfix /etc/postfix/ssl /etc/dovecot /etc/dovecot/ssl \\
  /etc/dovecot/private /var/lib/postgresql/*/main; do
  [ -d "$d" ] || continue
  if [ ! -r "$d" ] || [ ! -x "$d" ]; then printf '! %s\\n\\0' "$d"; continue; fi
  for f in "$d"/*.pem "$d"/*.crt "$d"/*.cer; do
    [ -f "$f" ] || continue
    case $f in */ca-certificates.crt|*/ca-bundle*|*/privkey.pem|*/chain.pem) continue ;; esac
    case $f in */fullchain.pem) [ ! -e "$d/cert.pem" ] || continue ;; esac
    case $d in /etc/ssl/certs|/etc/pki/tls/certs) [ ! -L "$f" ] || continue ;; esac
    if [ ! -r "$f" ]; then printf '! %s\\n\\0' "$f"; continue; fi
    printf 'F %s\\n\\0' "$f"
    inside= n=0
    while IFS= read -r line || [ -n "$line" ]; do
      line=${line%"$carriage_return"}
      case $line in
        '-----BEGIN CERTIFICATE-----') inside=1; echo "$line" ;;
        '-----END CERTIFICATE-----') [ -z "$inside" ] || echo "$line"; inside= ;;
        *[!A-Za-z0-9+/=]*) inside= ;;
        *) [ -z "$inside" ] || echo "$line" ;;
      esac
      n=$((n + 1)); [ "$n" -lt 3000 ] || { echo 'cut off'; break; }
    done <"$f"
    printf '\\n\\0'
  done
done
""",
    limit=2_097_152,
)
TRUST_FOLDERS = ("/etc/ssl/certs/", "/etc/pki/tls/certs/")
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """The PEM blocks of a file; `readable` is false for a file or folder that we may not read."""

    path: str
    blocks: tuple[str, ...]
    readable: bool = True
    whole: bool = True


def parse_files(output: bytes) -> tuple[CertificateFile, ...]:
    """What `CERTIFICATES` prints. Raises `ValueError` for other text."""
    records = [record.decode(errors="backslashreplace").removesuffix("\n") for record in output.split(b"\0")]
    if records.pop():
        raise ValueError("the last record has no end")
    files: list[CertificateFile] = []
    remaining = iter(records)
    for record in remaining:
        mark, _, path = record.partition(" ")
        if mark == "!":
            files.append(CertificateFile(path, (), readable=False))
        elif mark == "F":
            body = next(remaining, "")
            blocks = tuple(_BLOCK.findall(f"{body}\n"))
            whole = body.count("-----BEGIN CERTIFICATE-----") == len(blocks) and "cut off" not in body
            files.append(CertificateFile(path, blocks, whole=whole))
        else:
            raise ValueError(f"{record!r:.80} is no record of a certificate file")
    return tuple(files)


@collector(permissions=(CERTIFICATES,))
def certificates(host: Host) -> Iterator[Certificate]:
    """The certificates that services present, from the places where distributions and guides put them.

    Authorities that the host merely trusts are left out.
    """
    answer = host.answer(CERTIFICATES)
    if answer.status:
        raise FactError(CERTIFICATES, f"certificates: ended with status {answer.status}: {answer.error:.300}")
    try:
        files = parse_files(answer.output)
    except ValueError as error:
        raise FactError(CERTIFICATES, f"certificates: {error}") from error
    broken = [file.path for file in files if not file.whole]
    for file in files:
        try:
            yield from _certificates(file)
        except ValueError:
            broken.append(file.path)
    hidden = [file.path for file in files if not file.readable]
    if hidden or broken:
        reasons = [f"may not be read: {', '.join(hidden)}"] if hidden else []
        reasons += [f"holds no whole certificate: {', '.join(dict.fromkeys(broken))}"] if broken else []
        raise FactError(
            CERTIFICATES,
            f"certificates: {'; '.join(reasons)}",
            "run as root, or let the user read them" if hidden else "",
        )


def _certificates(file: CertificateFile) -> Iterator[Certificate]:
    """The first certificate of a file, unless it is a trusted authority's, and further ones that are no authority's.

    Raises `ValueError` for what is no certificate.
    """
    for place, block in enumerate(file.blocks, start=1):
        seen = parse_certificate(block, file.path, place)
        if not seen.is_authority or (place == 1 and not file.path.startswith(TRUST_FOLDERS)):
            yield seen


def parse_certificate(pem: str, path: str, place: int = 1) -> Certificate:
    """Read one PEM block (RFC 7468). Raises `ValueError`."""
    from cryptography import x509  # noqa: PLC0415 - slow to import, and only this needs it
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    certificate = x509.load_pem_x509_certificate(pem.encode())
    key_type, key_bits = _key(certificate)
    try:
        signature_hash = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    return Certificate(
        id=path if place == 1 else f"{path}#{place}",
        path=path,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        is_authority=_is_authority(certificate),
        is_self_signed=certificate.subject == certificate.issuer,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_type=key_type,
        key_bits=key_bits,
        signature_hash=signature_hash.name if signature_hash else "",
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    from cryptography import x509  # noqa: PLC0415 - slow to import, and only this needs it

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - slow to import, and only this needs it
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa  # noqa: PLC0415

    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return "other", 0
    match key:
        case rsa.RSAPublicKey():
            return "rsa", key.key_size
        case ec.EllipticCurvePublicKey():
            return "ec", key.key_size
        case dsa.DSAPublicKey():
            return "dsa", key.key_size
        case ed25519.Ed25519PublicKey():
            return "ed25519", 0
        case ed448.Ed448PublicKey():
            return "ed448", 0
        case _:
            return "other", 0
