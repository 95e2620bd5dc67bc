"""The dossier as users hold it: typed tables, as known on one day."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path

import pandas as pd

from workbook.dates import read_day
from workbook.dossier.package import foreign_keys, read_package, resource
from workbook.dossier.problems import DossierError
from workbook.dossier.rules import house_rules
from workbook.dossier.schema import values
from workbook.dossier.tables import read_tables, schema_problems

__all__ = ["Dossier", "bundled", "open"]


def bundled(name: str) -> Path:
    """Return the folder of the bundled `data` or `notebooks`, in a wheel or in a clone.

    Examples
    --------
    >>> (bundled("data") / "datapackage.json").is_file()
    True
    """
    package = Path(__file__).parents[1]
    in_wheel = package / "bundled" / name
    return in_wheel if in_wheel.is_dir() else package.parent / name


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
    >>> bool(book.sources["published"].max() <= pd.Timestamp("2026-06-08"))
    True
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
        self.package = read_package(path, dir(type(self)))
        self._frames: dict[str, pd.DataFrame] = {}
        self._tables, problems = read_tables(path, self.package)
        problems += schema_problems(self.package, self._tables)
        problems += house_rules(self._tables)
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
        """Build a table when it is first asked for."""
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(f"no table {name!r} in this dossier; it has: {', '.join(self.tables)}")
        if name not in self._frames:
            self._frames[name] = self._typed(name)
        return self._frames[name].copy()

    @property
    def tables(self) -> list[str]:
        """Names of the tables, in the order of the data package."""
        return list(self.__dict__.get("_tables", ()))

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
        changed = True
        while changed:
            changed = False
            for name, key, field in foreign_keys(self.package):
                if "untilKnown" in field:
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
        known = self._known[name]
        columns = {c: [texts[i] for i in known] for c, texts in self._tables[name].columns.items()}
        for table, key, field in foreign_keys(self.package):
            if table != name or "untilKnown" not in field:
                continue
            target = self._target(self._known, key)
            for at, text in enumerate(columns[field["name"]]):
                if text and text not in target:
                    for column, before in ({field["name"]: ""} | field["untilKnown"]).items():
                        columns[column][at] = before or ""
        described = resource(self.package, name)
        frame = pd.DataFrame(
            {f["name"]: values(columns[f["name"]], f) for f in described["schema"]["fields"]}
        )
        frame.attrs = {
            "table": name,
            "description": described.get("description", ""),
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
        }
        return frame
