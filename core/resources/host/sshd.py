"""The SSH server of a host: what it is configured to do, its files and its keys."""

from __future__ import annotations

from core.resource import Observed, Resource, part, resource


@part
class SshdOptions(Observed):
    """What `sshd -T` says: files, drop-ins and the defaults of the installed version, resolved by sshd itself.

    These are the values for a connection that no `Match` block names, but for `root_login`, which is asked for root
    from this very host. An option that this version does not report is unobserved.
    """

    root_login: str
    """`yes`, `no`, `prohibit-password` or `forced-commands-only`."""
    password_authentication: bool
    keyboard_interactive_authentication: bool
    empty_passwords: bool
    authentication_methods: tuple[str, ...]
    """Each a list of methods that are needed together, joined by commas; empty when any one method is enough."""
    trusts_certificates: bool
    """A certificate authority for users is configured."""
    keys_elsewhere: bool
    """Keys that open accounts also come from other places than the .ssh folder of each, or from a command."""
    maximum_authentication_tries: int
    client_alive_interval: int
    """Seconds; 0 never asks whether the client is still there."""
    client_alive_count: int
    tcp_forwarding: str
    agent_forwarding: bool
    x11_forwarding: bool
    forwarding_disabled: bool
    """`DisableForwarding`, which overrides the other three."""
    hostbased_authentication: bool
    ignores_rhosts: str
    user_environment: str
    """`no`, `yes`, or a pattern of the variables that a user may set."""
    allowed_users: tuple[str, ...]
    allowed_groups: tuple[str, ...]
    denied_users: tuple[str, ...]
    denied_groups: tuple[str, ...]
    banner: str
    """The file that is shown before anybody signs in; empty for none."""
    banner_bytes: int
    """Size of that file; 0 when there is none."""
    log_level: str
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]
    key_exchanges: tuple[str, ...]
    gssapi_key_exchanges: tuple[str, ...]
    """Empty while GSSAPI's key exchange is switched off."""


@part
class SshdMatch(Observed):
    """A `Match` block: for whom it is, and what then holds, with everything that the block leaves as it is."""

    criteria: str
    """As it is written: `User bob`, `Group sftp Address 192.0.2.0/24`."""
    for_root: bool
    """Nothing in the criteria keeps root out."""
    options: SshdOptions


@resource("host_sshd")
class Sshd(Resource):
    """OpenSSH's server. One for each host, whether it is installed or not."""

    id: str
    options: SshdOptions | None
    """`None` when sshd is not installed."""
    matches: tuple[SshdMatch, ...]
    """In the order in which sshd reads them."""
    running: bool
    """A process named sshd was seen. Where the SSH socket starts sshd on demand, that is false between connections."""


@resource("host_sshd_file")
class SshdFile(Resource):
    """A file that sshd trusts: its configuration, or a private host key. The id is the path."""

    id: str
    private_key: bool
    mode: int
    """Permission bits."""
    owner: str
    group: str


@resource("host_ssh_host_key")
class SshHostKey(Resource):
    """The public half of a host key below /etc/ssh, as `ssh-keygen` reads it. The id is the path."""

    id: str
    algorithm: str
    """`RSA`, `ECDSA`, `ED25519`, `DSA`."""
    bits: int
    fingerprint: str


@resource("host_sshd_daemon")
class SshdDaemon(Resource):
    """What the running sshd was told when it was started. One for each host."""

    id: str
    running: bool
    """Where the SSH socket starts sshd on demand, none waits for connections."""
    own_file: bool
    """It reads another configuration than /etc/ssh/sshd_config (`-f`)."""
    given: tuple[str, ...]
    """Names of the options it was given (`-o`), in lower case: they win over its files, which do not hold them."""
