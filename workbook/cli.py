"""The `workbook` command: open the notebooks, check a dossier and its prose, run the notebooks."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from workbook.dates import read_day
from workbook.dossier import Dossier, DossierError, Problem, bundled, open

__all__ = ["main", "parser", "summary"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Examples
    --------
    >>> parser().prog
    'workbook'
    """
    whole = argparse.ArgumentParser(prog="workbook", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True)

    lab = commands.add_parser(
        "lab", help="open JupyterLab on the notebooks", epilog="Other options go to JupyterLab as they are."
    )
    lab.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="working copy of notebooks and dossier; files already there are kept"
        " (default: the clone itself, or ./token-foundry-workbook)",
    )

    check = commands.add_parser("check", help="check a dossier and sum it up")
    check.add_argument(
        "dossier", nargs="?", type=Path, help="folder with datapackage.json (default: bundled)"
    )
    check.add_argument("--as-of", help="see only what was published by this day")
    check.add_argument(
        "--today", default=dt.date.today().isoformat(), help="day to judge overdue targets from"
    )
    check.add_argument("--notebooks", type=Path, help="folder whose notebooks' prose is checked too")
    check.add_argument("--strict", action="store_true", help="fail on a warning too")
    check.add_argument(
        "--all", action="store_true", help="list every broken rule and warning, not the first of each"
    )
    check.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="json: a list of broken rules and warnings",
    )

    run = commands.add_parser("run", help="run notebooks from top to bottom and store their outputs")
    run.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook of the workbook")
    return whole


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        Exit code: 0, or 1 where what was asked for failed.
    """
    try:
        code = _done(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _done(arguments: list[str] | None) -> int:
    whole = parser()
    given, others = whole.parse_known_args(arguments)
    if others and given.command != "lab":
        whole.error(f"unrecognized arguments: {' '.join(others)}")
    if given.command == "lab":
        return _lab(given.folder, others)
    if given.command == "check":
        return _check(given)
    return _run(given.notebooks)


def _lab(folder: Path | None, others: list[str]) -> int:
    from workbook.jupyter import workspace

    clone = bundled("data").parent
    if folder is None and (clone / "pyproject.toml").is_file():
        folder = clone
    else:
        folder = (folder or Path("token-foundry-workbook")).resolve()
        theirs = workspace.has_dossier(folder)
        try:
            written, kept = workspace.copy_to(folder)
        except OSError as error:  # a file of that name, or a place that may not be written to
            print(f"{folder} cannot be the working copy: {error}", file=sys.stderr)
            return 1
        print(f"{folder}: {len(written)} files written, {len(kept)} of yours kept as they are")
        if theirs:
            _tell_of_unreadable(folder / "data")
    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        print(
            'JupyterLab is not installed: python -m pip install "token-foundry-workbook[lab]"',
            file=sys.stderr,
        )
        return 1
    paths = [str(workspace.CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    ours = workspace.lab_arguments(folder)
    if workspace.ALLOW_ROOT in ours:
        print(
            "Running as root, which JupyterLab refuses unless told: started with allow_root, bound to "
            "localhost and with a token of its own, unless your own options say otherwise.",
            flush=True,  # a container's log is no terminal, and the server never ends
        )
    LabApp.launch_instance([*ours, *others])
    return 0


def _tell_of_unreadable(data: Path) -> None:
    """Say in one line why a dossier of the user's does not open, which is no reason not to start."""
    try:
        open(data)
    except DossierError as error:
        others = len(error.problems) - 1
        print(f"{data} does not open: {error.problems[0]}" + (f"; and {others} more" if others else ""))
    except FileNotFoundError as error:
        print(f"{error}; nothing was added to it, since it has tables")


def _check(given: argparse.Namespace) -> int:
    try:
        book = open(given.dossier, as_of=given.as_of)
        report = summary(book, given.today)
    except (DossierError, FileNotFoundError, ValueError) as error:
        return _refused(error, given)
    from workbook import review

    found = review.review(book)
    report += f"\n\n{review.listed(found, None if given.all else 2)}"
    slips = []
    if given.notebooks is not None:
        from workbook import prose

        paths = sorted(given.notebooks.glob("*.ipynb"))
        if not paths:
            return _refused(ValueError(f"no notebook in {given.notebooks}"), given)
        slips = [(path.name, str(slip)) for path in paths for slip in prose.check_notebook(book, path)]
        report += f"\n\nProse: {len(paths)} notebooks, {len(slips)} slips"
    if given.format == "json":
        warnings = [
            Problem(row["file"], None, row["column"], f"{row['rule']}: {row['detail']}", row["id"])
            for row in found.to_dict("records")
        ]
        print(_as_json([Problem(file, None, None, slip, "") for file, slip in slips], warnings))
    else:
        print(report)
        for _, slip in slips:
            print(f"  {slip}", file=sys.stderr)
    return 1 if slips or (given.strict and len(found)) else 0


def _refused(error: Exception, given: argparse.Namespace) -> int:
    """Print why a dossier does not open: to read, in full, or for a machine."""
    problems = error.problems if isinstance(error, DossierError) else []
    if given.format == "json":
        print(_as_json(problems or [Problem("", None, None, str(error), "")]))
    elif given.all and problems:
        print("\n".join(map(str, problems)), file=sys.stderr)
    else:
        print(error, file=sys.stderr)
    return 1


def _as_json(problems: list[Problem], warnings: Sequence[Problem] = ()) -> str:
    """List problems for a machine, each with its severity."""
    listed = [("error", problem) for problem in problems] + [("warning", problem) for problem in warnings]
    return json.dumps([{"severity": how} | asdict(problem) for how, problem in listed], indent=1)


def _run(paths: list[Path]) -> int:
    from workbook.jupyter import notebooks

    for path in paths or sorted(bundled("notebooks").glob("*.ipynb")):
        print(f"running {path}")
        notebooks.execute(path)
    return 0


def summary(book: Dossier, today: str | dt.date) -> str:
    """Sum a dossier up on one screen: tables, claims by theme and grade, disputes, overdue targets.

    Raises
    ------
    ValueError
        If `today` is not a date.

    Examples
    --------
    >>> print(summary(open(), "2026-11-23").splitlines()[0])
    <Dossier "Alibaba's AI reorganisation of 2026: a sourced dossier": 17 tables, everything>
    """
    from workbook import evidence

    rows = "  ".join(f"{name} {len(getattr(book, name))}" for name in book.tables)
    claims = book.claims
    grid = claims.groupby(["theme", "grade"], observed=True).size().unstack(fill_value=0)
    still_open = book.disputes[book.disputes["standing"] == "open"]
    day = read_day("today", today)
    due = evidence.stale(book, day)
    due = due[due["what"].isin(["target due", "event due", "series late"])]
    lines = [repr(book), "", f"Rows: {rows}", "", "Claims by theme and grade:"]
    lines += [f"  {line}" for line in (grid.to_string() if len(claims) else "none").splitlines()]
    lines += ["", f"Open disputes: {len(still_open)} of {len(book.disputes)}"]
    lines += [f"  {row.id}: {row.claim} / {row.against}" for row in still_open.itertuples()]
    lines += ["", f"Overdue on {day}: {len(due)}"]
    lines += [
        f"  {row.what}: {row.subject}, {row.metric} (due {row.due:%Y-%m-%d})" for row in due.itertuples()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
