"""Becoming somebody else on a host: sudo and su."""

from __future__ import annotations

from typing import Literal

from core.resource import Observed, Resource, part, resource


@part
class SudoDefault(Observed):
    """A `Defaults` entry of sudoers: an option, its value as text (`true`, `false`, a path …), and for whom it is."""

    option: str
    value: str
    binding: str
    """Empty for everybody; else the user, command or host it is bound to."""


@resource("host_sudo")
class Sudo(Resource):
    """sudo's settings. One for each host, whether sudo is installed or not."""

    id: str
    installed: bool
    version: tuple[int, ...]
    """Empty when sudo is not installed."""
    defaults: tuple[SudoDefault, ...]
    """In the order of the files: later ones win."""


@part
class SudoCommand(Observed):
    """What a rule lets one run. The arguments themselves are not kept: they may be secret."""

    program: str
    """`ALL`, a path, a folder that ends in `/`, or `sudoedit`."""
    arguments: Literal["any", "none", "fixed", "pattern"]
    forbidden: bool
    """Written with `!`: taken away again."""
    keeps_off_pagers: bool
    """Its fixed arguments keep it from showing what it says in a pager: `--no-pager`, `systemctl restart …`."""


@resource("host_sudo_grant")
class SudoGrant(Resource):
    """One rule of sudoers: who may run what as whom. The id holds the principal and a digest of the rule."""

    id: str
    principal: str
    """`alice`, `%group`, `+netgroup`, `#1000`, `%#1000` or `ALL`, as sudoers writes it."""
    hosts: tuple[str, ...]
    run_as: tuple[str, ...]
    """Users; empty for root."""
    needs_password: bool
    """What the rule itself says; without a word about it, true. `Defaults` may still differ."""
    no_exec: bool
    """Programs are kept from starting others."""
    commands: tuple[SudoCommand, ...]


@resource("host_su")
class Su(Resource):
    """Who may use su. One for each host, whether su is installed or not."""

    id: str
    installed: bool
    restricted: bool
    """PAM requires membership of a group (`pam_wheel`)."""
    group: str
    """That group; empty for the default, wheel."""
