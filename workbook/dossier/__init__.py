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

What `frictionless validate` refuses is refused here too. Here is what is refused only by us:

- JSON to the letter: a key twice in one object, NaN, a number too large to be held, half a character.
- keys it does not know, at any level, since a rule behind them would be passed over; those of our own are
  in `descriptor`.
- keys it does not support, each by name: every dialect but commas and double quotes, every encoding but
  UTF-8, number formats, date formats, `uniqueKeys`, `fieldsMatch` and `categories`.
- values of another kind than the key has, and limits of another type than the column (`"minimum": null`).
- `missingValues` without the empty text: an empty cell is always missing.
- words for true and false in a column of another type, none at all, or one that means both.
- own keys that contradict the columns (`untilKnown` of a column that refers to nothing).
- keys join texts of one type, one column to one column, and hold to references as written (01 is not 1);
  every key column is filled.
- headers to the letter: no space, no other case, no blank line before.
- a cell of more than 131,072 characters, Python's limit: a quote that is not closed reads like one.
- quotes to the letter: one inside a quoted cell is written twice, and each is closed.
- numbers and dates to the letter: no spaces, no NaN, no infinity, no digits of other scripts, whole numbers
  within 64 bits, and the year of a date has four digits.
- a table of the form keeps the primary and foreign keys that ours has, since tables are joined by them.
- the whole text matches a pattern, where a pattern of alternatives may match a part for frictionless.
- web addresses (`format: uri`) without spaces, quotes and brackets.

Both refuse blank rows, at the end of a file too: a spreadsheet that leaves them may have lost something.
"""

from workbook.dossier.book import Dossier, open
from workbook.dossier.form import bundled
from workbook.dossier.problems import DossierError, Problem

__all__ = ["Dossier", "DossierError", "Problem", "bundled", "open"]
