"""The dossier as users hold it: typed tables, as known on one day."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pandas as pd

from workbook.dates import read_day
from workbook.dossier.form import another_form, bundled, fields, form_problems
from workbook.dossier.formula import inputs
from workbook.dossier.joined import JOINED, metrics
from workbook.dossier.package import foreign_keys, load, read_package, resource
from workbook.dossier.problems import DossierError
from workbook.dossier.rules import house_rules
from workbook.dossier.schema import values
from workbook.dossier.tables import read_tables, schema_problems
from workbook.hints import closest

__all__ = ["Dossier", "open"]


def open(path: str | Path | None = None, as_of: str | dt.date | None = None) -> Dossier:
    """Open a dossier and check it whole.

    Parameters
    ----------
    path
        Folder that holds `datapackage.json` and its CSV files; None opens the bundled dossier.
    as_of
        See only what had been published by this day (ISO text or a date); None sees everything.

    Returns
    -------
    Dossier
        Its tables are attributes: `book.claims`, `book.metrics`, ...

    Raises
    ------
    DossierError
        With every broken rule: file, row, column, rule, value.
    FileNotFoundError
        If the folder has no `datapackage.json`.
    ValueError
        If `as_of` is not a date.

    Examples
    --------
    >>> book = open(as_of="2026-06-08")
    >>> f"{book.sources['published'].max():%Y-%m-%d}"
    '2026-06-08'
    """
    folder = bundled("data") if path is None else Path(path)
    return Dossier(folder, as_of)


class Dossier:
    """Tables of one dossier, as known on one day.

    Each table named in `datapackage.json` is an attribute that gives a fresh pandas DataFrame: change
    it freely, the dossier keeps its own. Dates are `datetime64`, integers `Int64`, enumerations are
    categories (ordered where the data package says so). `frame.attrs` has the table's name, its
    description and `as_of`.
    """

    def __init__(self, path: Path, as_of: str | dt.date | None = None) -> None:
        self.path = path
        self.as_of = None if as_of is None else read_day("as_of", as_of)
        package = load(path)
        if older := list(another_form(package)):
            raise DossierError(path, older)
        self.package = read_package(path, package, dir(type(self)))
        if unlike := list(form_problems(self.package)):
            raise DossierError(path, unlike)
        self._frames: dict[str, pd.DataFrame] = {}
        self._tables, problems = read_tables(path, self.package)
        problems += schema_problems(self.package, self._tables)
        # A cell that breaks the data package's rule is not told again of what follows from that.
        told = {(problem.file, problem.row, problem.column) for problem in problems}
        problems += [p for p in house_rules(self._tables) if (p.file, p.row, p.column) not in told]
        if problems:
            raise DossierError(path, problems)

    def __repr__(self) -> str:
        """Say which dossier, and as of when."""
        seen = "everything" if self.as_of is None else f"as known on {self.as_of:%Y-%m-%d}"
        return f"<Dossier {self.package.get('title', self.path)!r}: {len(self.tables)} tables, {seen}>"

    def __dir__(self) -> list[str]:
        """List the tables beside the methods."""
        return [*super().__dir__(), *self.tables]

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Build a table when it is first asked for; one that the dossier does without is empty."""
        if name.startswith("_") or name not in {*self.tables, *fields()}:
            near = closest(name, self.tables)
            raise AttributeError(f"no table {name!r}{near} in this dossier; it has: {', '.join(self.tables)}")
        return self._frame(name).copy()

    def _frame(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            frame = self._joined(name)
            frame.attrs = {
                "table": name,
                "description": self._description(name),
                "as_of": None if self.as_of is None else self.as_of.isoformat(),
            }
            self._frames[name] = frame
        return self._frames[name]

    @property
    def tables(self) -> list[str]:
        """Names of the tables, in the order of the data package, and `metrics`, which is made of claims."""
        return [*self.__dict__.get("_tables", ()), "metrics"]

    @property
    def subjects(self) -> dict[str, str]:
        """Names under which the dossier's own figures stand, with their Chinese names where given.

        The company (`subject` in `datapackage.json`) and what it reports on as a whole or a part of it
        (`parts`: a list of name and name_zh). Figures of any other subject are those of peers. Empty where
        the data package names no subject.
        """
        if "subject" not in self.package:
            return {}
        parts = self.package.get("parts", [])
        return {self.package["subject"]: ""} | {part["name"]: part.get("name_zh", "") for part in parts}

    def _description(self, name: str) -> str:
        if name == "metrics":
            return "One figure of a series for one period or day: the claims that are data."
        described = resource(self.package, name) if name in self._tables else {}
        return str(described.get("description", ""))

    def _joined(self, name: str) -> pd.DataFrame:
        if name == "metrics":
            return metrics(self._frame("claims"), self._frame("series"), self._frame("disputes"))
        rows = self._typed(name)
        if name not in JOINED:
            return rows
        claims = self._claims_by_id.reindex(rows["claim"]).reset_index(drop=True)
        return JOINED[name](rows, claims)

    @cached_property
    def _claims_by_id(self) -> pd.DataFrame:
        return self._frame("claims").set_index("id").assign(known=self.known["day"])

    @property
    def known(self) -> pd.DataFrame:
        """When each claim of this view became known, and by which document.

        The first document that prints a claim, or says the same, makes it known; a derived claim is known
        with the last of what it is computed from. Index: ids of claims; columns day and source.
        """
        first = [self._first_said[claim] for claim in self._frame("claims")["id"]]
        days = pd.to_datetime(pd.Series([day for day, *_ in first], dtype="str"), format="%Y-%m-%d")
        sources = pd.Series([source for _, source, _ in first], dtype="str")
        table = pd.DataFrame({"day": days.astype("datetime64[us]"), "source": sources})
        return table.set_axis(self._frame("claims")["id"])

    @cached_property
    def _first_said(self) -> dict[str, tuple[str, str, str]]:
        """Of each claim the day it became known, and the document and the place in it that said it first."""
        said = self._own_documents(None)
        if "confirmations" in self._tables:
            others = self._tables["confirmations"].columns
            for claim, source, locator, says in zip(
                *(others[name] for name in ("claim", "source", "locator", "says")), strict=True
            ):
                day = self._published.get(source, "")
                if says == "same" and claim in said and day < said[claim][0]:
                    said[claim] = (day, source, locator)
        return self._with_derived(said)

    @cached_property
    def _published(self) -> dict[str, str]:
        """Of each document the day it came out; a data package may do without the key that asks for it."""
        sources = self._tables["sources"].columns
        return dict(zip(sources["id"], sources["published"], strict=True))

    @cached_property
    def _formulas(self) -> dict[str, list[str]]:
        """Of each derived claim the claims it is computed from."""
        columns = self._tables["claims"].columns
        return {c: inputs(f) for c, f in zip(columns["id"], columns["formula"], strict=True) if f}

    def _own_documents(self, asked: set[str] | None) -> dict[str, tuple[str, str, str]]:
        """Of each claim, or those asked for, the day of the document it names, the document and the place."""
        columns = self._tables["claims"].columns
        return {
            claim: (self._published.get(source, ""), source, locator)
            for claim, source, locator in zip(
                columns["id"], columns["source"], columns["locator"], strict=True
            )
            if source and (asked is None or claim in asked)
        }

    def _with_derived(self, said: dict[str, tuple[str, str, str]]) -> dict[str, tuple[str, str, str]]:
        """Add what is computed: with the last of its claims, whose document it shows if it names none."""
        for claim in TopologicalSorter(self._formulas).static_order():
            if claim in self._formulas:
                mine = said.get(claim, ("", "", ""))
                last = max((said[name] for name in self._formulas[claim]), default=("", "", ""))
                said[claim] = (max(last[0], mine[0]), mine[1] or last[1], mine[2])
        return said

    def _sources_shown(self) -> dict[str, tuple[str, str, str]]:
        """Of each claim whose document is not the one its row names, that which is shown."""
        if self.as_of is not None:
            return self._first_said
        needed = {*self._formulas, *chain.from_iterable(self._formulas.values())}
        return self._with_derived(self._own_documents(needed))

    @cached_property
    def _known(self) -> dict[str, list[int]]:
        """Positions of the rows that can be known on `as_of`: closed over the foreign keys."""
        known = {name: list(range(len(table))) for name, table in self._tables.items()}
        if self.as_of is None:
            return known
        day = self.as_of.isoformat()
        if "sources" in known:
            published = self._tables["sources"].columns["published"]
            known["sources"] = [i for i in known["sources"] if published[i] <= day]
        if "claims" in known:
            ids = self._tables["claims"].columns["id"]
            known["claims"] = [i for i in known["claims"] if self._first_said[ids[i]][0] <= day]
        changed = True
        while changed:
            changed = False
            for name, key, field in foreign_keys(self.package):
                # A claim is known by whichever document said it first, not by its own alone.
                if "untilKnown" in field or (name, field["name"]) == ("claims", "source"):
                    continue
                target, texts = self._target(known, key), self._tables[name].columns[field["name"]]
                kept = [i for i in known[name] if not texts[i] or texts[i] in target]
                changed |= len(kept) < len(known[name])
                known[name] = kept
        return known

    def _target(self, known: dict[str, list[int]], key: dict[str, str]) -> set[str]:
        """Return the known values of the column that a foreign key refers to."""
        texts = self._tables[key["resource"]].columns[key["fields"]]
        return {texts[i] for i in known[key["resource"]]}

    def _typed(self, name: str) -> pd.DataFrame:
        """Return the known rows of one file, with what was known of their ends and verdicts."""
        if name not in self._tables:
            return pd.DataFrame({field["name"]: values([], field) for field in fields()[name]})
        columns = dict(self._tables[name].columns)
        if self.as_of is not None:
            columns = {c: [texts[i] for i in self._known[name]] for c, texts in columns.items()}
        if name == "claims":
            columns |= {column: list(columns[column]) for column in ("source", "locator")}
            shown = self._sources_shown()
            for at, claim in enumerate(columns["id"]):
                if self.as_of is not None or not columns["source"][at]:
                    _, columns["source"][at], columns["locator"][at] = shown[claim]
        for table, key, field in foreign_keys(self.package):
            if self.as_of is None or table != name or "untilKnown" not in field:
                continue
            target = self._target(self._known, key)
            for at, text in enumerate(columns[field["name"]]):
                if text and text not in target:
                    for column, before in ({field["name"]: ""} | field["untilKnown"]).items():
                        columns[column][at] = before or ""
        described = resource(self.package, name)["schema"]["fields"]
        return pd.DataFrame({field["name"]: values(columns[field["name"]], field) for field in described})
