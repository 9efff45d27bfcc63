from __future__ import annotations

from datetime import date

import pytest

from collectors.host.account_ends import ACCOUNT_EXPIRY, account_ends, parse_expiry
from collectors.host.source import FactError
from core.resources.host.accounts import AccountEnd
from tests.twins import RecordedHost

# util-linux 2.38.1 of Debian 12.
SAID = 'USER="root" PWD-EXPIR=""\nUSER="alice" PWD-EXPIR="2026-05-23"\n'


def test_the_day_on_which_an_account_ends() -> None:
    assert list(account_ends(RecordedHost({ACCOUNT_EXPIRY: SAID}))) == [
        AccountEnd(id="root", ends=None),
        AccountEnd(id="alice", ends=date(2026, 5, 23)),
    ]


def test_other_words() -> None:
    """Later versions write names of columns so that a shell can read them."""
    assert parse_expiry('USER="root" PWD_EXPIR=""\nUSER="b" PWD_EXPIR="soon"\n') == {"root": None}
    with pytest.raises(FactError):
        parse_expiry("")
