"""What a formula is read as, and what is refused."""

import pytest

from workbook.dossier.formula import FormulaError, Quantity, calculate, inputs


def test_brackets_and_precedence_are_those_of_arithmetic() -> None:
    figures = {"a": 6.0, "b-2": 3.0, "2c": 2.0}

    def figure(claim: str) -> Quantity:
        return Quantity(figures[claim], figures[claim])

    for formula, wanted in {
        "a + b-2 * 2c": 12,
        "(a + b-2) * 2c": 18,
        "a - b-2 - 2c": 1,
        "a / b-2 / 2c": 1,
        "a - (b-2 - 2c)": 5,
        "((a))": 6,
        "a/2": 3,
    }.items():
        assert calculate(formula, figure).low == wanted, formula
    assert inputs("a - (b-2 - 2c)") == ["a", "b-2", "2c"]


@pytest.mark.parametrize(
    "formula", ["", "a +", "* a", "a b", "(a", "a)", "a ** a", "a; b", "4 x a", "a − b", "1e5 + a ^ 2", "()", "(" * 999]
)  # fmt: skip
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        calculate(formula, lambda _: Quantity(1, 1))
