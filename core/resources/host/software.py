"""Software of a host: what is installed, and from where it may come."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_package")
class Package(Resource):
    """One installed package.

    `state` is `installed`, or how far a broken installation got. `held` says that it is kept from updates.
    """

    id: str
    name: str
    version: str
    architecture: str
    state: str
    held: bool


@resource("host_package_source")
class PackageSource(Resource):
    """One enabled repository.

    `manager` is `apt`, `dnf` or `apk`. `address` has no user name or password. `verified` is false when the
    repository is taken without valid signatures, and `unverified_because` is the setting that says so.
    `signed_by` is the key it must be signed with, empty when any trusted key will do.
    """

    id: str
    manager: str
    file: str
    address: str
    scheme: str
    server: str
    suites: tuple[str, ...]
    verified: bool
    unverified_because: str
    signed_by: str


@resource("host_package_verification")
class PackageVerification(Resource):
    """Switches that weaken how a package manager verifies what it is offered, as it would use them.

    `weakened_by` are those that let it skip signatures, `accepts_old_lists_by` those that let a signed but outdated
    list of packages pass for a current one.
    """

    id: str
    manager: str
    weakened_by: tuple[str, ...]
    accepts_old_lists_by: tuple[str, ...]
