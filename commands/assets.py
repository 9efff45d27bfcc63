"""annexa assets: what there is, who owns it, how it is classified, and of what nobody said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.desk import at_desk
from commands.options import Config, Json
from commands.output import Cell, count, json_text, say, table, write, write_json
from commands.soa import Output

if TYPE_CHECKING:
    from management.assets import Asset, Inventory

Without = Annotated[
    str, typer.Option("--without", metavar="WHAT", help="Only those without an owner, classification or environment.")
]
Class = Annotated[str, typer.Option("--class", metavar="CLASS", help="Only this class, such as system or data.")]
FACTS = ("owner", "classification", "environment")

assets = typer.Typer(rich_markup_mode=None, help="The inventory of assets, made of what collectors saw.")


@assets.command("list")
def list_(without: Without = "", class_: Class = "", config: Config = None, json: Json = False) -> None:
    """List assets with their owner, classification and environment."""
    from management.assets import row

    found, chosen, _ = _chosen(without, class_, config)
    if json:
        write_json({"assets": [row(each) for each in chosen], "gaps": list(found.gaps), "counts": _counts(found)})
        return
    table(
        ["Class", "Source", "Owner", "Classification", "Environment", "Asset"],
        [[each.class_, each.source, *(_cell(each, what) for what in FACTS), each.id] for each in chosen],
    )
    say(f"{count(len(chosen), 'asset')} of {len(found.assets)}; " + "; ".join(_sentences(found)), style="bold")
    for gap in found.gaps:
        say(f"  there may be more: {gap}", style="yellow")


@assets.command()
def export(
    output: Output = None, without: Without = "", class_: Class = "", config: Config = None, json: Json = False
) -> None:
    """Write the inventory: CSV, or JSON."""
    from exports.html import save
    from management.assets import COLUMNS, row
    from management.soa import as_csv

    found, chosen, about = _chosen(without, class_, config)
    rows = [row(each) for each in chosen]
    if json or (output is not None and output.suffix == ".json"):
        text = json_text({**about, "assets": rows, "gaps": list(found.gaps), "counts": _counts(found)})
    else:
        text = as_csv((*about, *COLUMNS), ({**about, **each} for each in rows))
    if output is None:
        write(text)
        return
    save(text, output)
    say(f"{output}: {count(len(rows), 'asset')}", *(f"  there may be more: {gap}" for gap in found.gaps))


def _chosen(without: str, class_: str, config: Config) -> tuple[Inventory, list[Asset], dict[str, str]]:
    """The inventory, what of it is asked for, and whom it is about."""
    from core.errors import AnnexaError, did_you_mean
    from management.assets import Known, inventory
    from management.stating import head
    from mappings.assets import OTHER, PART, asset_classes

    classes = [*(name for name in asset_classes() if name != PART), OTHER]
    for given, known in ((without, FACTS), (class_, classes)):
        if given and given not in known:
            raise AnnexaError(f"{given} is not possible here{did_you_mean(given, known)}", f"one of {', '.join(known)}")
    with at_desk(config) as desk:
        found, about = inventory(desk), head(desk)
    chosen = [
        each
        for each in found.assets
        if class_ in ("", each.class_) and (not without or each.known(without) is not Known.STATED)
    ]
    return found, chosen, about


def _counts(found: Inventory) -> dict[str, dict[str, int]]:
    from management.assets import Known

    return {
        "class": dict(sorted(found.classes.items())),
        **{what: {known.value: found.count(what, known) for known in Known} for what in FACTS},
    }


def _sentences(found: Inventory) -> list[str]:
    from management.assets import Known

    sentences = []
    for what in FACTS:
        missing, unknown = found.count(what, Known.MISSING), found.count(what, Known.UNKNOWN)
        sentences.append(f"{missing} without {what}" + (f", {unknown} nobody can tell" if unknown else ""))
    return sentences


def _cell(asset: Asset, what: str) -> Cell:
    text = str(getattr(asset, what))
    if text:
        return text
    return ("unknown", "yellow") if asset.blind else ("none", "red")
