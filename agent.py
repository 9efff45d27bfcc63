"""Collects evidence that the controls of ISO/IEC 27001 Annex A work, and seals it so that an auditor can trust it."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

try:
    import typer
except ModuleNotFoundError as error:
    raise SystemExit(
        f"error: the package {error.name} is not installed\n hint: make scan, or: pip install ."
    ) from error

from commands.acceptances import acceptances
from commands.access_review import access_review
from commands.alerts import alerts
from commands.assets import assets
from commands.attest import attest
from commands.audit import audit
from commands.checks import checks
from commands.controls import controls
from commands.doctor import doctor
from commands.drift import drift
from commands.explain import explain
from commands.export import export
from commands.history import history
from commands.hosts import hosts
from commands.key import key
from commands.measures import measures
from commands.nonconformities import nonconformities
from commands.output import explain_error, explain_errors, log_to_terminal, printable, say
from commands.permissions import permissions
from commands.proof import proof
from commands.rebuild import rebuild
from commands.reperform import reperform
from commands.review import review
from commands.risks import risks
from commands.run import run
from commands.sample import sample
from commands.scan import scan
from commands.schedule import schedule
from commands.scope import scope
from commands.show import show
from commands.soa import soa
from commands.standard import standard
from commands.status import status
from commands.store import store
from commands.verify import verify
from commands.watch import watch
from core import __version__
from core.errors import AnnexaError

BUG = 70
"""The exit status for a fault of Annexa itself (EX_SOFTWARE of sysexits.h): never one of the answers 0 to 4."""

INTERRUPTED = 130

UsageError: Any = typer.BadParameter.__base__
"""What the command line raises for a command, option or argument it does not understand; typer exports no name."""

# Pretty tracebacks would print the values of local variables, and one of those may be a secret. Help without markup
# wraps its paragraphs, and needs no box to be read.
app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
for command in (
    scan,
    run,
    schedule,
    watch,
    status,
    show,
    history,
    drift,
    alerts,
    checks,
    explain,
    controls,
    standard,
    measures,
    permissions,
    verify,
    proof,
    sample,
    reperform,
    rebuild,
    key,
    doctor,
):
    app.command()(command)
app.add_typer(store, name="store")
app.add_typer(hosts, name="hosts")
app.add_typer(nonconformities, name="nonconformities")
app.add_typer(acceptances, name="acceptances")
app.add_typer(access_review, name="access-review")
app.add_typer(export, name="export")
app.add_typer(scope, name="scope")
app.add_typer(soa, name="soa")
app.add_typer(risks, name="risks")
app.add_typer(attest, name="attest")
app.add_typer(assets, name="assets")
app.add_typer(audit, name="audit")
app.add_typer(review, name="review")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"Annexa {__version__}")
        raise typer.Exit


@app.callback(help=__doc__, invoke_without_command=True)
def annexa(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What comes before a command, or stands alone."""
    if context.invoked_subcommand is None:
        sys.stdout.write(f"{context.get_help()}\n")
        raise typer.Exit(2)  # nothing was done: a script that forgot the command must not go on


def main() -> None:
    """Run a command and leave: 0 good, 1 something fails, 2 usage, 3 could not look everywhere, 4 broken seal."""
    status = 0
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 still shows what it can
    log_to_terminal()
    try:
        answer = app(prog_name="annexa", standalone_mode=False)
        status = answer if isinstance(answer, int) else 0
        if status == INTERRUPTED:
            explain_error("interrupted", "what was sealed so far is whole; scan again for the rest")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 2
    except UsageError as error:
        command = error.ctx.command_path if error.ctx else "annexa"
        explain_error(f"{command}: {_sentence(error.format_message())}", f"{command} --help")
        status = 2
    except AnnexaError as error:
        explain_errors(error)
        status = error.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody listens any more: no more to say
    except OSError as error:
        explain_error(f"{error.filename or 'the system'}: {error.strerror}", "see `annexa doctor`")
        status = 2
    except Exception as error:  # noqa: BLE001 - the last resort
        _report_bug(error)
        status = BUG
    _leave(status)


def _sentence(message: str) -> str:
    """Typer's message as one of ours: it begins small and ends without a full stop."""
    message = " ".join(message.split()).replace(". Did you mean", ", did you mean").replace(": Value error,", ":")
    return f"{message[:1].lower()}{message[1:]}".removesuffix(".")


def _report_bug(error: Exception) -> None:
    import traceback  # noqa: PLC0415 - only when something broke

    from core.redaction import redact_text  # noqa: PLC0415

    lines = redact_text("".join(traceback.format_exception(error))).split("\n")
    sys.stderr.write("\n".join(map(printable, lines)))
    explain_error(
        "this is a bug of Annexa, the evidence sealed so far is whole", "please report it with the lines above"
    )


def _leave(status: int) -> None:
    """Exit hard: a unit that was given up may hang in a library that would keep the interpreter from ending."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    os._exit(status)


if __name__ == "__main__":
    main()
