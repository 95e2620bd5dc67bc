import ast
import math
import operator
import random
import re

import pytest

from tests.arr.oracles import recalculated, vega_values
from tests.arr.test_formulas import NAMES
from workbook.arr import FLOATS, excel, formulas, latex, steps, vega

VALUES = {"a": 1.7, "b": -0.6, "c": 3.25, "d": -2.0}


def test_a_formula_becomes_text_in_the_authors_order():
    assert vega(formulas.net_new_arr) == "end - start"
    assert vega(formulas.linear, t="datum.t") == "start + (end - start) * datum.t / span"
    assert excel(formulas.cmgr, start="B2", end="B3", span="B4") == "POWER(B3 / B2, 1 / B4) - 1"
    assert excel(formulas.p_target_one_driver, median="B2", sd=0.5, target="'My plan'!C1") == (
        "IF(0.5 > 0, NORM.S.DIST(LN(B2 / 'My plan'!C1) / 0.5, TRUE), IF(B2 >= 'My plan'!C1 * 0.999999999999, 1, 0))"
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("exponential", r"A_0 \cdot {\left(\frac{A_1}{A_0}\right)}^{\frac{t}{T}}"),
        ("linear", r"A_0 + \frac{\left(A_1 - A_0\right) \cdot t}{T}"),
        ("cmgr", r"{\left(\frac{A_1}{A_0}\right)}^{\frac{1}{T}} - 1"),
        ("gross_new_arr", r"\mathrm{net\_new} - \ln\left(1 - c\right) \cdot 12 \cdot R"),
        ("months_at_growth", r"\frac{\ln\left(\frac{L}{A_0}\right)}{\ln\left(1 + g\right)}"),
        ("quantile_one_driver", r"\tilde{A} \cdot e^{\sigma \cdot \Phi^{-1}\left(p\right)}"),
    ],
)
def test_latex_reads_as_an_analyst_would_write_it(name, text):
    assert latex(getattr(formulas, name)) == text


# What MathJax, as JupyterLab and nbconvert load it, knows without an extension.
MATHJAX = {
    "frac",
    "left",
    "right",
    "cdot",
    "ln",
    "max",
    "min",
    "Phi",
    "begin",
    "end",
    "text",
    "mathrm",
    "mathbb",
}
MATHJAX |= {"sigma", "rho", "tilde", "hat", "le", "ge", "ne", "_", "\\"}


@pytest.mark.parametrize("name", NAMES)
def test_latex_is_balanced_and_keeps_to_what_mathjax_knows(name):
    for text in steps(getattr(formulas, name), "latex").values():
        assert set(re.findall(r"\\([A-Za-z]+|.)", text)) <= MATHJAX
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")


def random_expression(rng: random.Random, depth: int):
    """Draw a function of (o, a, b, c, d) of nested operations, with negative numbers among them."""
    if depth == 0:
        name = rng.choice([*VALUES, None])
        number = rng.choice([-3.0, -0.5, 2.0, 1e-6])
        return (lambda o, **v: v[name]) if name else (lambda o, **v: number)
    left, right = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    binary = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": lambda x, y: x / (y * y + 1),  # a divisor that is never 0
    }
    kind = rng.choice([*binary, "neg", "where", "max", "min", "pow", "exp", "abs", "positive", "cdf"])
    if kind in binary:
        return lambda o, **v: binary[kind](left(o, **v), right(o, **v))
    if kind == "neg":
        return lambda o, **v: -left(o, **v)
    if kind == "where":
        return lambda o, **v: o.where(
            left(o, **v) < right(o, **v), lambda: left(o, **v), lambda: -right(o, **v)
        )
    if kind == "pow":
        return lambda o, **v: o.pow(o.abs(left(o, **v)) + 0.5, 2) - o.pow(-right(o, **v), 2)
    if kind == "exp":
        return lambda o, **v: o.exp(-o.abs(left(o, **v)))
    if kind in ("max", "min"):
        return lambda o, **v: getattr(o, kind)(left(o, **v), right(o, **v))
    return lambda o, **v: getattr(o, kind)(left(o, **v))


def expressions(count: int) -> list:
    rng = random.Random(7)  # noqa: S311 (a repeatable draw, not a secret)
    return [of_four(random_expression(rng, rng.randint(1, 4))) for _ in range(count)]


def of_four(expression):
    return lambda o, a, b, c, d: expression(o, a=a, b=b, c=c, d=d)


def test_vega_computes_any_nesting_as_python_does():
    drawn = expressions(400)
    texts = {f"x{k}": vega(f, **{name: f"datum.{name}" for name in VALUES}) for k, f in enumerate(drawn)}
    results = vega_values(texts, [VALUES])
    for k, f in enumerate(drawn):
        assert results[f"x{k}"] == pytest.approx([f(FLOATS, **VALUES)], rel=1e-12, abs=1e-12), texts[f"x{k}"]


def test_a_spreadsheet_computes_any_nesting_as_python_does(tmp_path):
    drawn = expressions(200)
    texts = {f"x{k}": excel(f, **{name: f"cell.{name}" for name in VALUES}) for k, f in enumerate(drawn)}
    results = recalculated(tmp_path, {"fuzz": ([VALUES], texts)})["fuzz"]
    for k, f in enumerate(drawn):
        # A spreadsheet rounds a small difference of large terms to 0.
        assert results[f"x{k}"] == pytest.approx([f(FLOATS, **VALUES)], rel=1e-9, abs=1e-9), texts[f"x{k}"]


def test_negative_operands_stand_in_brackets():
    assert vega(lambda o, a, b: a - -b) == "a - (-b)"
    assert vega(lambda o, a: a - -3) == "a - (-3)"
    assert excel(lambda o, a: -o.pow(a, 2)) == "(-POWER(a, 2))"
    assert excel(lambda o, a: o.pow(-a, 2)) == "POWER((-a), 2)"
    assert excel(lambda o, a: 1 - (2 - a)) == "1 - (2 - a)"


def test_numbers_are_written_so_that_each_language_reads_them():
    assert vega(lambda o, x: x * 1, x=1e-300) == "1e-300 * 1"
    assert excel(lambda o, x: x * 1, x=1e-300) == "1E-300 * 1"
    assert latex(lambda o, x: x * 1, x=2.5e-7) == r"2.5 \cdot 10^{-7} \cdot 1"
    assert ast.literal_eval(vega(lambda o, x: x, x=0.1 + 0.2)) == 0.1 + 0.2
    for number in (math.inf, math.nan):
        with pytest.raises(ValueError, match="finite"):
            vega(formulas.net_new_arr, start=number)


def test_an_expression_given_for_a_parameter_is_bracketed():
    text = vega(formulas.multiple, start="june + 1", end="datum['year end']")
    assert text == "datum['year end'] / (june + 1)"
    assert latex(formulas.multiple, end="A_1 + x") == r"\frac{\left(A_1 + x\right)}{A_0}"


def test_a_symbolic_comparison_is_never_lost():
    with pytest.raises(TypeError, match=r"o\.where"):
        vega(lambda o, a: 1 if a == 2 else 3)
    with pytest.raises(TypeError, match=r"o\.where"):
        vega(lambda o, a: 3 < a < 5)
    with pytest.raises(TypeError, match="unsupported operand"):
        vega(lambda o, a: a**2)
    with pytest.raises(AttributeError, match=r"o\.sin"):
        vega(lambda o, a: o.sin(a))


def test_wrong_names_are_refused_with_those_there_are():
    with pytest.raises(
        TypeError, match=r"cmgr has no parameter 'strat' \(did you mean 'start'\?\): it has start"
    ):
        vega(formulas.cmgr, strat="x")
    with pytest.raises(ValueError, match="language is 'lotus': give one of vega, excel, latex"):
        steps(formulas.cmgr, "lotus")


def test_a_formula_too_long_for_a_cell_is_refused():
    with pytest.raises(ValueError, match=r"p_target_two_drivers is \d+ characters .* takes 8191: .*steps"):
        excel(formulas.p_target_two_drivers)


def test_steps_use_only_names_that_come_before():
    chain = steps(formulas.p_target_two_drivers, "vega", prefix="p_")
    assert list(chain)[-1] == "p_target_two_drivers"
    known: set[str] = set()
    for name, text in chain.items():
        assert set(re.findall(r"\bp_\w+", text)) <= known
        known.add(name)


def test_the_expectation_is_that_of_a_standard_normal():
    # Moments of a standard normal, and E[Phi(a + b Z)] = Phi(a / sqrt(1 + b^2)).
    for power, moment in ((0, 1), (1, 0), (2, 1)):
        assert FLOATS.expect(lambda z, k=power: z**k) == pytest.approx(moment, abs=1e-10)
    for a, b in ((0.3, 0.5), (-2, 2), (1, 5)):
        want = 0.5 * math.erfc(-a / math.sqrt(2 * (1 + b * b)))
        assert FLOATS.expect(lambda z, a=a, b=b: FLOATS.cdf(a + b * z)) == pytest.approx(want, abs=1e-11)
