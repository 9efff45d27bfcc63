"""The sites of nginx: what each `server` block serves, with what it inherits and what its version does by default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from collectors.host.directives import Block, Identify
from collectors.host.key_files import parse_key_file
from core.resource import Unobserved, unobserved
from core.resources.host.web import WebSite

OLD_DEFAULT = ("TLSv1", "TLSv1.1", "TLSv1.2")
ORDER = ("SSLv3", *OLD_DEFAULT, "TLSv1.3")
# https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols, and CHANGES of the version.
DEFAULT_PROTOCOLS = (
    ((1, 27, 3), ("TLSv1.2", "TLSv1.3")),
    ((1, 23, 4), (*OLD_DEFAULT, "TLSv1.3")),
    ((1, 9, 1), OLD_DEFAULT),
)
"""The first version of each default, newest first."""
DEFAULT_CIPHERS = "HIGH:!aNULL:!MD5"
SINCE_PERHAPS_BY_NAME = (1, 29)
NOWHERE = "/dev/null"
OVERRIDING = ("MinProtocol", "MaxProtocol", "Protocol", "CipherString", "Options")
"""Commands of `ssl_conf_command` that change what the directives of nginx say."""


def parse_version(text: str) -> str:
    """The version in `nginx version: nginx/1.22.1`; empty for another program of that name."""
    found = re.search(r"^nginx version: nginx/(\d+\.\d+\.\d+)\b", text, re.MULTILINE)
    return found[1] if found else ""


def sites(main: Block, version: str, keys: Mapping[str, tuple[str, str]], identify: Identify) -> Iterator[WebSite]:
    """Every `server` block, in the order of the files."""
    for service in main.named("http", "stream", "mail"):
        servers = [(_Scope(main, service, server), _addresses(server)) for server in service.named("server")]
        # `ssl` belongs to the address: it holds for all servers there, wherever it is written.
        tls = {spelled(words[0]) for _, addresses in servers for words in addresses if {"ssl", "quic"} & {*words[1:]}}
        first: dict[str, _Scope] = {}
        for scope, addresses in servers:
            for address, *more in addresses:
                if {"default_server", "default"} & {*more}:
                    first[spelled(address)] = scope
                first.setdefault(spelled(address), scope)
        for scope, addresses in servers:
            yield _site(scope, addresses, _Places(tls, first), version, keys, identify)


@dataclass(frozen=True, slots=True)
class _Places:
    """What the servers of a service share: the addresses of TLS, and the server that answers first on each address."""

    tls: set[str]
    first: Mapping[str, _Scope]


class _Scope:
    """A server and what surrounds it: a directive holds where it is written and in what is inside that."""

    def __init__(self, main: Block, service: Block, server: Block) -> None:
        self.blocks = server, service, main
        self.service, self.server = service.name, server

    def all(self, name: str) -> list[tuple[str, ...]]:
        """The directive where it is nearest: there it replaces what is further out."""
        return next((block.directives[name] for block in self.blocks if name in block.directives), [])

    def last(self, name: str) -> tuple[str, ...]:
        return (self.all(name) or [()])[-1]


def _site(
    scope: _Scope,
    addresses: Sequence[tuple[str, ...]],
    places: _Places,
    version: str,
    keys: Mapping[str, tuple[str, str]],
    identify: Identify,
) -> WebSite:
    names = tuple(name for words in scope.server.directives.get("server_name", ()) for name in words if name)
    written = tuple(words[0] for words in addresses)
    everywhere = scope.last("ssl") == ("on",)  # until 1.25.1
    speaks = {address: everywhere or spelled(address) in places.tls for address in written}
    tls = any(speaks.values())
    governing = [places.first[spelled(address)] for address in written if speaks[address]]
    protocols, protocols_from = _spoken(scope, governing, version) if tls else ((), "")
    service: Any = scope.service
    return WebSite(
        id=identify(f"nginx {names[0] if names else '_'} {written[0]}"),
        program="nginx",
        version=version or unobserved("the program does not say which nginx it is"),
        serves=service,
        names=names,
        addresses=written,
        local=all(map(is_local, written)),
        tls=tls,
        plain=any(not speaks[address] and not is_local(address) for address in written),
        redirects=_redirects(scope.server),
        protocols=protocols,
        protocols_from=protocols_from,
        ciphers=_ciphers(scope) if tls else "",
        keys=tuple(
            parse_key_file(path, *keys.get(path, ("", ""))) for (path, *_) in scope.all("ssl_certificate_key") if tls
        ),
        logs_access=_logs_access(scope),
        logs_errors=scope.last("error_log")[:1] != (NOWHERE,),
        hides_version=scope.last("server_tokens") in (("off",), ("",)),
    )


def _addresses(server: Block) -> list[tuple[str, ...]]:
    return server.directives.get("listen") or [("80",)]


def spelled(address: str) -> str:
    """An address and port written in one way: `443`, `*:443` and `0.0.0.0:443` are the same."""
    if address.startswith("unix:"):
        return address
    place, colon, port = address.rpartition(":") if not address.endswith("]") else (address, "", "")
    if not colon:
        place, port = ("*", address) if address.isdigit() else (address, "80")
    return f"{'*' if place == '0.0.0.0' else place.lower()}:{port}"  # noqa: S104 - read, not bound


def is_local(address: str) -> bool:
    """Whether nobody from another host gets there."""
    place = spelled(address).rpartition(":")[0].strip("[]")
    try:
        return address.startswith("unix:") or place == "localhost" or ip_address(place).is_loopback
    except ValueError:
        return False


def _spoken(scope: _Scope, governing: Sequence[_Scope], version: str) -> tuple[tuple[str, ...], str]:
    """The protocols that a site speaks, which are those of the first server on its address, and what says so.

    nginx chose the protocol before it knew which server was meant, up to a version after 1.28 that we do not know.
    """
    answers = [_protocols(each, version) for each in {id(each): each for each in (scope, *governing)}.values()]
    if unseen := next((answer for answer in answers if isinstance(answer[0], Unobserved)), None):
        return unseen
    own, *_ = answers
    allowed = {name for each in governing for name in _protocols(each, version)[0]}
    if allowed == {*own[0]}:
        return own
    if tuple(map(int, version.split("."))) >= SINCE_PERHAPS_BY_NAME:
        mixed: tuple[str, ...] = unobserved(
            "the first server on the address allows others, and which hold is not known"
        )
        return mixed, own[1]
    return tuple(name for name in ORDER if name in allowed), "the first server on the address"


def _protocols(scope: _Scope, version: str) -> tuple[tuple[str, ...], str]:
    """The protocols that are allowed, and what says so."""
    unseen: Any
    if commands := [words[0] for words in scope.all("ssl_conf_command") if words and words[0] in OVERRIDING]:
        unseen = unobserved(f"ssl_conf_command sets {commands[0]}, which is not followed here")
        return unseen, "ssl_conf_command"
    if chosen := scope.last("ssl_protocols"):
        return tuple(name for name in ORDER if name in chosen), "ssl_protocols"
    numbers = tuple(map(int, version.split("."))) if version else ()
    for since, default in DEFAULT_PROTOCOLS:
        if numbers >= since:
            return default, f"the default of nginx {version}"
    unseen = unobserved("ssl_protocols is not set, and the default of this program is not known")
    return unseen, "the default"


def _ciphers(scope: _Scope) -> str:
    if any(words[:1] == ("CipherString",) for words in scope.all("ssl_conf_command")):
        unseen: str = unobserved("ssl_conf_command sets CipherString, which is not followed here")
        return unseen
    return (scope.last("ssl_ciphers") or (DEFAULT_CIPHERS,))[0]


def _logs_access(scope: _Scope) -> bool:
    """Whether requests are logged. That a single location is kept out of the log does not matter, unless it is `/`."""
    default: Sequence[tuple[str, ...]] = [("off",)] if scope.service != "http" else [("logs/access.log",)]
    written = next(
        (root.directives["access_log"] for root in scope.server.named("location") if "access_log" in root.directives),
        scope.all("access_log") or default,
    )
    return any(words[:1] not in (("off",), (NOWHERE,)) for words in written)


def _redirects(server: Block) -> bool:
    """Whether the server as a whole leads elsewhere: by itself, by an `if` about name or scheme, or at `/`."""
    inner = [server, *server.named("if", "location")]
    return any("redirect" in block.directives for outer in inner for block in (outer, *outer.named("if")))
