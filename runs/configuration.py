"""The configuration: where it is found, what it may say, and what holds when it says nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from core.codec import canonical
from core.errors import AnnexaError, did_you_mean
from core.settings import ConfigurationError, Document, Duration, Secret, StrictModel, read_document, validate
from evidence_store.backends.address import (
    SCHEME,
    BucketAddress,
    Lock,
    checked_bucket,
    checked_endpoint,
    checked_prefix,
    parse_address,
)
from evidence_store.database.address import refuse_address
from evidence_store.derived.cuts import WHAT
from evidence_store.location import Location
from evidence_store.log.published_places import Where
from evidence_store.store import default_key_file
from mappings.loader import clauses, framework, frameworks
from runs.alert_settings import AlertSettings
from runs.check_settings import check_settings, known_check
from runs.management_settings import ManagementSettings, RuleSettings
from runs.organization_settings import AssetSettings, OrganizationSettings
from runs.plugins import all_checks, provider, provider_names, resource_kinds
from runs.schedule_settings import ScheduleSettings, ServiceSettings

SYSTEM_FILE = Path("/etc/annexa/config.yaml")
FILE = Path("config.yaml")
VARIABLE = "ANNEXA_CONFIG"
DEFAULT = "the default configuration"
"""How the configuration is called that is in no file."""
LONGEST_PLACE = 1_000
"""Bytes: names of folders are kept in an index, and that of PostgreSQL takes only so much."""
LARGEST_FILE = 8 * 2**20
"""Bytes: more is a mistake (a device, a log), and reading one to its end could take for ever."""


class TimestampSettings(StrictModel):
    """An RFC 3161 authority that stamps checkpoints, and the PEM file with the root its stamps must lead to."""

    name: str = Field(min_length=1, max_length=80)
    url: str
    certificate: str = Field(min_length=1)

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("expected an address that begins with http:// or https://")
        if parts.username is not None or parts.password is not None:
            raise ValueError("an address with a password in it would be written to places where it does not belong")
        return url


class LockSettings(StrictModel):
    """S3 Object Lock: how long nobody may change or remove a pack, and who can lift that (`governance`) or nobody."""

    mode: Literal["governance", "compliance"]
    days: int = Field(ge=1, le=36_500)


class S3Settings(StrictModel):
    """A bucket for packs, in AWS or, with `endpoint`, in another store that speaks S3."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    lock: LockSettings | None = None

    @field_validator("bucket")
    @classmethod
    def _is_a_bucket(cls, name: str) -> str:
        return checked_bucket(name)

    @field_validator("prefix")
    @classmethod
    def _is_a_prefix(cls, text: str) -> str:
        return checked_prefix(text)

    @field_validator("endpoint")
    @classmethod
    def _is_an_endpoint(cls, text: str) -> str:
        return checked_endpoint(text)

    @property
    def address(self) -> BucketAddress:
        lock = Lock(self.lock.mode, self.lock.days) if self.lock else None
        return BucketAddress(self.bucket, self.prefix, self.endpoint, self.region, lock)


class BlobSettings(StrictModel):
    """Where packs are carried to; without anything they stay in the folder."""

    s3: S3Settings | None = None


class StoreSettings(StrictModel):
    """Where evidence is kept, the key it is signed with and the folders that get every checkpoint, which belong
    somewhere else, and who vouches for the time."""

    folder: str = Field(default="./annexa-data", min_length=1)
    database: str = ""
    password: Secret | None = None
    blobs: BlobSettings = BlobSettings()
    key: str = ""
    publish: list[str] = Field(default_factory=list[str])
    timestamps: list[TimestampSettings] = Field(default_factory=list[TimestampSettings])
    retention: dict[str, Duration] = Field(default_factory=dict[str, timedelta])

    @field_validator("database")
    @classmethod
    def _own_database(cls, address: str) -> str:
        if address:
            refuse_address(address)
        return address

    @field_validator("timestamps")
    @classmethod
    def _one_name_each(cls, timestamps: list[TimestampSettings]) -> list[TimestampSettings]:
        if len({each.name for each in timestamps}) < len(timestamps):
            raise ValueError("two authorities have the same name")
        return timestamps


class CollectionSettings(StrictModel):
    """How units are run."""

    workers: int = Field(default=32, ge=1, le=512)
    unit_timeout: Duration = timedelta(minutes=2)
    slow_every: Duration = timedelta(hours=12)


class CheckSettings(StrictModel):
    """Which checks are not wanted, and the settings of those that are."""

    disabled: list[str] = Field(default_factory=list)
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)


class FreshnessSettings(StrictModel):
    """How old evidence may be before it no longer says anything."""

    stale_after: Duration = timedelta(days=2)


class Settings(StrictModel):
    """The whole file."""

    store: StoreSettings = StoreSettings()
    sources: dict[str, list[Any]] = Field(default_factory=lambda: {"host": [{}]})
    checks: CheckSettings = CheckSettings()
    collection: CollectionSettings = CollectionSettings()
    freshness: FreshnessSettings = FreshnessSettings()
    organization: OrganizationSettings = OrganizationSettings()
    assets: AssetSettings = AssetSettings()
    management: ManagementSettings = ManagementSettings()
    alerts: AlertSettings = AlertSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    service: ServiceSettings = ServiceSettings()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Validated settings: `sources` by provider, `check_settings` by check, and the digest that a scan seals."""

    file: str
    location: Location
    sources: Mapping[str, tuple[Any, ...]]
    disabled: frozenset[str]
    check_settings: Mapping[str, Mapping[str, object]]
    workers: int
    unit_timeout: timedelta
    stale_after: timedelta
    digest: str
    slow_every: timedelta = timedelta(hours=12)
    timestamps: tuple[TimestampSettings, ...] = ()
    publish: tuple[Where, ...] = ()
    retention: Mapping[str, timedelta] = field(default_factory=dict[str, timedelta])
    management: ManagementSettings = field(default_factory=ManagementSettings)
    organization: OrganizationSettings = field(default_factory=OrganizationSettings)
    assets: AssetSettings = field(default_factory=AssetSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)

    @property
    def folder(self) -> Path:
        return self.location.folder

    @property
    def key_file(self) -> Path:
        return self.location.key_file


def load(file: Path | None, environment: Mapping[str, str], home: Path) -> Configuration:
    """The configuration in `file`, or in the first place that has one, or the embedded default: this very machine.

    The places are `$ANNEXA_CONFIG`, `./config.yaml` and `/etc/annexa/config.yaml`. Raises `ConfigurationError`.
    """
    named = file or (Path(environment[VARIABLE]) if environment.get(VARIABLE) else None)
    path = named or next((each for each in (FILE, SYSTEM_FILE) if each.exists()), None)
    document = read_document(str(path), _content(path)) if path else Document(DEFAULT, {}, {(): 1})
    return read(document, environment, home)


def read(document: Document, environment: Mapping[str, str], home: Path) -> Configuration:
    """Validate a whole document, the settings of providers and checks included. Raises `ConfigurationError`."""
    settings = validate(Settings, document, document.data)
    sources = {name: _provider_settings(document, name, entries) for name, entries in settings.sources.items()}
    for index, check in enumerate(settings.checks.disabled):
        known_check(document, ("checks", "disabled", index), check)
    return Configuration(
        file=document.file,
        location=_location(document, settings.store, environment, home),
        sources=sources,
        disabled=frozenset(settings.checks.disabled),
        check_settings=check_settings(document, settings.checks.settings),
        workers=settings.collection.workers,
        unit_timeout=settings.collection.unit_timeout,
        stale_after=settings.freshness.stale_after,
        slow_every=settings.collection.slow_every,
        digest=_digest(settings, sources),
        timestamps=tuple(settings.store.timestamps),
        publish=_publish(document, settings.store),
        retention=_retention(document, settings.store.retention),
        management=_management(document, settings.management),
        organization=_organization(document, settings.organization),
        assets=settings.assets,
        alerts=_alerts(document, settings.alerts),
        schedule=settings.schedule,
        service=settings.service,
    )


def _alerts(document: Document, alerts: AlertSettings) -> AlertSettings:
    for number, rule in enumerate(alerts.rules):
        for index, channel in enumerate(rule.channels):
            if channel not in alerts.channels:
                path = ("alerts", "rules", number, "channels", index)
                near = did_you_mean(channel, alerts.channels)
                raise document.refuse(path, f"there is no channel named {channel}{near}", "name it in alerts.channels")
    return alerts


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ConfigurationError(
                f"{path}: is no configuration: more than {LARGEST_FILE // 2**20} MiB", "name another with --config FILE"
            )
        return data.decode()
    except IsADirectoryError as error:
        raise ConfigurationError(f"{path}: is a folder", f"name the file: --config {path / FILE.name}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read: {error.strerror}", "name another with --config FILE, or set ANNEXA_CONFIG"
        ) from error


def _path(document: Document, path: tuple[str | int, ...], text: str) -> Path:
    try:
        if "\0" not in text:
            return Path(text).expanduser()
    except RuntimeError:
        raise document.refuse(path, "nobody knows the home directory that ~ stands for", "write it out") from None
    raise document.refuse(path, "a path has no NUL characters")


def _location(document: Document, store: StoreSettings, environment: Mapping[str, str], home: Path) -> Location:
    key_file = _path(document, ("store", "key"), store.key) if store.key else default_key_file(dict(environment), home)
    password = store.password
    return Location(
        folder=_path(document, ("store", "folder"), store.folder),
        key_file=key_file,
        database=store.database,
        password=None if password is None else lambda: password.reveal(environment),
        bucket=store.blobs.s3.address if store.blobs.s3 else None,
    )


def _publish(document: Document, store: StoreSettings) -> tuple[Where, ...]:
    found: list[Where] = []
    for index, text in enumerate(store.publish):
        path = ("store", "publish", index)
        if not text:
            raise document.refuse(path, "expected the path of a folder, or s3://bucket/prefix")
        if len(text.encode()) > LONGEST_PLACE:
            raise document.refuse(path, f"longer than {LONGEST_PLACE} bytes")
        place = _bucket(document, path, text, store) if text.startswith(SCHEME) else _path(document, path, text)
        if place in found:
            raise document.refuse(path, "the same place stands above")
        found.append(place)
    return tuple(found)


def _bucket(document: Document, path: tuple[str | int, ...], text: str, store: StoreSettings) -> BucketAddress:
    """The bucket of an address; what is said about the one for packs holds here, too, if it is the same."""
    try:
        found = parse_address(text)
    except ValueError as error:
        raise document.refuse(path, str(error)) from error
    same = store.blobs.s3 if store.blobs.s3 and store.blobs.s3.bucket == found.bucket else None
    return replace(same.address, prefix=found.prefix) if same else found


def _retention(document: Document, spans: Mapping[str, timedelta]) -> Mapping[str, timedelta]:
    known = (*WHAT, *resource_kinds())
    for kind, span in spans.items():
        path = ("store", "retention", kind)
        if kind not in known:
            hint = f"name {', '.join(WHAT)} or a kind of resource, such as {min(resource_kinds())}"
            raise document.refuse(path, f"there is no kind of evidence named {kind}{did_you_mean(kind, known)}", hint)
        if not span:
            raise document.refuse(path, "what may not be kept at all proves nothing", "give a span, such as 400d")
    return spans


def _management(document: Document, management: ManagementSettings) -> ManagementSettings:
    if management.signatures.required and not management.signatures.allowed_signers:
        path = ("management", "signatures", "required")
        raise document.refuse(path, "nobody's key is allowed to sign", "set management.signatures.allowed_signers")
    for name in ("applicability", "risks"):
        _path(document, ("management", name), getattr(management, name))
    if management.signatures.allowed_signers:
        _path(document, ("management", "signatures", "allowed_signers"), management.signatures.allowed_signers)
    for number, rule in enumerate(management.rules):
        _refuse_rule_about_nothing(document, ("management", "rules", number), rule)
    return management


def _organization(document: Document, organization: OrganizationSettings) -> OrganizationSettings:
    """Owners of controls that there are not would answer for nothing, and nobody would notice."""
    known = {each.id for name in frameworks() for each in framework(name).controls} | {each.id for each in clauses()}
    known |= {number.rpartition(".")[0] for number in known}
    for control in organization.owners.controls:
        if control not in known:
            path = ("organization", "owners", "controls", control)
            near = did_you_mean(control, known)
            raise document.refuse(path, f"there is no control {control}{near}", "list them with: annexa controls")
    return organization


def _refuse_rule_about_nothing(document: Document, path: tuple[str | int, ...], rule: RuleSettings) -> None:
    """A rule that names what there is not would never ask for anything, and nobody would notice."""
    from runs.selection import matches, objectives_of  # noqa: PLC0415 - what reads configurations itself

    for index, check in enumerate(rule.checks):
        if not any(matches(name, check) for name in all_checks()):
            problem = f"there is no check named {check}{did_you_mean(check, all_checks())}"
            raise document.refuse((*path, "checks", index), problem, "list them with: annexa checks")
    for index, control in enumerate(rule.controls):
        try:
            objectives_of(control)
        except AnnexaError as error:
            raise document.refuse((*path, "controls", index), str(error), error.hint) from error


def _provider_settings(document: Document, name: str, entries: list[Any]) -> tuple[Any, ...]:
    if name not in provider_names():
        raise document.refuse(
            ("sources", name),
            f"there is no provider named {name}{did_you_mean(name, provider_names())}",
            f"the providers are {', '.join(provider_names())}",
        )
    model = provider(name).Settings
    return tuple(
        validate(model, document, {} if entry is None else entry, ("sources", name, index))
        for index, entry in enumerate(entries)
    )


def _digest(settings: Settings, sources: Mapping[str, tuple[Any, ...]]) -> str:
    """SHA-256 over the canonical settings. Secrets are references, so the digest is of names only."""
    plain = settings.model_dump(mode="json")
    plain["sources"] = {name: [each.model_dump(mode="json") for each in entries] for name, entries in sources.items()}
    return hashlib.sha256(canonical(plain)).hexdigest()
