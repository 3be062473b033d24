"""Which format goes where: `--format` and `-o` in the order they were given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from crm_rules.report.registry import DEFAULT_FORMAT, FORMATS, format_of_file

_ORDER: Final = "crm_rules.cli.outputs.order"

STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Output:
    """One thing to write.

    Attributes:
        format: name of the format.
        file: where to; None for standard output.
    """

    format: str
    file: str | None = None


class OrderedCommand(click.Command):
    """A command that remembers the order in which its options were given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as usual, and keep the order of the options."""
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def outputs(
    ctx: click.Context, formats: Sequence[str], files: Sequence[str], of_file: Callable[[str], str] = format_of_file
) -> tuple[Output, ...]:
    """Join the values of `--format` and `-o`.

    With as many files as formats, the first file takes the first format, and so on. With fewer, each
    file takes the format given before it, and the one format that is left goes to standard output.
    Without any format the names of the files tell.

    Args:
        ctx: the context of an `OrderedCommand` whose options are called `formats` and `files`.
        formats: values of `--format`, in order.
        files: values of `-o`, in order; `-` is standard output.
        of_file: the format the name of a file asks for.

    Raises:
        click.UsageError: a file without a format, or more than one format for standard output.
    """
    if not formats:
        found = [Output(of_file(f), f) for f in files] or [Output(DEFAULT_FORMAT)]
    elif len(files) == len(formats):
        found = [Output(*pair) for pair in zip(formats, files, strict=True)]
    elif len(files) > len(formats):
        raise click.UsageError(f"{len(files)} files (-o) for {len(formats)} --format: give each file its format.")
    else:
        found = _by_order(ctx.meta[_ORDER], formats, files)
    found = [Output(o.format, None if o.file == STDOUT else o.file) for o in found]
    if sum(o.file is None for o in found) > 1:
        raise click.UsageError("Only one format can go to standard output: give the others a file with -o.")
    twice = sorted({o.file for o in found if o.file is not None and [p.file for p in found].count(o.file) > 1})
    if twice:
        raise click.UsageError(f"Two formats would go to the same file: {', '.join(twice)}.")
    return tuple(found)


def _by_order(order: Iterable[str | None], formats: Sequence[str], files: Sequence[str]) -> list[Output]:
    """Each file takes the format before it."""
    found: list[Output] = []
    formats_left, files_left = iter(formats), iter(files)
    for name in order:
        if name == "formats":
            found.append(Output(next(formats_left)))
        elif name == "files":
            file = next(files_left)
            if not found or found[-1].file is not None:
                raise click.UsageError(f"Put -o {file} behind the --format it belongs to.")
            found[-1] = Output(found[-1].format, file)
    return found


def write_file(file: str, content: str | bytes) -> None:
    """Write a result to a file, text as UTF-8.

    Raises:
        click.UsageError: it cannot be written.
    """
    try:
        Path(file).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(f"Cannot write {file}: {reason[:1].lower()}{reason[1:]}.") from None


def format_names() -> tuple[str, ...]:
    """Names of all formats."""
    return tuple(FORMATS)
