"""The command as a whole: its subcommands, and what becomes of everything that can go wrong."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, NoReturn

import click

from crm_rules.api import DEFAULT_ENGINE
from crm_rules.cli.assess import assess
from crm_rules.cli.exit_codes import ExitCode
from crm_rules.cli.problems import problems_text
from crm_rules.cli.rules import rules
from crm_rules.cli.session import Session
from crm_rules.cli.trial import test
from crm_rules.errors import DiagnosticError, EngineError, LimitReached, UnsupportedByEngine

NAME: Final = "crm-rules"

_EPILOG: Final = "Exit codes: " + ", ".join(
    f"{code.value} {meaning}"
    for code, meaning in (
        (ExitCode.OK, "nothing found"),
        (ExitCode.FOUND, "findings at or above --fail-on"),
        (ExitCode.USAGE, "wrong usage"),
        (ExitCode.INVALID, "invalid project or rules"),
        (ExitCode.INTERNAL, "internal error"),
        (ExitCode.INTERRUPTED, "interrupted."),
    )
)


def _version() -> str:
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "(not installed)"


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), prog_name=NAME, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.pass_obj
def app(session: Session, debug: bool) -> None:
    """Find out what endangers the introduction of a CRM system, why, and what to do about it."""
    session.debug = debug


for command in (assess, rules, test):
    app.add_command(command)


def run(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Carry out a call of the command.

    Args:
        arguments: what stands behind the name of the command; those of the process when None.
        session: streams to use.

    Returns:
        The exit code, see `ExitCode`.
    """
    session = session or Session()
    try:
        done: Any = app.main(arguments, prog_name=NAME, standalone_mode=False, obj=session)
    except click.ClickException as error:
        error.show(session.err)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        session.note("Interrupted.")
        return ExitCode.INTERRUPTED
    except DiagnosticError as error:
        session.note(problems_text(error.diagnostics, session.err_color))
        return ExitCode.INVALID
    except LimitReached as error:
        session.note("\n".join([f"Error: {error}", *(f"  while running the rule {rule}" for rule in error.rules)]))
        return ExitCode.INVALID
    except UnsupportedByEngine as error:
        session.note(f"Error: {error}\nThe chosen engine cannot run this pack; '{DEFAULT_ENGINE}' runs every pack.")
        return ExitCode.INVALID
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody who calls a command wants to see a traceback
        session.note(_failure(error, session.debug))
        return ExitCode.INTERNAL
    return done if isinstance(done, int) else ExitCode.OK


def _failure(error: Exception, debug: bool) -> str:
    """An error that neither a project nor a pack is to blame for, in words."""
    said = " ".join(str(error).split())
    if isinstance(error, EngineError):
        lines = [f"Error: {said}"]
        advice = "No answer is given, because it could not be vouched for. This is a defect of the program"
    else:
        lines = [f"Internal error: {type(error).__name__}" + (f": {said}" if said else "")]
        advice = "This is a defect of the program"
    if debug:
        return "".join(traceback.format_exception(error)) + "\n".join(lines)
    return "\n".join([*lines, f"{advice}, please report it with the output of `{NAME} --debug ...`."])


def main() -> NoReturn:
    """Entry point of the command."""
    sys.exit(run())
