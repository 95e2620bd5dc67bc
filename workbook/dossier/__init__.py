"""Open a dossier: check every table against its data package, then hand out typed pandas tables.

Policy, in the order it is applied:

- `datapackage.json` (Table Schema) is the one description: types, required, unique, enum, pattern,
  range, primary and foreign keys. What it says is enforced (`tables`), and what could not be enforced
  is an error rather than a rule passed over (`package`).
- The rules that Table Schema has no words for are in `rules`, each with its reason.
- All broken rules of all files are reported in one `DossierError`; no table is handed out before.
- `as_of` hides every document published later, every claim it makes and every row that rests on one.
  An end or a verdict that rests on a hidden claim (`untilKnown` in the data package) reverts to what
  was known before (`book`).
"""

from workbook.dossier.book import Dossier, open
from workbook.dossier.form import bundled
from workbook.dossier.problems import DossierError, Problem

__all__ = ["Dossier", "DossierError", "Problem", "bundled", "open"]
