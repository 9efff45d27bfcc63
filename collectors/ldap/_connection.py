"""The way to a directory: ldap3, behind what a `Directory` promises."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ldap3 import ANONYMOUS, BASE, NONE, SAFE_SYNC, SUBTREE, SYNC, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPOperationResult

from collectors.ldap._tls import PythonTls, oldest_version
from collectors.ldap.asking import BASE_OBJECT, NO_ANSWER, DirectoryError, Entry, Extent, Page, Search
from collectors.ldap.settings import Access
from collectors.ldap.source import ANYTHING, CONFIGURED, PROBE, SEARCH, Directory, recorded
from core.codec import decode, encode
from core.recording import Clock
from core.redaction import redact_text
from core.settings import ConfigurationError

T = TypeVar("T")
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
PAGE_ENTRIES = 500
PAGED_RESULTS = "1.2.840.113556.1.4.319"
PLAIN_PORT, TLS_PORT = 389, 636
CERTIFICATE = re.compile(r"certificate verify failed: ([^(]*[^( ])")
"""How Python's library says what is wrong with a certificate."""
CONFIDENTIALITY_REQUIRED, STRONGER_AUTH_REQUIRED, UNWILLING = 13, 8, 53
INVALID_CREDENTIALS, INAPPROPRIATE_AUTHENTICATION = 49, 48
NOBODY = "cn=annexa asks whether a password is taken without TLS"
"""The name that asks; there is no such entry, and the word that is sent with it is nobody's password."""


class LiveDirectory(Directory):
    """A directory server that is asked over one connection with TLS, opened by the first question."""

    provider = "ldap"

    def __init__(self, settings: Access, extent: Extent, password: Callable[[], str], clock: Clock) -> None:
        self._settings = settings
        self._extent = extent
        self._password = password
        self._clock = clock
        self._asking = threading.RLock()
        self._connection: Connection | None = None
        self._principal = ""
        parts = urlsplit(settings.url)
        self._tls = parts.scheme == "ldaps"
        self._host = parts.hostname or ""
        self._port = parts.port or (TLS_PORT if self._tls else PLAIN_PORT)

    @property
    def id(self) -> str:
        return f"{self.provider}/{self._settings.name}"

    @property
    def principal(self) -> str:
        return self._principal

    def extent(self) -> Extent:
        recorded(CONFIGURED, {}, self._clock, self._clock(), "", body=encode(self._extent))
        return self._extent

    def pages(self, search: Search) -> Iterator[Page]:
        cookie: bytes | None = None
        number = 0
        while True:
            number += 1
            entries, elsewhere, cookie = self._recorded_failure(SEARCH, search.parameters, self._asked, search, cookie)
            answer = Page(entries, elsewhere, more=bool(cookie))
            body = recorded(
                SEARCH, search.parameters, self._clock, self._began, self._settings.url,
                body=encode(answer), number=number, items=len(entries),
            )  # fmt: skip
            yield decode(Page, body)
            if not cookie:
                return

    def probe(self, name: str, base: str = "") -> str:
        ask = self._probes()[name]
        said = self._recorded_failure(PROBE, {"probe": name, "base": base}, ask, base)
        recorded(PROBE, {"probe": name, "base": base}, self._clock, self._began, self._settings.url, body=said.encode())
        return said

    def _probes(self) -> Mapping[str, Callable[[str], str]]:
        return {"cleartext": self._cleartext, "anonymous": self._anonymous, "oldest TLS": self._oldest_tls}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.unbind()
            self._connection = None

    def _recorded_failure(
        self, operation: str, parameters: Mapping[str, str], ask: Callable[..., T], *words: object
    ) -> T:
        with self._asking:
            self._began = self._clock()
            try:
                return ask(*words)
            except DirectoryError as error:
                failure = error
            except LDAPOperationResult as error:
                failure = DirectoryError(_said(error), code=int(error.result))
            except (LDAPException, OSError, ssl.SSLError) as error:
                failure = DirectoryError(
                    f"{self._host}:{self._port} gave no answer: {redact_text(_cause(error))}", code=NO_ANSWER
                )
            recorded(operation, parameters, self._clock, self._began, self._settings.url, failure=failure)
            raise failure

    def _asked(self, search: Search, cookie: bytes | None) -> tuple[tuple[Entry, ...], tuple[str, ...], bytes | None]:
        connection = self._signed_in
        connection.search(
            search.base,
            search.filter,
            search_scope=BASE if search.scope == BASE_OBJECT else SUBTREE,
            attributes=list(search.attributes),
            time_limit=ANSWER_SECONDS,
            paged_size=None if search.scope == BASE_OBJECT else PAGE_ENTRIES,
            paged_cookie=cookie,
            controls=self._controls(search),
        )
        result, response = connection.result, connection.response or ()
        if result["result"]:  # ldap3 raises no error for an answer that a limit cut off
            raise DirectoryError(f"the server answers {result['description']}", code=result["result"])
        entries = tuple(
            self._entry(each["dn"], each["raw_attributes"]) for each in response if each["type"] == "searchResEntry"
        )
        elsewhere = tuple(each["uri"][0] for each in response if each["type"] == "searchResRef")
        control = result.get("controls", {}).get(PAGED_RESULTS)
        return entries, elsewhere, control["value"]["cookie"] if control else None

    def _controls(self, search: Search) -> list[tuple[str, bool, bytes | None]] | None:  # noqa: ARG002 - some need more
        """What a search has to say beyond itself: type, whether it must be understood, and value."""
        return None

    def _entry(self, dn: str, attributes: Mapping[str, list[bytes]]) -> Entry:
        """An entry without the attributes that ldap3 adds to it, which are those that were not shown."""
        return Entry(dn, {name.lower(): self._texts(name, values) for name, values in attributes.items() if values})

    def _texts(self, name: str, values: list[bytes]) -> tuple[str, ...]:  # noqa: ARG002 - elsewhere the name decides
        return tuple(value.decode(errors="backslashreplace") for value in values)

    @property
    def _signed_in(self) -> Connection:
        if self._connection is None:
            opened = self._open(self._server(self._host, self._port, tls=self._tls), user=self._settings.bind_dn)
            self._principal = self._who(opened)
            self._connection = opened
        return self._connection

    def _who(self, opened: Connection) -> str:
        """The server's word for us (RFC 4532), or ours where it has none."""
        try:
            return (opened.extend.standard.who_am_i() or self._settings.bind_dn).removeprefix("dn:")
        except LDAPOperationResult:
            return self._settings.bind_dn

    def _server(self, host: str, port: int, *, tls: bool) -> Server:
        return Server(host, port, use_ssl=tls, tls=self._verified, get_info=NONE, connect_timeout=CONNECT_SECONDS)

    @cached_property
    def _verified(self) -> Tls:
        return PythonTls(ssl.create_default_context(cafile=self._settings.authority or None), self._host)

    # One question at a time (`_asking`), so that answers need not be copied, which is a third of what they cost.
    def _open(self, server: Server, *, user: str = "", start_tls: bool = True) -> Connection:
        who: dict[str, Any] = {"user": user, "password": self._secret()} if user else {"authentication": ANONYMOUS}
        connection = Connection(
            server, client_strategy=SYNC, read_only=True, auto_referrals=False,
            receive_timeout=ANSWER_SECONDS, raise_exceptions=True, **who,
        )  # fmt: skip
        connection.open()
        if start_tls and not server.ssl:
            connection.start_tls()
        connection.bind()
        return connection

    def _secret(self) -> str:
        """The password as it stands now, for one that is not there yet keeps nobody else from being looked at."""
        try:
            return self._password()
        except ConfigurationError as error:
            raise DirectoryError(str(error), error.hint) from error

    def _anonymous(self, base: str) -> str:
        """Whether somebody who does not sign in is shown an entry below a base."""
        try:
            stranger = self._open(self._server(self._host, self._port, tls=self._tls))
        except LDAPOperationResult:
            return "refused"
        try:
            stranger.search(base, ANYTHING, attributes=["1.1"], size_limit=1)
            response = stranger.response or ()
        except LDAPOperationResult:
            return "refused"
        finally:
            stranger.unbind()
        return "shown" if any(each["type"] == "searchResEntry" for each in response) else "nothing"

    def _oldest_tls(self, base: str) -> str:  # noqa: ARG002 - a server has one setting for all it serves
        return oldest_version(self._host, self._port, at_once=self._tls)

    def _cleartext(self, base: str) -> str:
        """Whether a name and a password are taken without TLS, tried with ones that are nobody's.

        The name stands below the base: of other names a server says no more than that they are wrong.
        """
        port = PLAIN_PORT if self._tls else self._port
        server = Server(self._host, port, get_info=NONE, connect_timeout=CONNECT_SECONDS)
        stranger = Connection(
            server, f"{NOBODY},{base}", "none", client_strategy=SAFE_SYNC, read_only=True, raise_exceptions=True,
            receive_timeout=ANSWER_SECONDS,
        )  # fmt: skip
        try:
            stranger.open()
        except (LDAPException, OSError):
            if self._tls:
                return "not offered"
            raise
        try:
            stranger.bind()
        except LDAPOperationResult as error:
            if int(error.result) in (CONFIDENTIALITY_REQUIRED, STRONGER_AUTH_REQUIRED, UNWILLING):
                return "refused"
            if int(error.result) in (INVALID_CREDENTIALS, INAPPROPRIATE_AUTHENTICATION):
                return "accepted"
            raise
        finally:
            stranger.unbind()
        return "accepted"


def _said(error: LDAPOperationResult) -> str:
    words = f"{error.description}{f': {error.message}' if error.message else ''}"
    return f"the server answers {redact_text(words)}"


def _cause(error: BaseException) -> str:
    """What happened first, of which ldap3 makes words of its own, in brackets in brackets."""
    words = CERTIFICATE.search(str(error))
    return words[1] if words else str(error)
