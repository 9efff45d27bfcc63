"""Whether what stands on an account keeps anybody out: that depends on the password policy that holds for it.

slapd looks at the end of an account only where some policy holds for it, and at a lock by an administrator only where
that policy locks accounts at all: `pwdLockout: TRUE` (slapo-ppolicy(5), pwdAccountLockedTime; tried on slapd 2.5).
"""

from __future__ import annotations

from collectors.ldap.asking import DirectoryError, same
from collectors.ldap.policies import LOCKOUT, POLICIES, defaults, enforced
from collectors.ldap.source import Directory

UNCLEAR = "whether the server looks at locks and ends of accounts is not shown to us"


class Locks:
    """What the policies of a directory make of accounts: each is asked once, and none where no account needs it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known = dict[str, bool | DirectoryError | None]()

    def count(self, chosen: str | None) -> bool | None:
        """Whether locks count for an account; `None` where no policy holds for it, by which ends count neither.

        `chosen` is the policy that the account itself names; without one the default holds. Raises `DirectoryError`.
        """
        name = same(chosen or "")
        if name not in self._known:
            try:
                self._known[name] = self._read(name)
            except DirectoryError as error:
                self._known[name] = DirectoryError(f"{UNCLEAR}: {error}", error.hint, code=error.code)
        found = self._known[name]
        if isinstance(found, DirectoryError):
            raise found
        return found

    def _read(self, chosen: str) -> bool | None:
        if not enforced(self._directory):
            return None
        ordinary = defaults(
            self._directory
        )  # and so that there are policies at all: a server may offer what it does not use
        said = {self._locks(name) for name in ({chosen} if chosen else ordinary)}
        if len(said) > 1:
            raise DirectoryError(
                "databases of the server have different default policies, and whose is whose is not told"
            )
        return next(iter(said), None)

    def _locks(self, policy: str) -> bool:
        entries = list(self._directory.search(policy, POLICIES, (LOCKOUT,)))
        absent = self._directory.absent(policy, POLICIES, (LOCKOUT,), entries)
        for entry in entries:
            found = entry.first(LOCKOUT)
            if same(entry.dn) == policy and (found is not None or policy in absent.get(LOCKOUT, frozenset())):
                return found == "TRUE"
        raise DirectoryError(f"{LOCKOUT} of {policy} is not shown to us", "let the reader read and search it")
