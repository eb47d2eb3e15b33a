"""`regnet batch`: chapters executed with other parameters."""

from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from regnet.commands.arguments import Regime


class WithPairs(TyperCommand):
    """A command whose `-p` takes two words, as papermill's: NAME VALUE."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, joined(args))


def joined(args: list[str]) -> list[str]:
    """The arguments with each `-p NAME VALUE` as `-p NAME=VALUE`.

    >>> joined(["smoke", "-p", "n", "4", "02-tools"])
    ['smoke', '-p', 'n=4', '02-tools']
    >>> joined(["smoke", "-p", "n=4", "--jobs", "1"])
    ['smoke', '-p', 'n=4', '--jobs', '1']
    """
    rest, found = list(args), list[str]()
    while rest:
        found.append(rest.pop(0))
        if found[-1] == "--":
            return found + rest
        if found[-1] == "-p" and len(rest) > 1 and "=" not in rest[0]:
            found.append(f"{rest.pop(0)}={rest.pop(0)}")
    return found


def batch(
    regime: Regime,
    names: Annotated[list[str] | None, typer.Argument(metavar="CHAPTER", help="as 04-regnet; left out, all")] = None,
    parameters: Annotated[
        list[str] | None, typer.Option("-p", metavar="NAME VALUE", help="a parameter of the chapters; may be repeated")
    ] = None,
    typed: Annotated[
        list[str] | None, typer.Option("-y", metavar="YAML", help="parameters as YAML, as 'sizes: [1, 2]'")
    ] = None,
    files: Annotated[list[str] | None, typer.Option("-f", metavar="FILE", help="a YAML file of parameters")] = None,
    jobs: Annotated[int, typer.Option(help="chapters at a time, and processes that train")] = 2,
    again: Annotated[bool, typer.Option("--again", help="execute also what is executed already from the same")] = False,
    output: Annotated[str, typer.Option("-o", help="folder for them [default: runs/REGIME/executed]")] = "",
    folder: Annotated[str, typer.Option("--book", help="folder of other chapters, with a _toc.yml")] = "",
) -> None:
    """Execute chapters with papermill, a file a chapter: the same chapter with other parameters goes to another folder.

    Exit 1 where one fails, or a training.
    """
    from regnet.chapters.batch import plan, run
    from regnet.chapters.contents import book_folder, choose
    from regnet.chapters.parameters import from_yaml
    from regnet.design.scalars import WORKERS, whole

    jobs = whole("--jobs", jobs, high=WORKERS)
    chosen = choose(names or (), book_folder(folder))
    pairs = [_pair(text) for text in parameters or ()]
    values = from_yaml(typed or (), files or ()) if typed or files else {}
    works, untrained = plan(regime, chosen, pairs, values, workers=jobs, output=output)
    wanted = [work for work in works if again or not work.done]
    results = run(wanted, jobs=jobs)
    counts = {"executed": len(results.executed), "unchanged": len(works) - len(wanted), "failed": len(results.failed)}
    said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    typer.echo(f"{said}: {works[0].output.parent}")
    if untrained:
        typer.echo(f"regnet: {untrained}", err=True)
    raise typer.Exit(1 if results.failed or untrained else 0)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"-p takes a name and a value, as -p n 50, got {text!r}")
    return name, value
