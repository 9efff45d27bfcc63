"""The way through a PAM stack: which rules are asked, and whether the stack lets somebody in. See pam.conf(5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from collectors.host.pam import PamRule

SUCCESS, IGNORE = "success", "ignore"
"""What a module may say; anything else, such as `auth_err`, is a refusal."""
WORDS = {
    "required": {SUCCESS: "ok", "new_authtok_reqd": "ok", IGNORE: "ignore", "default": "bad"},
    "requisite": {SUCCESS: "ok", "new_authtok_reqd": "ok", IGNORE: "ignore", "default": "die"},
    "sufficient": {SUCCESS: "done", "new_authtok_reqd": "done", "default": "ignore"},
    "optional": {SUCCESS: "ok", "new_authtok_reqd": "ok", "default": "ignore"},
}
DIRECTORIES = ("pam_sss", "pam_ldap", "pam_krb5", "pam_winbind", "pam_nis", "pam_ccreds", "pam_systemd_home")
"""They know accounts of a directory; the one we follow is local."""
SILENT = ("pam_env", "pam_faildelay", "pam_nologin", "pam_group", "pam_cap", "pam_keyinit", "pam_motd")
"""They do something beside, and have no say."""
CONDITIONS = ("pam_succeed_if", "pam_access", "pam_listfile", "pam_time", "pam_securetty", "pam_shells")

Says = Callable[[PamRule], str]


class Impression(Enum):
    """What PAM thinks so far. Once it is bad, it stays so."""

    NONE = "nothing has counted yet"
    GOOD = "good, or a refusal that was taken for the answer"
    BAD = "bad"


@dataclass(slots=True)
class Course:
    """How it went: the rules that were asked, in order, and whether the stack accepted."""

    asked: list[PamRule] = field(default_factory=list[PamRule])
    impression: Impression = Impression.NONE
    said: str = ""
    """The word of the module that counts."""

    @property
    def accepted(self) -> bool:
        return self.impression is Impression.GOOD and self.said == SUCCESS


def follow(rules: Sequence[PamRule], kind: str, says: Says) -> Course:
    """The course of one type of rules, when each module says what `says` tells."""
    course = Course()
    _follow([rule for rule in rules if rule.type == kind], 0, says, course)
    return course


def action(rule: PamRule, said: str) -> str:
    """What PAM does after a module's word: `ok`, `done`, `bad`, `die`, `ignore`, `reset`, or a number of rules to skip.

    What an expression in brackets leaves out counts as `bad`.
    """
    control = rule.control.lower()
    pairs: dict[str, str] = WORDS.get(control) or dict(re.findall(r"(\w+)=(\w+)", control))
    return pairs.get(said, pairs.get("default", "bad"))


def nobody_in_particular(rule: PamRule) -> str:
    """What a module says of an ordinary local account about which nothing is known: no password fits."""
    if rule.module == "pam_permit" or (rule.module == "pam_faillock" and "preauth" in rule.arguments):
        return SUCCESS
    return _known(rule) or "auth_err"


def conditions_hold(rule: PamRule) -> str:
    """What a module says of a local account that meets every condition, such as being in a group, when no password
    fits."""
    trusted = rule.module == "pam_wheel" and "trust" in rule.arguments
    return SUCCESS if trusted or rule.module in CONDITIONS else nobody_in_particular(rule)


def everything_fits(rule: PamRule) -> str:
    """What a module says of an ordinary local account, where all that is asked for is given."""
    if rule.module in ("pam_deny", "pam_rootok"):
        return "auth_err"
    return _known(rule) or SUCCESS


def _known(rule: PamRule) -> str:
    """What a module says whatever is typed; empty where that matters."""
    if rule.module in DIRECTORIES:
        return "user_unknown"
    if rule.module in SILENT:
        return IGNORE
    if rule.module in ("pam_localuser", "pam_usertype"):
        return "perm_denied" if "issystem" in rule.arguments else SUCCESS
    if rule.module in CONDITIONS:
        if "uid" in rule.arguments:  # `uid >= 1000` and `uid < 1000`; an equals sign ends a name
            return SUCCESS if ">" in rule.arguments else "auth_err"
        return SUCCESS if action(rule, "auth_err") in ("bad", "die") else "auth_err"
    return ""


def _follow(rules: Sequence[PamRule], level: int, says: Says, course: Course) -> None:
    """Go through rules of one level; a substack counts as one, and ends alone."""
    before, skip = (course.impression, course.said), 0
    for unit in _units(rules, level):
        if skip:
            skip -= 1
            continue
        if len(unit[0].within) > level:
            _follow(unit, level + 1, says, course)
            continue
        said = says(unit[0])
        course.asked.append(unit[0])
        does = action(unit[0], said)
        if does == "reset":
            course.impression, course.said = before
        elif does.isdigit():
            skip = int(does)
        elif _ends(does, said, course):
            return
    if skip:  # a jump past the end
        course.impression = Impression.BAD


def _ends(does: str, said: str, course: Course) -> bool:
    """Whether the level ends here, after a module's word was weighed."""
    if does in ("bad", "die"):
        course.impression = Impression.BAD
    elif does in ("ok", "done") and (course.impression is Impression.NONE or course.accepted):
        course.impression, course.said = Impression.GOOD, said
    return does == "die" or (does == "done" and course.impression is Impression.GOOD)


def _units(rules: Sequence[PamRule], level: int) -> list[list[PamRule]]:
    """Rules of this level alone, and those of each substack together."""
    units: list[list[PamRule]] = []
    for rule in rules:
        inner = rule.within[level : level + 1]
        if units and inner and units[-1][0].within[level : level + 1] == inner:
            units[-1].append(rule)
        else:
            units.append([rule])
    return units
