"""Which TLS a service speaks: it is asked, on the host itself and once for each version of the protocol.

A handshake changes nothing there but a line in the log of the service. Only ports that are meant for TLS are tried:
what listens elsewhere might take a handshake for a command.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.host.certificates import parse_certificate
from collectors.host.facts import Fact
from collectors.host.network import parse_sockets
from collectors.host.source import FactError, Host
from collectors.host.sshd import rows
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.tls_listeners import ServedCertificate, TlsListener

PORTS = (
    443, 465, 563, 614, 636, 853, 989, 990, 992, 993, 994, 995, 2376, 2379, 2380, 3269, 4433, 4443, 5061, 5671, 5986,
    6443, 6514, 6697, 8443, 8883, 9443, 10250, 10443, 11443,
)  # fmt: skip
"""IANA's names that end in `s` for TLS, and what Docker, Kubernetes and administration pages have made customary."""
MOST = 16
VERSIONS = {"TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3", "TLSv1.1": "-tls1_1", "TLSv1": "-tls1"}
SILENT = "silent"
WIDTH = 3 + len(VERSIONS)

# Fields, each ended by a line feed and NUL: table and line of the socket, an answer for each version, the certificate;
# at last `end`. Our own openssl must be willing to speak what nobody should: hence no configuration, and security level
# 0. A service that wants to be called by a name answers none of our handshakes.
TLS_LISTENERS = Fact(
    "tls_listeners",
    f"""\
command -v openssl >/dev/null || exit 127
[ -r /proc/net/tcp ] || {{ echo "/proc/net/tcp is not there" >&2; exit 1; }}
OPENSSL_CONF=/dev/null; export OPENSSL_CONF
word() {{ a=${{1%??????}}; r=${{1#??}}; b=${{r%????}}; r=${{r#??}}; c=${{r%??}}; d=${{r#??}}; }}
ask() {{
  out=$(timeout 3 openssl s_client -connect "$to:$port" $1 -cipher ALL:@SECLEVEL=0 </dev/null 2>&1)
  ended=$?
  case $ended$out in
    124*) said={SILENT} ;;
    *"BEGIN CERTIFICATE"*) said=yes; pem=${{out#*-----BEGIN CERTIFICATE-----}}; pem=${{pem%%-----END*}} ;;
    *"no protocols available"*|*"nknown option"*|*"no cipher"*|*"nternal error"*) said=cannot ;;
    *"nrecognized name"*) said=nameless ;;
    *CONNECTED*"Cipher is (NONE)"*) said=no ;;
    *CONNECTED*"Cipher is "*) said=yes ;;
    *) said=unreachable ;;
  esac
}}
asked=" " n=0
for table in tcp tcp6; do [ -e /proc/net/$table ] || continue
  while read -r number local remote state rest; do
    [ "$state" = 0A ] || continue
    port=$((0x${{local##*:}})); h=${{local%:*}}
    case " {" ".join(map(str, PORTS))} " in *" $port "*) ;; *) continue ;; esac
    case $asked in *" $local "*) continue ;; esac
    asked="$asked$local "; n=$((n + 1)); [ $n -le {MOST} ] || {{ echo "more than {MOST} listeners" >&2; exit 1; }}
    case $h in
      00000000) to=127.0.0.1 ;;
      00000000000000000000000000000000) to='[::1]' ;;
      ????????) word $h; to=$(printf '%d.%d.%d.%d' 0x$d 0x$c 0x$b 0x$a) ;;
      *) to=; while [ -n "$h" ]; do word "${{h%"${{h#????????}}"}}"; h=${{h#????????}}; to="$to:$d$c:$b$a"; done
        to="[${{to#:}}]" ;;
    esac
    printf '%s\\n\\0%s\\n\\0' $table "$number $local $remote $state"
    said= pem=
    for version in {" ".join(VERSIONS.values())}; do
      [ "$said" = {SILENT} ] || ask $version
      printf '%s\\n\\0' $said
    done
    printf '%s\\n\\0' "$pem"
  done </proc/net/$table
done
printf 'end\\n\\0\\0\\0\\0\\0\\0\\0'
""",
    seconds=30,
    limit=524_288,
)


@collector(permissions=(TLS_LISTENERS,))
def tls_listeners(host: Host) -> Iterator[TlsListener]:
    """The versions of TLS that services on the usual ports agree to, and the certificates they show."""
    found = rows(host, TLS_LISTENERS, WIDTH)
    if not found or found.pop()[0] != "end\n":
        raise FactError(TLS_LISTENERS, f"{TLS_LISTENERS.name}: the answer has no end")
    for row in found:
        table, line, *answers, pem = (field.removesuffix("\n") for field in row)
        ((_, address, port),) = parse_sockets(f"table {table}\n{line}\n")
        shown = f"[{address}]" if ":" in address else address
        said = dict(zip(VERSIONS, answers, strict=True))
        yield TlsListener(
            id=f"tcp {shown}:{port}", port=port, protocols=_protocols(said), certificate=_certificate(pem, said)
        )


def _protocols(said: dict[str, str]) -> tuple[str, ...]:
    """The versions that were agreed on. One that could not be tried leaves them all open."""
    unclear = [f"{version}: {answer}" for version, answer in said.items() if answer not in ("yes", "no")]
    if unclear:
        unseen: tuple[str, ...] = unobserved(f"not every version could be tried: {', '.join(sorted(unclear))}")
        return unseen
    return tuple(sorted(version for version, answer in said.items() if answer == "yes"))


def _certificate(pem: str, said: dict[str, str]) -> ServedCertificate | None:
    unseen: Any = unobserved("no handshake came far enough to show a certificate that can be read")
    if not pem:
        return None if {*said.values()} <= {"yes", "no"} else unseen
    try:
        seen = parse_certificate(f"-----BEGIN CERTIFICATE-----\n{pem.strip()}\n-----END CERTIFICATE-----\n", "")
    except ValueError:
        return unseen  # type: ignore[no-any-return] # stands for every type
    return ServedCertificate(
        subject=seen.subject, issuer=seen.issuer, not_before=seen.not_before, not_after=seen.not_after
    )
