"""The log: leaves, units and checkpoints, with hashes that fit again, and with keys, the right one and another."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_store.keys import signing as keys
from evidence_store.log.notes import Checkpoint, Verifier, sign
from evidence_store.log.tree import Tree, hash_leaf
from evidence_store.store import PUBLIC_KEY
from tests.evidence_store.tampering.families import Alteration, family, flip
from tests.evidence_store.tampering.ground import (
    Ground,
    Row,
)
from tests.evidence_store.worlds import Look, World


@family
def change_one_field_of_a_leaf(ground: Ground, chance: random.Random) -> Alteration | None:
    """Only its time, its scan or another field; and, half of the time, hashes that fit again, as anybody can make."""
    row = chance.choice(ground.rows("leaf"))
    data = json.loads(bytes(row["data"]))  # type: ignore[arg-type]
    name = chance.choice(sorted(data))
    data[name] = _another(name, data[name], chance)
    ground.change("leaf", row, data=_canonical(data))
    position = int(str(row["position"]))
    if chance.random() < 0.5:
        return Alteration(f"{name} of leaf {position}", rf"^leaf {position}\b")
    fit(ground)
    return Alteration(f"{name} of leaf {position}, hashes too", rf"^leaf {position}\b|{_root_from(ground, position)}")


@family
def change_the_units_of_a_source(ground: Ground, chance: random.Random) -> Alteration | None:
    """Reordered, exchanged with those of another leaf, or another body: and the root in the leaf made to fit."""
    entries = ground.rows("entry")
    one, other = chance.sample(entries, 2)
    if one["data"] == other["data"]:
        return None
    ground.change("entry", one, data=other["data"])
    ground.change("entry", other, data=one["data"])
    positions = sorted({int(str(row["position"])) for row in (one, other)})
    named = "|".join(rf"^leaf {position}: the entries of its units do not have" for position in positions)
    if chance.random() < 0.5:
        for row in ground.rows("leaf"):
            if row["position"] in positions:
                below = sorted((r for r in ground.rows("entry") if r["position"] == row["position"]), key=ordinal_of)
                root = Tree(bytes(r["data"]) for r in below).root().hex()  # type: ignore[arg-type]
                data = json.loads(bytes(row["data"])) | {"root": root}  # type: ignore[arg-type]
                ground.change("leaf", row, data=_canonical(data))
        fit(ground)
        named = _root_from(ground, positions[0])
    return Alteration(f"units of leaves {positions}", named)


@family
def move_leaves(ground: Ground, chance: random.Random) -> Alteration | None:
    """Some leaves in another order, everything that can be computed made to fit."""
    rows = sorted(ground.rows("leaf"), key=position_of)
    start = chance.randrange(len(rows) - 2)
    run = rows[start : start + chance.randint(2, 5)]
    shuffled = chance.sample(run, len(run))
    if shuffled == run:
        return None
    for row, other in zip(run, shuffled, strict=True):
        ground.change("leaf", row, data=other["data"])
    fit(ground)
    first = next(i for i, (a, b) in enumerate(zip(run, shuffled, strict=True)) if a is not b)
    return Alteration(f"leaves from {start}", _root_from(ground, start + first))


@family
def remove_leaves_and_close_the_gap(ground: Ground, chance: random.Random) -> Alteration | None:
    rows = sorted(ground.rows("leaf"), key=position_of)
    start = chance.randrange(len(rows))
    count = min(chance.randint(1, 3), len(rows) - start)
    for row, after in zip(rows[start:], rows[start + count :], strict=False):
        ground.change("leaf", row, data=after["data"])
    for row in rows[len(rows) - count :]:
        ground.delete("leaf", row)
    fit(ground)
    named = _root_from(ground, start) + "|leaves were removed"
    return Alteration(f"{count} leaves from {start}", named)


@family
def insert_a_leaf_that_was_never_sealed(ground: Ground, chance: random.Random) -> Alteration | None:
    rows = sorted(ground.rows("leaf"), key=position_of)
    start = chance.randrange(len(rows))
    new = json.loads(bytes(rows[start]["data"])) | {"scan": "scan-777"}  # type: ignore[arg-type]
    for row in rows[:start:-1]:
        ground.change("leaf", row, position=int(str(row["position"])) + 1)
    ground.change("leaf", rows[start], position=start + 1)
    ground.insert("leaf", {"position": start, "data": _canonical(new), "hash": b""})
    fit(ground)
    return Alteration(f"before leaf {start}", _root_from(ground, start))


@family
def rewrite_a_suffix_and_sign_it_with_another_key(ground: Ground, chance: random.Random) -> Alteration | None:
    position = _rewritten(ground, chance)
    tree, forger = fit(ground), Ed25519PrivateKey.generate()
    origin = ground.past.key.name
    said = Verifier(origin, forger.public_key().public_bytes_raw())
    sizes = [row for row in ground.rows("checkpoint") if int(str(row["size"])) > position]
    for row in sizes:
        point = Checkpoint(origin, int(str(row["size"])), tree.root(int(str(row["size"]))))
        ground.change("checkpoint", row, note=sign(point, forger))
    how = chance.choice(["the store's own key left", "the store's key replaced", "the history of keys removed"])
    if how != "the store's own key left":
        for row in ground.rows("about"):
            if row["name"] == "verifier":
                ground.change("about", row, value=str(said))
            elif how == "the history of keys removed":
                ground.delete("about", row)
        (ground.folder / PUBLIC_KEY).write_text(f"{said}\n", encoding="utf-8")
    first = min(int(str(row["size"])) for row in sizes)
    named = (
        rf"^checkpoint at size {first}: .*(no valid signature|signed by)|the store says it is signed by|^table about"
    )
    return Alteration(f"from leaf {position}, {how}", named)


@family
def rewrite_a_suffix_and_sign_it_with_the_right_key(ground: Ground, chance: random.Random) -> Alteration | None:
    """What only somebody can do who holds the key, and only a published checkpoint shows."""
    position = _rewritten(ground, chance)
    tree = fit(ground)
    for row in ground.rows("checkpoint"):
        size = int(str(row["size"]))
        if size > position:
            ground.change("checkpoint", row, note=_signed_rightly(ground, size, tree.root(size)))
    return Alteration(f"from leaf {position}", "^published checkpoint.*: its root is not that of the leaves")


@family
def forge_a_checkpoint_with_the_right_key(ground: Ground, chance: random.Random) -> Alteration | None:
    """A root that the leaves do not have, at a size that has a checkpoint or at one that has none."""
    size = chance.randint(1, len(ground.rows("leaf")))
    row: Row = {"size": size, "note": _signed_rightly(ground, size, chance.randbytes(32))}
    known = [each for each in ground.rows("checkpoint") if each["size"] == size]
    if known:
        ground.change("checkpoint", known[0], **row)
    else:
        ground.insert("checkpoint", row)
    return Alteration(f"at size {size}", rf"^checkpoint at size {size}: its root is not that of the leaves")


@family
def drop_a_signature(ground: Ground, chance: random.Random) -> Alteration | None:
    """A signature line of a checkpoint, all of them, or the whole checkpoint."""
    row = chance.choice(ground.rows("checkpoint"))
    text, _, signatures = str(row["note"]).rpartition("\n\n")
    lines = signatures.splitlines(keepends=True)
    match chance.choice(["line", "all", "row"]):
        case "line":
            lines.pop(chance.randrange(len(lines)))
            ground.change("checkpoint", row, note=f"{text}\n\n{''.join(lines)}")
        case "all":
            ground.change("checkpoint", row, note=f"{text}\n")
        case _:
            ground.delete("checkpoint", row)
    return Alteration(f"of the checkpoint at size {row['size']!r}", rf"^checkpoint at size {row['size']!r}\b")


@family
def alter_a_signature(ground: Ground, chance: random.Random) -> Alteration | None:
    row = chance.choice(ground.rows("checkpoint"))
    note = str(row["note"])
    head, signature = note.rstrip("\n").rsplit(" ", 1)
    raw = flip(base64.b64decode(signature), chance)
    ground.change("checkpoint", row, note=f"{head} {base64.b64encode(raw).decode()}\n")
    return Alteration(f"of the checkpoint at size {row['size']!r}", rf"^checkpoint at size {row['size']!r}: ")


@family
def roll_the_store_back(ground: Ground, chance: random.Random) -> Alteration | None:
    older = chance.choice(ground.past.older)
    ground.restore(older)
    return Alteration(f"to {older.name}", "^published checkpoint.*leaves were removed")


@family
def fork_the_log(ground: Ground, chance: random.Random) -> Alteration | None:
    """An older copy that goes on otherwise, signed with the right key, until it is as long or longer."""
    older = chance.choice(ground.past.older)
    ground.restore(older)
    world = World(ground.folder.parent)
    world.folder = ground.folder
    public = (older / PUBLIC_KEY).read_text(encoding="utf-8").strip()
    world.key_file = ground.past.keys / Verifier.parse(public).key_id.hex()
    for number in range(chance.randint(1, 4)):
        width = chance.randrange(50, 150)
        world.scan(Look(source="house/a", scope="east", doors={"front": width}), name=f"fork-{number}")
    named = "^published checkpoint.*(its root is not that of the leaves|leaves were removed|no valid signature)"
    return Alteration(f"after {older.name}", named)


def fit(ground: Ground) -> Tree:
    """Make hashes and nodes fit the leaves again, as anybody can."""
    tree = Tree()
    for leaf in sorted(ground.rows("leaf"), key=position_of):
        digest = hash_leaf(bytes(leaf["data"]))  # type: ignore[arg-type]
        tree.append(digest)
        if digest != leaf["hash"]:
            ground.change("leaf", leaf, hash=digest)
    known = {(int(str(row["level"])), int(str(row["index"]))): row for row in ground.rows("node")}
    for (level, index), digest in tree.nodes.items():
        row: Row | None = known.get((level, index)) if level else {"hash": digest}
        if row is None:
            ground.insert("node", {"level": level, "index": index, "hash": digest})
        elif row["hash"] != digest:
            ground.change("node", row, hash=digest)
    for place, node in known.items():
        if place not in tree.nodes:
            ground.delete("node", node)
    return tree


def _rewritten(ground: Ground, chance: random.Random) -> int:
    """Change the time of a leaf from which nothing is derived, so that all of the rest still fits."""
    quiet = [row for row in ground.rows("leaf") if re.search(rb'"type":"(source|assessment)"', bytes(row["data"]))]  # type: ignore[arg-type]
    row = chance.choice(quiet)
    data = json.loads(bytes(row["data"]))  # type: ignore[arg-type]
    ground.change("leaf", row, data=_canonical(data | {"at": _another("at", data["at"], chance)}))
    return int(str(row["position"]))


def _signed_rightly(ground: Ground, size: int, root: bytes) -> str:
    """A checkpoint signed by whoever had to sign at this size."""
    world = World(ground.folder.parent)
    with world.open(ground.past.store, ground.folder.parent / "no-key.pem") as store, store.reading() as connection:
        history = store.history(connection)
    signers = history.signers(size)
    private = [keys.load(ground.past.keys / signer.key_id.hex()) for signer in reversed(signers)]
    return sign(Checkpoint(history.current.name, size, root), *private)


def _root_from(ground: Ground, position: int) -> str:
    """How the first checkpoint over a leaf is named when its root is not that of the leaves any more."""
    sizes = [int(str(row["size"])) for row in ground.rows("checkpoint")]
    first = min(size for size in sizes if size > position)
    return rf"^checkpoint at size {first}: "  # where leaves of a change of the key moved, by a key that is none then


def _another(name: str, value: object, chance: random.Random) -> object:
    """Something else of the same shape."""
    if name == "at":
        return (
            f"2026-0{chance.randint(1, 9)}-0{chance.randint(1, 9)}T0{chance.randint(0, 9)}:00:0{chance.randint(0, 9)}Z"
        )
    if name == "scan":
        return f"{value}-{chance.randrange(100)}"
    if name == "type":
        return chance.choice(["source", "assessment", "scan_started", "scan_finished", "other"]) + "x" * chance.randint(
            0, 1
        )
    if isinstance(value, int):
        return value + 1
    return chance.randbytes(32).hex()


def _canonical(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def position_of(row: Row) -> int:
    return int(str(row["position"]))


def ordinal_of(row: Row) -> int:
    return int(str(row["ordinal"]))
