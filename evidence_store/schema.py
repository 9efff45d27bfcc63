"""The tables. Above the line: the log, which is sealed. Below it: what is derived from log and blobs, and rebuilt.

Digests are raw bytes; moments are RFC 3339 text in UTC; positions are numbers of leaves. An interval is open while
`end` is empty: `first` and `end` are the positions of the leaves that began and ended it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

about = Table("about", metadata, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))

leaf = Table(
    "leaf",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

node = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

# The entries of the subtree below a source leaf: one per unit.
entry = Table(
    "entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

# What came of asking an authority (RFC 3161) to stamp the note of a checkpoint: a response, or a problem. Not derived:
# it comes from outside. The next scan seals the digests of responses.
stamp = Table(
    "stamp",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("authority", String(80), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("requested", String(32), nullable=False),
    Column("answered", String(32), nullable=False),
    Column("nonce", String(40), nullable=False),
    Column("certificates", Text, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Column("problem", Text, nullable=False),
)

# What came of writing the newest checkpoint to a folder elsewhere. Not derived either; the next scan seals alarms.
publication = Table(
    "publication",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("folder", String(1000), primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("problem", Text, nullable=False),
    Column("alarm", Text, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("pack", String(80), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("base", LargeBinary(32)),
)

# Whom evidence tells of: the key that their tokens are under, and the identifier, wrapped with the secret that lies
# beside the signing key. Not derived and not in the log: a row that is gone is what erasing somebody means.
person = Table(
    "person",
    metadata,
    Column("subject", LargeBinary(12), primary_key=True),
    Column("lookup", LargeBinary(32), nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
)

# Packs that were carried to a bucket: what is known of them since. Not derived; a pack that is not here is in a folder.
upload = Table(
    "upload",
    metadata,
    Column("pack", String(80), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("checksum", String(100), nullable=False),
    Column("version", String(1024), nullable=False),
)

# ---------------------------------------------------------------------------------------------------------- derived

scan = Table(
    "scan",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("agent", String(255), nullable=False),
    Column("started", String(32), nullable=False),
    Column("finished", String(32), nullable=False),
    Column("status", String(10), nullable=False),
    Column("narrowed", Boolean, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("end", BigInteger),
)

unit = Table(
    "unit",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("scan", String(40), nullable=False),
    Column("source", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("collector", Text, nullable=False),
    Column("finished", String(32), nullable=False),
    Column("exchanges", Integer, nullable=False),
    Column("gaps", Text, nullable=False),
    Column("body", LargeBinary(32), nullable=False),
    Column("end", BigInteger),
    Index("unit_by_collector", "collector", "source", "scope", "position"),
)

coverage = Table(
    "coverage",
    metadata,
    Column("source", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, nullable=False),
    Column("collected", String(32), nullable=False),
    Column("items", Integer, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("population", LargeBinary(32), nullable=False),
    Column("end", BigInteger),
    Index("coverage_by_leaf", "source", "position"),
)

resource = Table(
    "resource",
    metadata,
    Column("source", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("end", BigInteger),
    Column("ended", String(20), nullable=False),
)

assessment = Table(
    "assessment",
    metadata,
    Column("check", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("scan", String(40), nullable=False),
    Column("as_of", String(32), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("settings", LargeBinary(32), nullable=False),
    Column("body", LargeBinary(32), nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("check", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(12), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("settings", LargeBinary(32), nullable=False),
    Column("end", BigInteger),
    Column("ended", String(20), nullable=False),
    Index("finding_by_id", "id"),
)

# What was thrown away last of each thing: all of it that was sealed before the position `before`. The leaf `position`
# says so.
disposal = Table(
    "disposal",
    metadata,
    Column("what", String(12), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("before", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("at", String(32), nullable=False),
)

# A legal hold, from the leaf `position` on; `released` is the leaf that ended it.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("since", String(32), nullable=False),
    Column("until", String(32), nullable=False),
    Column("released", BigInteger),
)

# Whose key was destroyed, by which leaf.
erasure = Table(
    "erasure",
    metadata,
    Column("subject", LargeBinary(12), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# What was done to a record that people answer for, as it was sealed. A record is what its events make of it.
event = Table(
    "event",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(20), nullable=False),
    Column("record", String(40), nullable=False),
    Column("number", Integer, nullable=False),
    Column("act", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("event_by_record", "type", "record", "number"),
)

DERIVED = (scan, unit, coverage, resource, assessment, finding, disposal, legal_hold, erasure, event)

APPEND_ONLY = (leaf, node, entry, checkpoint, stamp, publication)
"""Tables that only grow: triggers refuse anything else, and agents of a shared database have no right to it."""
