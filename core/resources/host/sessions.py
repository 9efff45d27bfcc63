"""What a login session starts with on a host."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class UmaskSetting(Observed):
    """A `umask` command of a shell's start-up file."""

    file: str
    mask: int


@part
class IdleTimeout(Observed):
    """A `TMOUT` assignment of a shell's start-up file."""

    file: str
    seconds: int
    read_only: bool
    """The user of the shell cannot change it."""


@resource("host_session_defaults")
class SessionDefaults(Resource):
    """What /etc/profile, the files of /etc/profile.d, /etc/bash.bashrc and PAM give to every session."""

    id: str
    shell_umasks: tuple[UmaskSetting, ...]
    """In the order in which a login shell reads the files."""
    pam_umask: int | None
    """What `pam_umask` sets where it takes least away; `None` when a service for signing in does not have it, or when
    neither it nor /etc/login.defs names a mask."""
    pam_umask_from: str
    idle_timeouts: tuple[IdleTimeout, ...]
