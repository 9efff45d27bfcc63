"""A moment as people name it (a date, a moment, a scan, a leaf of the log), and the place in the log that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from core.codec import timestamp
from core.errors import AnnexaError
from evidence_store.questions.past import Past, SealedBy, leaf_moment, sealed_by, unsigned_by
from evidence_store.questions.queries import scans
from evidence_store.questions.states import ScanState
from evidence_store.running import told_apart
from evidence_store.store import Store

POSITION = r"\d{1,11}"
DAY = r"\d{4}-\d\d-\d\d"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """The place in the log that somebody's words mean, and what has to be said about how it was found."""

    past: Past
    warnings: tuple[str, ...] = ()


def spoken(text: str, *, now: datetime | None = None, begins: bool = False) -> datetime:
    """A moment as people write it: RFC 3339, in UTC where no zone is given.

    A day alone means its end, or, where something `begins` with it, its beginning; today ends `now`.

    Raises `AnnexaError`.
    """
    try:
        if re.fullmatch(DAY, text):
            day = date.fromisoformat(text)
            if begins:
                return datetime.combine(day, time.min, UTC)
            end = datetime.combine(day, time.max, UTC)
            return now if now and day == now.astimezone(UTC).date() else end
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise AnnexaError(f"{text} is not a moment", "write it as 2026-01-31 or 2026-01-31T12:00:00Z") from error


def as_of(store: Store, text: str, now: datetime) -> AsOf | None:
    """The past that `text` means, `None` for no text.

    The number of a leaf means just after it, the id of a scan just after its end, a moment the last checkpoint by then.

    Raises `AnnexaError` for what lies in the future, or before the first checkpoint.
    """
    if not text:
        return None
    with store.reading() as connection:
        if re.fullmatch(POSITION, text):
            return _after_leaf(int(text), leaf_moment(connection, int(text)))
        if found := scans(store, connection, scan_id=text):
            position = _end(*told_apart(store, found))
            return _after_leaf(position, leaf_moment(connection, position))
        at = _moment(text, now)
        sealed = sealed_by(connection, at)
        if not sealed.size:
            raise _too_early(at, sealed)
        warnings = _warnings(at, sealed, unsigned_by(connection, sealed.size, at))
        return AsOf(past=Past(size=sealed.size, moment=at), warnings=warnings)


def _moment(text: str, now: datetime) -> datetime:
    try:
        at = spoken(text, now=now)
    except AnnexaError as error:
        hint = "write it as 2026-01-31 or 2026-01-31T12:00:00Z, or name a scan or the number of a leaf"
        raise AnnexaError(f"{text} is neither a moment nor a scan", hint) from error
    if at > now:
        raise AnnexaError(f"{timestamp(at)} is still to come", f"it is {timestamp(now)} now")
    return at


def _end(scan: ScanState) -> int:
    if scan.last_leaf is None:
        raise AnnexaError(
            f"scan {scan.id} has no end: it {'still runs' if scan.status == 'running' else 'died'}",
            f"name a moment, or a leaf of the log: it begins with leaf {scan.first_leaf}",
        )
    return scan.last_leaf


def _after_leaf(position: int, written: datetime | None) -> AsOf:
    if written is None:
        raise AnnexaError(f"the log has no leaf {position}", "name one that it has, or a moment such as 2026-01-31")
    return AsOf(past=Past(size=position + 1, moment=written))


def _too_early(at: datetime, sealed: SealedBy) -> AnnexaError:
    if sealed.first is None:
        return AnnexaError("no scan has finished yet, so nothing is known about any moment", "scan with: annexa scan")
    first = timestamp(sealed.first)
    return AnnexaError(f"no scan had finished by {timestamp(at)}", f"the first checkpoint is of {first}")


def _warnings(at: datetime, sealed: SealedBy, unsigned: int | None) -> tuple[str, ...]:
    if sealed.ahead is not None:
        wrong = f"a clock was wrong: leaf {sealed.ahead} is dated later than {timestamp(at)}, leaves after it earlier"
        return (f"{wrong}; those are left out (name a scan or a leaf to see them)",)
    if unsigned is not None:
        return (f"leaves {sealed.size} to {unsigned} had been written, but not signed: see --as-of {unsigned}",)
    return ()
