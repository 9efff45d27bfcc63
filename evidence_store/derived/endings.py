"""Why an interval ended: the words in the column `ended`, which is empty while an interval is open."""

from __future__ import annotations

CHANGED = "changed"
VANISHED = "vanished"
OUT_OF_SCOPE = "out_of_scope"
CHECK_RETIRED = "check_retired"
SETTINGS_CHANGED = "settings_changed"
