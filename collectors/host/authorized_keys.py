"""SSH keys that open accounts: the files in each home, and the fingerprints of the keys in them."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.host.accounts import CLOSED, EACH_LOGIN
from collectors.host.facts import Fact
from collectors.host.source import Host, NeedsRootError
from collectors.host.sshd import ROOT_HINT, parse_key, rows
from core.plugins import collector
from core.resource import unobserved
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys

# Neither keys nor their comments leave the host: only length, fingerprint and kind do. The fields of a file: account,
# path, state, mode, owner, number of the account, number of lines with something in them, keys.
AUTHORIZED_KEYS = Fact(
    "authorized_keys",
    CLOSED + EACH_LOGIN + 'case $home in ""|/) continue ;; esac\n'
    'if closed "$home/.ssh/authorized_keys"; then '
    'printf \'%s\\0%s\\0hidden\\0\\0\\0\\0\\0\\0\' "$name" "$p"; continue; fi\n'
    'for f in "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2"; do [ -e "$f" ] || continue\n'
    'state=read; [ -r "$f" ] || state=unread; printf \'%s\\0%s\\0%s\\0\' "$name" "$f" $state\n'
    "stat -L --printf '%a\\0%u\\0' \"$f\" || exit; printf '%s\\0' \"$uid\"; n=0\n"
    'if [ $state = read ]; then while read -r line || [ -n "$line" ]; do '
    "case $line in ''|'#'*) ;; *) n=$((n + 1)) ;; esac; done <\"$f\"; fi; printf '%s\\0' $n\n"
    "if [ $n -gt 0 ]; then command -v ssh-keygen >/dev/null || printf 'no ssh-keygen'; "
    'ssh-keygen -l -f "$f" | while read -r bits print rest; do '
    'printf \'%s %s %s\\n\' "$bits" "$print" "${rest##* }"; done; '
    "fi 2>&-; printf '\\0'; done; done </etc/passwd",
    limit=2_097_152,
)

_UNREADABLE = "only root may read the file"
_NO_PROGRAM = "ssh-keygen, which reads the keys, is not installed"


@collector(permissions=(AUTHORIZED_KEYS,))
def authorized_keys(host: Host) -> Iterator[AuthorizedKeys]:
    """The `authorized_keys` files in the .ssh folder of each account that can log in. Other places that
    `AuthorizedKeysFile` may name, and keys that `AuthorizedKeysCommand` supplies, are not looked at."""
    hidden = []
    for account, path, state, mode, owner, uid, lines, found in rows(host, AUTHORIZED_KEYS, 8):
        if state == "hidden":
            hidden.append(path)
            continue
        unseen = _UNREADABLE if state == "unread" else _NO_PROGRAM if found == "no ssh-keygen" else ""
        keys: tuple[AuthorizedKey, ...] = unobserved(unseen) if unseen else parse_keys(found)
        yield AuthorizedKeys(
            id=f"{account}: {path}",
            account=account,
            path=path,
            mode=int(mode, 8),
            owner=int(owner),
            account_uid=int(uid),
            keys=keys,
            unreadable_lines=unobserved(unseen) if unseen else max(0, int(lines) - len(keys)),
        )
    if hidden:
        raise NeedsRootError(AUTHORIZED_KEYS, f"only root may look for SSH keys in {', '.join(hidden):.300}", ROOT_HINT)


def parse_keys(text: str) -> tuple[AuthorizedKey, ...]:
    """The keys that `ssh-keygen -l` listed. Raises `ValueError`."""
    return tuple(
        AuthorizedKey(algorithm=algorithm, bits=bits, fingerprint=fingerprint)
        for bits, fingerprint, algorithm in map(parse_key, text.splitlines())
    )
