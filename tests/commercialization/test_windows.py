"""Other companies' growth from each level on."""

import workbook as wb
from workbook.commercialization.windows import comparables


def test_every_published_level_of_a_comparable_is_a_start(book: wb.Dossier) -> None:
    table = comparables(book, months=6)
    zhipu = table[table["company"] == "Zhipu"]
    # 0.1, 1 and 1.6 bn in February, July and August 2026: two starts, and nothing after the last.
    assert zhipu.groupby("window")["multiple"].apply(list).tolist() == [[1, 10, 16], [1, 1.6]]
    assert (table["t"] <= 6).all()
