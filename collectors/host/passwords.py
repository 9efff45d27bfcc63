"""Rules for passwords: PAM's stacks, and the files its modules and `useradd` read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.host.accounts import LOGIN_DEFS
from collectors.host.facts import Fact
from collectors.host.pam import PAM, PamRule, parse_pam, read_as_pam, read_files
from collectors.host.pam_course import conditions_hold, everything_fits, follow, nobody_in_particular
from collectors.host.pam_settings import PAM_SETTINGS, Configuration, number, origin, parse_settings, told
from collectors.host.source import Host
from collectors.host.sshd import may_list
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.host.passwords import LockOut, PasswordHistory, PasswordPolicy, PasswordQuality

Stacks = Mapping[str, Sequence[PamRule]]

USERADD = Fact(
    "useradd",
    # `useradd -D` leaves the file readable by root only.
    may_list("/etc/default")
    + "f=/etc/default/useradd; [ ! -e $f ] || { [ -r $f ] && cat $f; } || $SUDO /usr/bin/cat /etc/default/useradd",
    ("/usr/bin/cat /etc/default/useradd",),
)

HASHES = ("yescrypt", "gost_yescrypt", "blowfish", "sha512", "sha256", "bigcrypt", "md5")
"""What `pam_unix` can be told to hash with, the strongest first. Of several words in a rule, the last one counts."""
SHORTEST = 6
"""`pam_pwquality` and `pam_cracklib` take no lower `minlen`."""
DEFAULT_LENGTH_AND_CREDIT = {"pam_pwquality": (8, 0), "pam_cracklib": (9, 1)}
QUALITY_MODULES = (*DEFAULT_LENGTH_AND_CREDIT, "pam_passwdqc")
SIGN_IN = (
    "cockpit", "gdm-password", "lightdm", "login", "other", "polkit-1", "remote", "sddm", "sshd", "su", "su-l", "sudo",
    "sudo-i", "vsftpd", "xrdp-sesman",
)  # fmt: skip
"""Services that must ask for something; others may be for programs, or sign in without a word on purpose."""
WITHOUT_EXCUSE = ("login", "polkit-1", "remote", "sshd", "su", "su-l", "sudo", "sudo-i")
"""Those among them that nobody opens to the members of a group for comfort, as display managers are."""
CREDITS = ("dcredit", "ucredit", "lcredit", "ocredit")


@collector(permissions=(PAM, PAM_SETTINGS, LOGIN_DEFS, USERADD))
def password_policy(host: Host) -> Iterator[PasswordPolicy]:
    """How new passwords are checked and hashed, which old ones are refused, and what stops guessing."""
    stacks = parse_pam(read_files(host, PAM))
    settings = parse_settings(read_files(host, PAM_SETTINGS))
    algorithm, source = hash_algorithm(stacks, read_as_pam(host.text(LOGIN_DEFS)))
    accepting = accepts_passwords(stacks)
    yield PasswordPolicy(
        id=host.name,
        uses_pam=bool(stacks),
        hash_algorithm=algorithm,
        hash_algorithm_from=source,
        change_services=changes_passwords(stacks),
        qualities=tuple(parse_quality(stacks, settings.get("pwquality", {}))),
        histories=tuple(parse_history(stacks, settings.get("pwhistory", {}))),
        password_services=accepting,
        empty_password_services=tuple(
            service
            for service in accepting
            if any(r.type == "auth" and r.module == "pam_unix" and _told_of_unix(r, "nullok") for r in stacks[service])
        ),
        open_services=lets_anybody_in(stacks),
        conditional_services=lets_some_in(stacks),
        lock_outs=tuple(parse_lock_outs(stacks, settings.get("faillock", {}))),
        inactive_days=host.look(lambda: parse_inactive(host.text(USERADD))),
    )


def parse_inactive(text: str) -> int:
    """`INACTIVE` of /etc/default/useradd. Not there, or empty, it is -1: never.

    Only what stands at the head of a line counts for `useradd`, and the last of several.
    """
    *_, value = ("", *re.findall(r"^INACTIVE=(.*)$", text, re.MULTILINE))
    return number({"INACTIVE": value.strip()}, "INACTIVE", -1) if value.strip() else -1


def accepts_passwords(stacks: Stacks) -> tuple[str, ...]:
    """The services that let somebody in by a local password."""
    return _services(stacks, "auth")


def changes_passwords(stacks: Stacks) -> tuple[str, ...]:
    """The services through which a local password is changed."""
    return _services(stacks, "password")


def hash_algorithm(stacks: Stacks, definitions: Configuration) -> tuple[str, str]:
    """How new passwords are hashed where that is weakest, and what says so: the module first, then login.defs(5)."""
    method = definitions.get("ENCRYPT_METHOD", "").lower()
    by_default = method, "ENCRYPT_METHOD in /etc/login.defs" if method else "nothing"
    named_by = []
    for service in sorted(changes_passwords(stacks), key=lambda name: name != "passwd"):
        for rule in stacks[service]:
            if rule.type == "password" and rule.module == "pam_unix":
                named = [name for word in rule.arguments for name in HASHES if word.startswith(name)]
                named_by.append((named[-1], f"pam_unix in the service {service}") if named else by_default)
    weakness = {name: place for place, name in enumerate(HASHES)}
    return max(named_by, key=lambda each: weakness.get(each[0], len(HASHES)), default=by_default)


def parse_quality(stacks: Stacks, configuration: Configuration) -> Iterator[PasswordQuality]:
    """The modules that refuse weak passwords, with the length that follows from arguments, files and defaults."""
    for service in changes_passwords(stacks):
        for rule in before_the_change(stacks[service]):
            if rule.module not in QUALITY_MODULES:
                continue
            file = configuration if rule.module == "pam_pwquality" else {}
            try:
                length, source = _shortest(rule, file)
            except ValueError as error:
                length, source = unobserved(f"{rule.module} in {service}: {error}"), ""
            warns = {**file, **rule.arguments}.get("enforcing") == "0" or rule.arguments.get("enforce") == "none"
            refused = refuses(stacks[service], rule)
            yield PasswordQuality(
                service=service,
                module=rule.module,
                minimum_length=length,
                minimum_length_from=source,
                enforced=not warns and refused,
                common_refused={**file, **rule.arguments}.get("dictcheck") != "0",
            )


def parse_history(stacks: Stacks, configuration: Configuration) -> Iterator[PasswordHistory]:
    """The modules that refuse earlier passwords."""
    for service in changes_passwords(stacks):
        for rule in before_the_change(stacks[service]):
            if rule.module == "pam_pwhistory" and refuses(stacks[service], rule):
                file, default = configuration, 10
            elif rule.module == "pam_unix" and "remember" in rule.arguments:
                file, default = {}, 0
            else:
                continue
            yield PasswordHistory(
                service=service,
                module=rule.module,
                remembered=told(rule, file, "remember", default),
                remembered_from=origin(rule.arguments, configuration, "remember", "pwhistory.conf"),
            )


def parse_lock_outs(stacks: Stacks, configuration: Configuration) -> Iterator[LockOut]:
    """The modules that lock accounts.

    A `pam_faillock` that is not asked after a wrong password (`authfail`) counts nothing, and one whose count nobody
    looks at before the right password is let in (`preauth`, or `authsucc` after it) locks nothing. Who looks decides
    how many are too many; who counts stops at its own number, so that a higher one is never reached.
    """
    for service in accepts_passwords(stacks):
        wrong = follow(stacks[service], "auth", nobody_in_particular)
        locked = follow(stacks[service], "auth", _of_a_locked_account)
        looks = [r for r in locked.asked if r.module == "pam_faillock" and {"preauth", "authsucc"} & r.arguments.keys()]
        for rule in wrong.asked if not locked.accepted else ():
            if rule.module == "pam_faillock" and "authfail" in rule.arguments and looks:
                attempts = told(looks[0], configuration, "deny", 3)
                counted = told(rule, configuration, "deny", 3)
                if isinstance(_least(attempts, counted), Unobserved):
                    attempts = _least(attempts, counted)
                elif 0 < counted < attempts:
                    attempts = 0
                unlock = told(looks[0], configuration, "unlock_time", 600)
                lasting = _least(*(told(each, configuration, "fail_interval", 900) for each in (looks[0], rule)))
                source = origin(looks[0].arguments, configuration, "deny", "faillock.conf")
            elif rule.module == "pam_tally2":
                attempts, unlock, lasting = told(rule, {}, "deny", 0), told(rule, {}, "unlock_time", 0), 0
                source = origin(rule.arguments, {}, "deny", "")
            else:
                continue
            yield LockOut(
                service=service,
                module=rule.module,
                attempts=attempts,
                unlock_seconds=unlock,
                counted_seconds=lasting,
                values_from=source,
            )


def _least(*numbers: int) -> int:
    """The least of them; unobserved where one of them is."""
    for each in numbers:
        if isinstance(each, Unobserved):
            return each
    return min(numbers)


def before_the_change(rules: Sequence[PamRule]) -> Iterator[PamRule]:
    """The rules that a new password meets up to the module that stores it; who comes later is not asked in time."""
    for rule in rules:
        if rule.type == "password":
            yield rule
            if rule.module == "pam_unix":
                return


def refuses(rules: Sequence[PamRule], rule: PamRule) -> bool:
    """Whether the change of a password reaches a module, and ends when that says "no"."""
    course = follow(rules, "password", lambda each: "authtok_err" if each is rule else everything_fits(each))
    return not course.accepted and any(each is rule for each in course.asked)


def lets_anybody_in(stacks: Stacks) -> tuple[str, ...]:
    """The services for signing in whose stack accepts an account about which nothing is known."""
    asked = {*accepts_passwords(stacks), *(service for service in SIGN_IN if service in stacks)}
    return tuple(service for service in sorted(asked) if follow(stacks[service], "auth", nobody_in_particular).accepted)


def lets_some_in(stacks: Stacks) -> tuple[str, ...]:
    """The services whose stack accepts who meets a condition, whatever the password, and nobody else."""
    asked = [service for service in WITHOUT_EXCUSE if service in stacks and service not in lets_anybody_in(stacks)]
    return tuple(service for service in asked if follow(stacks[service], "auth", conditions_hold).accepted)


def _of_a_locked_account(rule: PamRule) -> str:
    """What modules say when the right password is given for an account that has been locked."""
    counts = rule.module in ("pam_faillock", "pam_tally2")
    return "auth_err" if counts else everything_fits(rule)


def _services(stacks: Stacks, kind: str) -> tuple[str, ...]:
    """Services whose stack reaches `pam_unix`. `other` speaks for services without a file, so it is not one."""
    return tuple(
        service
        for service, rules in stacks.items()
        if service != "other" and any(rule.type == kind and rule.module == "pam_unix" for rule in rules)
    )


def _shortest(rule: PamRule, file: Configuration) -> tuple[int, str]:
    """The shortest password a module takes, and what says so. Raises `ValueError` when that cannot be known."""
    if rule.module == "pam_passwdqc":
        if "config" in rule.arguments:
            raise ValueError("its own configuration file is not looked at")
        # min=N0,N1,N2,N3,N4: one length for each number of kinds of characters. The shortest counts.
        lengths = rule.arguments.get("min", "disabled,24,11,8,7").split(",")
        return min(int(length) for length in lengths if length != "disabled"), origin(rule.arguments, {}, "min", "")
    # Positive credits let a password be that much shorter than `minlen`. pam_cracklib gives them by default.
    length, credit = DEFAULT_LENGTH_AND_CREDIT[rule.module]
    values = {**file, **rule.arguments}
    credited = sum(max(0, int(values.get(name, credit))) for name in CREDITS)
    length = max(SHORTEST, max(SHORTEST, int(values.get("minlen", length))) - credited)
    return length, origin(rule.arguments, file, "minlen", "pwquality.conf")


def _told_of_unix(rule: PamRule, option: str) -> bool:
    """Whether `pam_unix` is given an option. It compares as many letters as that has: `nullok_secure` is `nullok`."""
    return any(word.startswith(option) for word in rule.arguments)
