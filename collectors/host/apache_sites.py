"""The sites of Apache: each virtual host, and the main server where it listens and no virtual host answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import dropwhile, takewhile

from collectors.host.directives import Block, Identify
from collectors.host.key_files import parse_key_file
from collectors.host.nginx_sites import NOWHERE, ORDER, is_local
from core.resource import unobserved
from core.resources.host.web import WebSite

EVERYWHERE = ("*", "_default_")


def parse_version(text: str) -> str:
    """The version in `Server version: Apache/2.4.62 (Debian)`; empty for another program of that name."""
    found = re.search(r"^Server version: Apache/(\d+\.\d+\.\d+)\b", text, re.MULTILINE)
    return found[1] if found else ""


def sites(
    main: Block, version: str, keys: Mapping[str, tuple[str, str]], identify: Identify, *, red_hat: bool
) -> Iterator[WebSite]:
    """The sites, in the order of the files."""
    listens = [words[0] for words in main.directives.get("listen", ())]
    hosts = list(main.named("virtualhost"))
    answered = {_port(address) for host in hosts for address in host.words}
    rest = tuple(address for address in listens if not {_port(address), "*"} & answered)
    for host in hosts:
        yield _site(_Scope(main, host), _places(host.words, listens), version, keys, identify, red_hat=red_hat)
    if rest:
        yield _site(_Scope(main, main), rest, version, keys, identify, red_hat=red_hat)


class _Scope:
    """A virtual host and the main server, whose directives it inherits."""

    def __init__(self, main: Block, host: Block) -> None:
        self.main, self.host = main, host

    def all(self, name: str) -> list[tuple[str, ...]]:
        """The directive in the virtual host; where it is not, in the main server."""
        return self.host.directives.get(name) or self.main.directives.get(name, [])

    def last(self, name: str) -> tuple[str, ...]:
        return (self.all(name) or [()])[-1]


def _site(
    scope: _Scope,
    addresses: tuple[str, ...],
    version: str,
    keys: Mapping[str, tuple[str, str]],
    identify: Identify,
    *,
    red_hat: bool,
) -> WebSite:
    names = (*scope.host.directives.get("servername", [()])[-1][:1],)
    names += tuple(name for words in scope.host.directives.get("serveralias", ()) for name in words)
    tls = scope.last("sslengine")[:1] not in ((), ("off",), ("Off",), ("OFF",))
    protocols, protocols_from = _protocols(scope, red_hat=red_hat) if tls else ((), "")
    local = all(map(is_local, addresses))
    key_files = scope.all("sslcertificatekeyfile") or scope.all("sslcertificatefile")
    return WebSite(
        id=identify(f"apache {names[0] if names else '_'} {addresses[0] if addresses else '_'}"),
        program="apache",
        version=version or unobserved("the program does not say which Apache it is"),
        serves="http",
        names=names,
        addresses=addresses,
        local=local,
        tls=tls,
        plain=not tls and not local,
        redirects=any("redirect" in block.directives for block in (scope.host, *scope.host.named("location"))),
        protocols=protocols,
        protocols_from=protocols_from,
        ciphers=_ciphers(scope) if tls else "",
        keys=tuple(parse_key_file(words[0], *keys.get(words[0], ("", ""))) for words in key_files if tls),
        logs_access=any(words[0] != NOWHERE for words in [*scope.all("customlog"), *scope.all("transferlog")]),
        logs_errors=scope.last("errorlog")[:1] != (NOWHERE,),
        hides_version=scope.main.directives.get("servertokens", [("Full",)])[-1][0].lower() in ("prod", "productonly"),
    )


def _protocols(scope: _Scope, *, red_hat: bool) -> tuple[tuple[str, ...], str]:
    """The protocols that are allowed, and what says so."""
    if commands := [words[0] for words in scope.all("sslopensslconfcmd") if words[0].endswith("Protocol")]:
        unseen: tuple[str, ...] = unobserved(f"SSLOpenSSLConfCmd sets {commands[0]}, which is not followed here")
        return unseen, "SSLOpenSSLConfCmd"
    if not scope.all("sslprotocol") and red_hat:
        unseen = unobserved("SSLProtocol is not set: this build of Apache leaves it to the crypto policy of the system")
        return unseen, "the crypto policy"
    words = scope.last("sslprotocol")
    try:
        return parse_protocols(words or ("all", "-SSLv3")), "SSLProtocol" if words else "the default of Apache 2.4"
    except ValueError as error:
        unseen = unobserved(str(error))
        return unseen, "SSLProtocol"


def _ciphers(scope: _Scope) -> str:
    for command in scope.all("sslopensslconfcmd"):
        if command[0] in ("CipherString", "Ciphersuites"):
            unseen: str = unobserved(f"SSLOpenSSLConfCmd sets {command[0]}, which is not followed here")
            return unseen
    for block in (scope.host, scope.main):  # with the name of a protocol in front, it is about TLS 1.3 alone
        for words in reversed(block.directives.get("sslciphersuite", ())):
            if len(words) == 1 or words[0].upper() == "SSL":
                return words[-1]
    return ""


def parse_protocols(words: tuple[str, ...]) -> tuple[str, ...]:
    """What `SSLProtocol` leaves. Raises `ValueError` for a word it does not know.

    A name without sign takes the place of all before it. Apache has no holes: below the first gap nothing is spoken.
    """
    known = {name.lower(): {name} for name in ORDER} | {"all": {*ORDER}}
    allowed: set[str] = set()
    for word in words:
        name = word.lstrip("+-").lower()
        if name not in known and name != "sslv2":
            raise ValueError(f"SSLProtocol has {word}, which we do not know")
        named = known.get(name, set())
        allowed = allowed - named if word.startswith("-") else allowed | named if word.startswith("+") else named
    spoken = dropwhile(lambda name: name not in allowed, reversed(ORDER))
    return tuple(reversed([*takewhile(lambda name: name in allowed, spoken)]))


def _port(address: str) -> str:
    """`443` of `*:443`, `[::1]:443` and `443`; `*` for an address on every port."""
    place, colon, port = address.rpartition(":")
    if address.isdigit():
        return address
    return port if colon and not address.endswith("]") and place else "*"


def _places(written: tuple[str, ...], listens: list[str]) -> tuple[str, ...]:
    """The addresses of a virtual host; for one that answers at every address, those where Apache listens."""
    places: list[str] = []
    for address in written:
        port = _port(address)
        anywhere = address.removesuffix(f":{port}") in EVERYWHERE
        places += [listen for listen in listens if port in ("*", _port(listen))] if anywhere else [address]
    return tuple(dict.fromkeys(places))
