"""Private keys that a configuration names: who owns them and who may read them. None is opened."""

from __future__ import annotations

import re
from typing import Any

from core.resource import unobserved
from core.resources.host.web import TlsKeyFile

KEY_MODES = (
    'set --; p=$(readlink -f -- "$key"); while [ -n "$p" ]; do set -- "$@" "$p"; p=${p%/*}; done; '
    "printf 'K\\t%s\\t%s\\t%s\\n' \"$key\" $# \"$(stat -c '%a %U %G' -- \"$@\" 2>&- | tr '\\n' ' ')\""
)
"""Shell that prints, with tabs between, `K`, the path in `$key`, how many paths it looked at (the file, and each folder
above it), and mode, owner and group of each. What may not be looked at is missing at the end."""
_MODES = re.compile(r"(?:[0-7]{1,4} \S+ \S+ )+")


def parse_key_file(path: str, count: str, modes: str) -> TlsKeyFile:
    """What `KEY_MODES` printed about one file. What could not be seen whole is unobserved."""
    words = modes.split()
    if not _MODES.fullmatch(modes) or count != str(len(words) // 3):
        unseen: Any = unobserved(f"{path} could not be looked at")
        return TlsKeyFile(path=path, owner=unseen, group=unseen, mode=unseen, closed_folder=unseen)
    mode, *folders = (int(word, 8) for word in words[::3])
    return TlsKeyFile(
        path=path, owner=words[1], group=words[2], mode=mode, closed_folder=not all(each & 0o001 for each in folders)
    )
