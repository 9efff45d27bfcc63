"""One directory: what collectors ask it, live or as it was recorded."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

from collectors.ldap.asking import (
    BASE_OBJECT,
    NO_SUCH_OBJECT,
    DirectoryError,
    Entry,
    Extent,
    Page,
    Search,
    entries_of,
    parent,
    same,
)
from core.codec import decode
from core.model import CollectionGap, Exchange
from core.recording import Clock, record
from core.redaction import redact, redact_text
from core.replay import RecordedSource
from core.source import Source

SEARCH, CONFIGURED, PROBE = "ldap.search", "ldap.configured", "ldap.probe"
ANYTHING, CONFIG = "(objectClass=*)", "cn=config"
SUBORDINATES = "hasSubordinates"
"""Whether an entry has others below it, seen or not (X.501; slapd and 389 Directory Server tell it)."""
GENERALIZED = "%Y%m%d%H%M%SZ"
NO_NAME = re.compile(r"[()']")
SECURITY_DESCRIPTORS = "1.2.840.113556.1.4.801"
"""What controllers of Active Directory offer, and no other server (MS-ADTS, 3.1.1.3.4.1.11)."""
POLICY_CONTROL = "1.3.6.1.4.1.42.2.27.8.5.1"
"""What a server offers that has password policies switched on (draft-behera-ldap-password-policy)."""


class Directory(Source):
    """A directory server, with the right to read what we ask for."""

    @abstractmethod
    def extent(self) -> Extent:
        """What the configuration says about what to ask."""

    @abstractmethod
    def pages(self, search: Search) -> Iterator[Page]:
        """The answer to a search, page by page. Raises `DirectoryError`."""

    @abstractmethod
    def probe(self, name: str, base: str = "") -> str:
        """What becomes of somebody the server does not know. Raises `DirectoryError`."""

    def search(self, base: str, condition: str, attributes: Collection[str], *, scope: str = "") -> Iterator[Entry]:
        """The entries below a base. Raises `DirectoryError`, also at the end when a part was left out."""
        words = {"scope": scope} if scope else {}
        return entries_of(self.pages(Search(base, condition, tuple(attributes), **words)))

    def everything(self, base: str, attributes: Collection[str] = ()) -> Iterator[Entry]:
        """Every entry below a base. Raises `DirectoryError` at the end when there are entries that we are not shown."""
        full, parents, told = set[str](), set[str](), False
        for entry in self.search(base, ANYTHING, (*attributes, SUBORDINATES)):
            parents.add(parent(entry.dn))
            said = entry.first(SUBORDINATES)
            told = told or said is not None
            if said == "TRUE":
                full.add(same(entry.dn))
            yield entry
        if not parents:  # a base is an entry itself
            raise DirectoryError(
                f"nothing at {base} is shown to us", "let the reader read and search objectClass there"
            )
        if hidden := sorted(full - parents):
            raise DirectoryError(
                f"entries below {hidden[0]} are not shown to us", "let the reader read the entries there"
            )
        if not told and SUBORDINATES.lower() in self._attribute_types():
            raise DirectoryError(
                f"{SUBORDINATES} is not shown to us, so that entries may be hidden", "let the reader read it"
            )

    def entry(self, dn: str, attributes: Collection[str]) -> Entry:
        """One entry. Raises `DirectoryError` when it is not there, or not for us."""
        for found in self.search(dn, ANYTHING, attributes, scope=BASE_OBJECT):
            return found
        raise DirectoryError(f"there is no {dn or 'root of the server'}, or we may not see it", code=NO_SUCH_OBJECT)

    def root(self) -> Entry:
        """What the server says of itself (the root DSE, RFC 4512, 5.1)."""
        return self.entry("", ("namingContexts", "supportedControl", "subschemaSubentry"))

    def bases(self) -> tuple[str, ...]:
        """Where entries are: as configured, or all that the server says it has. Raises `DirectoryError`."""
        found = self.extent().bases or self.root().all("namingContexts")
        if not found:
            raise DirectoryError("the server does not say which names it serves", "set bases")
        return found

    def absent(
        self, base: str, condition: str, attributes: Collection[str], entries: Collection[Entry]
    ) -> dict[str, frozenset[str]]:
        """For each of these attributes, those of the entries that are known not to have it.

        An attribute that we may not see is not in the answer, and so looks like one that is not there. A filter tells
        the two apart: for an attribute that we may not search it is neither true nor false, also when it is negated
        (RFC 4511, 4.5.1.7), and an attribute that the schema does not know is on no entry. Where the server does not
        show its schema, no attribute is known to be absent; nor is it in Active Directory, to whose filters what may
        not be seen is not there (MS-ADTS, 3.1.1.4.3).

        Attributes that most entries lack are asked for together: who has one of them is in fewer pages than who has
        none of it.
        """
        lacking = {name: frozenset(same(each.dn) for each in entries if not each.all(name)) for name in attributes}
        try:
            known = self._attribute_types() if any(lacking.values()) else frozenset[str]()
        except DirectoryError:
            return {}

        def of(wanted: str) -> frozenset[str]:
            return frozenset(same(each.dn) for each in self.search(base, f"(&{condition}{wanted})", ("1.1",)))

        rare = [name for name, those in lacking.items() if name.lower() in known and 2 * len(those) > len(entries)]
        told = of("".join(f"(|({name}=*)(!({name}=*)))" for name in rare)) if len(rare) > 1 else frozenset[str]()
        found = dict[str, frozenset[str]]()
        for name, those in lacking.items():
            if name.lower() not in known:
                found[name] = those
                continue
            certain = those & told - of(f"({name}=*)") if name in rare and told else frozenset[str]()
            hidden = those - told if name in rare else those
            found[name] = certain | (hidden & of(f"(!({name}=*))") if hidden else hidden)
        return found

    def _attribute_types(self) -> frozenset[str]:
        root = self.root()
        if SECURITY_DESCRIPTORS in root.all("supportedControl"):
            raise DirectoryError(
                "a domain of Active Directory does not tell what it hides from this way of asking",
                "configure it below active_directory",
            )
        where = root.first("subschemaSubentry")
        types = self.entry(where, ("attributeTypes",)).all("attributeTypes") if where else ()
        if not types:
            raise DirectoryError("the server does not show its schema", "let the reader read cn=Subschema")
        words = (NO_NAME.sub(" ", each).lower().split() for each in types)
        return frozenset(word for each in words for word in each)

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, DirectoryError):
            return CollectionGap(reason=redact_text(str(error)), hint=error.hint, retryable=error.retryable)
        return None


def moment(text: str) -> datetime:
    """A time of LDAP (RFC 4517, 3.3.13), of which a fraction is cut off. Raises `DirectoryError`."""
    whole = text.partition(".")[0].removesuffix("Z") + "Z"
    try:
        return datetime.strptime(whole, GENERALIZED).replace(tzinfo=UTC)
    except ValueError:
        raise DirectoryError(f"{text!r} is not a time in UTC") from None


class RecordedDirectory(RecordedSource, Directory):
    """A directory that answers as it once did. What was not asked yet was not looked at."""

    def extent(self) -> Extent:
        return decode(Extent, self._recording.answer(CONFIGURED, {})[1])

    def is_later(self, search: Search) -> bool:
        """Whether collectors ask there more than they once did."""
        return search.base == CONFIG

    def pages(self, search: Search) -> Iterator[Page]:
        asked = search.parameters
        if self.is_later(search) and not any(each.parameters == asked for each in self._unit.exchanges):
            raise DirectoryError(f"{search.filter} in {search.base} was not asked for yet when this was recorded")
        more = True
        while more:
            exchange, body = self._recording.answer(SEARCH, search.parameters)
            _raise_again(exchange)
            found = decode(Page, body)
            more = found.more
            yield found

    def probe(self, name: str, base: str = "") -> str:
        exchange, body = self._recording.answer(PROBE, {"probe": name, "base": base})
        _raise_again(exchange)
        return body.decode()


def _raise_again(exchange: Exchange) -> None:
    if exchange.status != "0":
        raise DirectoryError(exchange.error, exchange.headers["hint"], code=int(exchange.status))


def recorded(  # noqa: PLR0913 - an exchange has this many sides
    operation: str,
    parameters: Mapping[str, str],
    clock: Clock,
    began: datetime,
    endpoint: str,
    *,
    body: bytes = b"",
    number: int = 0,
    items: int | None = None,
    failure: DirectoryError | None = None,
) -> bytes:
    """Record an exchange, masked; the masked body."""
    redacted, counts = redact(body)
    record(
        operation,
        parameters,
        redacted,
        status="0" if failure is None else str(failure.code),
        at=began,
        duration_ms=int((clock() - began).total_seconds() * 1000),
        error="" if failure is None else redact_text(str(failure)),
        headers={} if failure is None else {"hint": failure.hint},
        redactions=counts,
        endpoint=endpoint,
        page=number,
        items=items,
    )
    return redacted
