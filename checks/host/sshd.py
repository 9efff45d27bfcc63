"""Checks of the SSH server: who gets in, how, and what a session may do."""

from __future__ import annotations

from checks.host.sshd_exceptions import for_all
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.sshd import Sshd, SshdFile, SshdOptions

NOT_INSTALLED = not_applicable("sshd is not installed")


@check(objective="privileged-access-is-personal", severity=Severity.HIGH)
def root_cannot_log_in(sshd: Sshd, *, keys_are_allowed: bool = False) -> Verdict:
    """root cannot log in over SSH.

    Who signs in as root leaves no trace of which person it was. A key for root is as anonymous as a password when
    several people hold it.

    Remediation: Set `PermitRootLogin no` in a file of /etc/ssh/sshd_config.d and reload ssh; let administrators sign
    in as themselves and use sudo. Where automation needs root, `forced-commands-only` ties its key to one command.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    allowed = ("no", "forced-commands-only", *(("prohibit-password",) if keys_are_allowed else ()))

    def judge(options: SshdOptions) -> Verdict:
        verdict = passed if options.root_login in allowed else failed
        return verdict(f"PermitRootLogin is {options.root_login}")

    return for_all(sshd, sshd.options, judge, concerned=lambda match: match.for_root)


@check(objective="sign-in-methods-are-strong", severity=Severity.HIGH)
def passwords_are_not_accepted(sshd: Sshd) -> Verdict:
    """Nobody gets in over SSH with a password alone.

    Passwords can be guessed from anywhere that reaches the port, and phished; keys cannot.

    Remediation: Give everybody a key, then set `PasswordAuthentication no` and `KbdInteractiveAuthentication no`; or
    demand a key as well, with `AuthenticationMethods publickey,password`.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    return for_all(sshd, sshd.options, _needs_more_than_a_password)


def _needs_more_than_a_password(options: SshdOptions) -> Verdict:
    if options.authentication_methods and all("publickey" in _methods(each) for each in options.authentication_methods):
        return passed(f"AuthenticationMethods always asks for a key: {' or '.join(options.authentication_methods)}")
    if options.password_authentication:
        return failed("PasswordAuthentication is yes")
    if options.keyboard_interactive_authentication:
        return failed("KbdInteractiveAuthentication is yes, through which PAM asks for passwords")
    return passed("PasswordAuthentication and KbdInteractiveAuthentication are no")


@check(objective="sign-in-methods-are-strong", severity=Severity.CRITICAL)
def empty_passwords_are_refused(sshd: Sshd) -> Verdict:
    """sshd refuses accounts that have no password.

    An account without a password would be open to everybody who reaches the port.

    Remediation: Set `PermitEmptyPasswords no`, or remove the line, since that is the default.
    """
    if sshd.options is None:
        return NOT_INSTALLED

    def judge(options: SshdOptions) -> Verdict:
        return (
            failed("PermitEmptyPasswords is yes") if options.empty_passwords else passed("PermitEmptyPasswords is no")
        )

    return for_all(sshd, sshd.options, judge)


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def second_factor_is_needed(sshd: Sshd) -> Verdict:
    """Signing in over SSH takes two factors.

    A stolen key file or a guessed password is then not enough. A certificate counts when its issuer demands the
    second factor, which the host cannot show.

    Remediation: Set `AuthenticationMethods publickey,keyboard-interactive` with a one-time-password module in PAM, or
    sign people in with short-lived certificates (`TrustedUserCAKeys`) from an issuer that demands a second factor.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    return for_all(sshd, sshd.options, _needs_two_factors)


def _needs_two_factors(options: SshdOptions) -> Verdict:
    methods = options.authentication_methods
    # The same method twice, such as two keys, is one factor twice.
    if methods and all(len(set(_methods(each))) > 1 for each in methods):
        return passed(f"AuthenticationMethods is {' '.join(methods)}")
    if options.trusts_certificates and not options.password_authentication:
        return unknown("certificates sign people in; whether their issuer demands two factors cannot be seen here")
    return failed(f"AuthenticationMethods is {' '.join(methods) or 'any'}: one method is enough")


@check(objective="access-is-managed-centrally", severity=Severity.MEDIUM)
def access_is_limited_to_named_groups_or_users(sshd: Sshd) -> Verdict:
    """Only named groups or users may sign in over SSH.

    Else every local account that gets a password or a key is an entrance, also one made by a package.

    Remediation: Make a group for people who may sign in, set `AllowGroups` to it in a file of
    /etc/ssh/sshd_config.d, and reload ssh.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    options = sshd.options
    for name, names in (("AllowGroups", options.allowed_groups), ("AllowUsers", options.allowed_users)):
        if anybody := [each for each in names if not each.partition("@")[0].strip("*?")]:
            return failed(f"{name} is {' '.join(names)}, and {anybody[0]} is everybody")
        if names:
            return passed(f"{name} is {' '.join(names)}")
    if options.denied_groups or options.denied_users:
        return failed(
            f"only {' '.join(options.denied_groups + options.denied_users)} is denied; everybody else gets in"
        )
    return failed("neither AllowGroups nor AllowUsers is set")


@check(objective="passwords-resist-guessing", severity=Severity.LOW)
def few_attempts_are_allowed(sshd: Sshd, *, attempts: int = 4) -> Verdict:
    """A connection ends after a few failed attempts to sign in.

    It slows guessing down, and failures are logged from half of the limit on.

    Remediation: Set `MaxAuthTries 4`.
    """
    if sshd.options is None:
        return NOT_INSTALLED

    def judge(options: SshdOptions) -> Verdict:
        allowed = options.maximum_authentication_tries
        reason = f"MaxAuthTries is {allowed}"
        return passed(reason) if allowed <= attempts else failed(f"{reason}, more than {attempts}")

    return for_all(sshd, sshd.options, judge)


@check(objective="sessions-end", severity=Severity.LOW)
def dead_connections_end(sshd: Sshd, *, seconds: int = 900, unanswered: int = 3) -> Verdict:
    """sshd ends sessions whose client no longer answers.

    Abandoned sessions stay open for whoever finds them. sshd asks the client, not the person: an idle person on a
    living client is the matter of the shell's time-out.

    Remediation: Set `ClientAliveInterval 300` and `ClientAliveCountMax 3`.
    """
    if sshd.options is None:
        return NOT_INSTALLED

    def judge(options: SshdOptions) -> Verdict:
        interval, count = options.client_alive_interval, options.client_alive_count
        reason = f"ClientAliveInterval is {interval} and ClientAliveCountMax is {count}"
        if interval == 0 or count == 0:
            return failed(f"{reason}, so that sshd never ends a session")
        if interval > seconds or count > unanswered:
            return failed(f"{reason}; at most {seconds} seconds and {unanswered} are allowed")
        return passed(reason)

    return for_all(sshd, sshd.options, judge)


@check(objective="systems-are-hardened", severity=Severity.LOW)
def forwarding_is_off(sshd: Sshd) -> Verdict:
    """Sessions cannot forward ports, agents or displays.

    Forwarding carries connections past the firewall, and lends the keys of a client's agent to this host.

    Remediation: Set `DisableForwarding yes`; allow it in a `Match` block for those who need it.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    options = sshd.options
    if options.forwarding_disabled:
        return passed("DisableForwarding is yes")
    open_ways = {
        "AllowTcpForwarding": options.tcp_forwarding,
        "AllowAgentForwarding": "yes" if options.agent_forwarding else "no",
        "X11Forwarding": "yes" if options.x11_forwarding else "no",
    }
    allowed = [f"{name} is {value}" for name, value in open_ways.items() if value != "no"]
    return failed(", ".join(allowed)) if allowed else passed("TCP, agent and X11 forwarding are off")


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def other_hosts_are_not_trusted(sshd: Sshd) -> Verdict:
    """No other host vouches for its users.

    With host-based sign-in, whoever is root on a trusted host is anybody here.

    Remediation: Set `HostbasedAuthentication no` and `IgnoreRhosts yes`.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    return for_all(sshd, sshd.options, _trusts_no_host)


def _trusts_no_host(options: SshdOptions) -> Verdict:
    reason = (
        f"HostbasedAuthentication is {'yes' if options.hostbased_authentication else 'no'} "
        f"and IgnoreRhosts is {options.ignores_rhosts}"
    )
    safe = not options.hostbased_authentication and options.ignores_rhosts == "yes"
    return passed(reason) if safe else failed(reason)


@check(objective="privilege-cannot-be-escalated", severity=Severity.MEDIUM)
def users_cannot_set_their_environment(sshd: Sshd) -> Verdict:
    """Users cannot give sshd variables of the environment to start their programs with.

    Variables such as `LD_PRELOAD` change what a program does, and so get around commands that a key is tied to.

    Remediation: Set `PermitUserEnvironment no`, or remove the line, since that is the default.
    """
    if sshd.options is None:
        return NOT_INSTALLED

    def judge(options: SshdOptions) -> Verdict:
        reason = f"PermitUserEnvironment is {options.user_environment}"
        return passed(reason) if options.user_environment == "no" else failed(reason)

    return for_all(sshd, sshd.options, judge)


@check(objective="rules-are-acknowledged", severity=Severity.INFO)
def banner_is_shown(sshd: Sshd) -> Verdict:
    """Who connects over SSH is told the rules first.

    A notice that access is for authorised use takes away the excuse of not having known.

    Remediation: Write the notice to /etc/issue.net, without naming the system's version, and set
    `Banner /etc/issue.net`.
    """
    if sshd.options is None:
        return NOT_INSTALLED
    banner = sshd.options.banner
    if not banner:
        return failed("Banner is none")
    if sshd.options.banner_bytes == 0:
        return failed(f"the banner {banner} is empty")
    return passed(f"{banner} is shown before anybody signs in")


@check(objective="use-is-logged", severity=Severity.LOW)
def sign_ins_are_logged(sshd: Sshd) -> Verdict:
    """sshd logs who signs in.

    Below INFO, successful logins are missing from the log; the levels of DEBUG put private details into it.

    Remediation: Set `LogLevel VERBOSE`, which also logs the fingerprint of the key, or `LogLevel INFO`.
    """
    if sshd.options is None:
        return NOT_INSTALLED

    def judge(options: SshdOptions) -> Verdict:
        return (passed if options.log_level in ("INFO", "VERBOSE") else failed)(f"LogLevel is {options.log_level}")

    return for_all(sshd, sshd.options, judge)


@check(objective="system-files-are-protected", severity=Severity.HIGH)
def files_are_protected(file: SshdFile) -> Verdict:
    """Only root can change sshd's configuration and read its private host keys.

    Who changes the configuration opens the host; who has a host key can pretend to be it.

    Remediation: `chown root:root` the file, then `chmod 600` a private key and `chmod go-w` configuration.
    """
    reason = f"{file.id} has mode {file.mode:04o} and belongs to {file.owner}:{file.group}"
    if file.owner != "root":
        return failed(reason)
    if not file.private_key:
        return failed(reason) if file.mode & 0o022 else passed(reason)
    # Red Hat's ssh-keysign reads host keys as the group ssh_keys.
    allowed = 0o640 if file.group == "ssh_keys" else 0o600
    return failed(reason) if file.mode & ~allowed else passed(reason)


def _methods(methods: str) -> list[str]:
    """The methods of one list, such as `publickey,keyboard-interactive:pam`, without their devices."""
    return [method.partition(":")[0] for method in methods.split(",")]
