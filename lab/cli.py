"""The command line: one table of lazily loaded commands, and what errors become.

Only click and the standard library are imported here, so that `lab --help` is instant; a command's module is
imported when that command runs.
"""

from __future__ import annotations

import difflib
import importlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence

import click

from lab import __version__
from lab.errors import LabError
from lab.paths import home

SECTIONS = ("Practise", "Reproduce", "Teach", "Maintain")

COMMANDS: dict[str, tuple[str, str, str]] = {
    "list": ("lab.commands.list", "Practise", "The catalogue, by codename."),
    "show": ("lab.commands.show", "Practise", "One scenario, without its answer key."),
    "start": ("lab.commands.start", "Practise", "Open a round; without a name a blind one."),
    "status": ("lab.commands.status", "Practise", "The round in progress: time, tries, looks."),
    "logs": ("lab.commands.logs", "Practise", "The first failure and the mix, or one hop's lines."),
    "trace": ("lab.commands.trace", "Practise", "One request across all hops."),
    "probe": ("lab.commands.probe", "Practise", "Send one request yourself, with a time for each phase."),
    "inspect": ("lab.commands.inspect", "Practise", "Processes or sockets of a hop, from real readings."),
    "traffic": ("lab.commands.traffic", "Practise", "Switch the background traffic on or off."),
    "hint": ("lab.commands.hint", "Practise", "The next hint, and its price."),
    "answer": ("lab.commands.answer", "Practise", "Say what is broken, and have it graded."),
    "give-up": ("lab.commands.give_up", "Practise", "End the round and see the answer key."),
    "debrief": ("lab.commands.debrief", "Practise", "What happened, hop by hop, once the round is over."),
    "extend": ("lab.commands.extend", "Practise", "Give the round more minutes."),
    "stop": ("lab.commands.stop", "Practise", "Take rounds down."),
    "toxiproxy": ("lab.commands.toxiproxy", "Reproduce", "The embedded Toxiproxy-compatible server, on its own."),
    "guide": ("lab.commands.guide", "Teach", "What an error means, who makes it, what to look at first."),
    "tour": ("lab.commands.tour", "Teach", "One healthy request, hop by hop: lesson 0."),
    "demo": ("lab.commands.demo", "Teach", "A whole round played before your eyes."),
    "vocabulary": ("lab.commands.vocabulary", "Teach", "The closed sets in which answers are given."),
    "verify": ("lab.commands.verify", "Maintain", "Prove scenarios by opening and solving them."),
    "new": ("lab.commands.new", "Maintain", "Write a commented file for a new scenario."),
    "doctor": ("lab.commands.doctor", "Maintain", "What is missing on this machine, and how to get it."),
}
"""Name → module (its command is `command`), section of the help, short help."""


class LazyGroup(click.Group):
    """A group whose commands are imported from `COMMANDS` when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, but an unknown name is answered with the nearest ones."""
        if args[0] in COMMANDS or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        close = difflib.get_close_matches(args[0], COMMANDS, n=3, cutoff=0.6)
        raise LabError(
            f"There is no command {args[0]!r}.",
            f"Did you mean {' or '.join(close)}?" if close else "`lab --help` lists them.",
            code=2,
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, from the table alone: nothing is imported for the help."""
        for section in SECTIONS:
            rows = [(name, text) for name, (_, of, text) in COMMANDS.items() if of == section]
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows, col_max=14)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="New here? `lab demo` plays a round, `lab tour` shows a healthy request, `lab start` opens a round.",
)
@click.version_option(__version__, prog_name="lab", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A small web system, broken on purpose: find the hop, the mechanism and the log line that proves it.

    Alone, `lab` shows the round in progress, or how to begin.
    """
    if ctx.invoked_subcommand is None:
        importlib.import_module("lab.commands.overview").overview()


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0 fine, 1 the answer or check failed, 2 usage, 3 the lab broke, 130 interrupted.
    """
    words = list(sys.argv[1:] if args is None else args)
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an arrow in ASCII is a question mark and not a crash
    try:
        status = cli.main(words, prog_name="lab", standalone_mode=False)
        sys.stdout.flush()
    except LabError as error:
        return _report(error.what, error.cure, error.code, as_json)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "lab"
        return _report(error.format_message(), f"`{path} --help` shows how it is used.", 2, as_json)
    except (click.Abort, KeyboardInterrupt):
        return _report("Interrupted.", "Run it again when you like.", 130, as_json)
    except (BrokenPipeError, SystemExit):  # the second is how click and rich end after a closed pipe
        return _hush()
    except Exception:
        return _report(*_crash(), 3, as_json)
    return status if isinstance(status, int) else 0


def _report(what: str, cure: str, code: int, as_json: bool) -> int:
    """Say what is wrong and what to do, in the form that the caller reads."""
    if as_json:
        click.echo(json.dumps({"error": {"what": what, "cure": cure}}, ensure_ascii=False))
    else:
        click.echo(f"{what}\n{cure}", err=True)
    return code


def _crash() -> tuple[str, str]:
    """Keep the traceback of the exception in hand; what happened, and where it is."""
    text = traceback.format_exc()
    path = home() / f"crash-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{os.getpid()}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        click.echo(text, err=True)
        return "The lab broke, and its crash log could not be written.", "The traceback stands on stderr."
    return "The lab broke: a defect of its own, not of yours.", f"The traceback is in {path}."


def _hush() -> int:
    """The reader of our output went away: no message, and none at the interpreter's exit either."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return 0
