"""A formula as text: a Vega expression, an Excel formula, LaTeX.

`vega`, `excel`, `latex` and `steps` hand a formula of `workbook.arr.formulas` nodes that remember what was
done to them, and write that down.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbook.arr.languages import ANY, LATEX_NAMES, TABLES
from workbook.arr.operations import NODES, NORMAL_SPAN, Formula, Number, Ops, normal_rule
from workbook.hints import closest


@dataclass(frozen=True, eq=False)
class Node:
    """One operation on other nodes, or a name or number; arithmetic on nodes makes nodes.

    A node has no truth value: `if` and chained comparisons in a formula would silently lose a branch, so
    they raise `TypeError`.
    """

    kind: str
    args: tuple[Any, ...]

    def __add__(self, other: Number) -> Node:
        return Node("+", (self, _node(other)))

    def __radd__(self, other: Number) -> Node:
        return Node("+", (_node(other), self))

    def __sub__(self, other: Number) -> Node:
        return Node("-", (self, _node(other)))

    def __rsub__(self, other: Number) -> Node:
        return Node("-", (_node(other), self))

    def __mul__(self, other: Number) -> Node:
        return Node("*", (self, _node(other)))

    def __rmul__(self, other: Number) -> Node:
        return Node("*", (_node(other), self))

    def __truediv__(self, other: Number) -> Node:
        return Node("/", (self, _node(other)))

    def __rtruediv__(self, other: Number) -> Node:
        return Node("/", (_node(other), self))

    def __neg__(self) -> Node:
        return Node("neg", (self,))

    def __lt__(self, other: Number) -> Node:
        return Node("<", (self, _node(other)))

    def __le__(self, other: Number) -> Node:
        return Node("<=", (self, _node(other)))

    def __gt__(self, other: Number) -> Node:
        return Node(">", (self, _node(other)))

    def __ge__(self, other: Number) -> Node:
        return Node(">=", (self, _node(other)))

    def __eq__(self, other: Number) -> Node:  # type: ignore[override]
        return Node("==", (self, _node(other)))

    def __ne__(self, other: Number) -> Node:  # type: ignore[override]
        return Node("!=", (self, _node(other)))

    def __bool__(self) -> bool:
        raise TypeError("a symbolic comparison is neither true nor false: choose with o.where(test, yes, no)")


# What may stand without brackets: a variable or member in Vega, a cell or defined name in Excel, and in LaTeX
# whatever holds no operator.
_PLAIN = re.compile(r"[\w.$!]+|'[^']+'![\w$]+|[\w.]+\[(?:'[^']*'|\"[^\"]*\")\]")
_EXCEL_LONGEST = 8191
_MOST = 1_000_000
_LATEX_OPERATOR = re.compile(r"[-+*/<>=]")


class _Writer:
    """The operations object that writes; `steps` collects the named intermediate values, when wanted."""

    def __init__(
        self, language: str, steps: dict[str, str] | None = None, prefix: str = "", nodes: int = NODES
    ) -> None:
        self.language, self.steps, self.prefix, self.nodes = language, steps, prefix, nodes
        self.sharpest = 6.0

    def __getattr__(self, kind: str) -> Callable[..., Node]:
        if kind not in TABLES[self.language]:
            raise AttributeError(f"a formula cannot use o.{kind}")
        return lambda *args: Node(kind, tuple(_node(arg) for arg in args))

    def where(self, test: Number, yes: Callable[[], Number], no: Callable[[], Number]) -> Node:
        return Node("where", (_node(test), _node(yes()), _node(no())))

    def let(self, name: str, value: Number) -> Number:
        if self.steps is None:
            return value
        name, text = self.prefix + name, _text(_node(value), self.language)
        if self.steps.setdefault(name, text) != text:
            raise ValueError(f"{name!r} names two values: tell them apart by o.within(prefix)")
        return Node("name", (_usual(name, self.language),))

    def within(self, prefix: str) -> _Writer:
        return _Writer(self.language, self.steps, self.prefix + prefix, self.nodes)

    def expect(self, f: Callable[[Number], Number], sharpness: Number = 4) -> Number:
        if self.language == "latex":
            return Node("sum", (f(Node("raw", ("Z",))),))
        nodes, weights = normal_rule(self.nodes)
        if self.language == "excel":
            # SUMPRODUCT reads arrays element by element in every version, without Ctrl+Shift+Enter.
            z = Node("raw", ("{" + ";".join(f"{node:g}" for node in nodes) + "}",))
            density = self.exp(self.pow(z, 2) / -2) * (NORMAL_SPAN / self.nodes / math.sqrt(2 * math.pi))
            return Node("sum", (density * f(z),))
        terms = [weight * f(_node(z)) for z, weight in zip(nodes, weights, strict=True)]
        return sum(terms[1:], start=terms[0])


def vega(formula: Formula, **names: str | float) -> str:
    """Write a formula as a Vega expression.

    Parameters
    ----------
    formula
        A function of `workbook.arr.formulas`.
    **names
        For each parameter of the formula the variable, expression or number that stands for it; a parameter
        that is not named keeps its own name.

    Raises
    ------
    TypeError
        When the formula has no such parameter, naming those it has.
    ValueError
        When the text would be millions of characters long, as that of a search is: see `steps`.

    Examples
    --------
    >>> from workbook.arr import formulas
    >>> vega(formulas.exponential, start="start_arr", end="end_arr", span="months", t="datum.t")
    'start_arr * pow(end_arr / start_arr, datum.t / months)'
    """
    return _write(formula, names, _Writer("vega"))


def excel(formula: Formula, **names: str | float) -> str:
    """Write a formula as Excel text, without the leading equals sign.

    Parameters and errors are those of `vega`; a name is a cell or a defined name. Written to a file with
    xlsxwriter, `NORM.S.DIST` and `NORM.S.INV` need the workbook's option `use_future_functions`.

    Examples
    --------
    >>> from workbook.arr import formulas
    >>> excel(formulas.cmgr, start="B2", end="B3", span=6)
    'POWER(B3 / B2, 1 / 6) - 1'
    """
    return _write(formula, names, _Writer("excel"))


def latex(formula: Formula, **names: str | float) -> str:
    r"""Write a formula as LaTeX that MathJax reads in a notebook.

    Parameters and errors are those of `vega`; a parameter that is not named gets its usual symbol.

    Examples
    --------
    >>> from workbook.arr import formulas
    >>> print(latex(formulas.cmgr))
    {\left(\frac{A_1}{A_0}\right)}^{\frac{1}{T}} - 1
    """
    return _write(formula, names, _Writer("latex"))


def steps(
    formula: Formula, language: str, prefix: str = "", nodes: int = NODES, **names: str | float
) -> dict[str, str]:
    """Write a formula as a chain of named texts, each using those before it.

    The shortest reading of a formula with intermediate values: give each text a Vega parameter, a calculate
    transform or a cell of its own.

    Parameters
    ----------
    formula, **names
        As for `vega`.
    language
        "vega", "excel" or "latex".
    prefix
        Put before every intermediate name; the last text has the formula's own name, without it.
    nodes
        Terms of a mean over a normal variable. With 36 instead of 96 a quantile of two drivers has three
        eighths of the work and was off by up to 6.1e-4 of itself, 99 of 100 by less than 1.2e-4 (1,500 random
        quantiles, standard deviations of the drivers' logarithms up to 0.75 and 1): no drawing shows it.

    Examples
    --------
    >>> from workbook.arr import formulas
    >>> list(steps(formulas.p_target_two_drivers, "vega", prefix="p_"))[-2:]
    ['p_factor', 'p_target_two_drivers']
    """
    if language not in TABLES:
        raise ValueError(f"language is {language!r}: give one of {', '.join(TABLES)}")
    chain: dict[str, str] = {}
    chain[formula.__name__] = _write(formula, names, _Writer(language, chain, prefix, nodes))
    return chain


def named(
    compute: Callable[[Ops], object], language: str, prefix: str = "", nodes: int = NODES
) -> dict[str, str]:
    """Write all that a function of an operations object names with `let`, in that order.

    Where `steps` writes one formula, this writes what several of them make, such as
    `workbook.arr.figures.figures`. The other parameters are those of `steps`.

    Examples
    --------
    >>> named(lambda o: o.let("twice", 2 * Node("name", ("x",))), "vega", prefix="p_")
    {'p_twice': '2 * x'}
    """
    chain: dict[str, str] = {}
    compute(_Writer(language, chain, prefix, nodes))
    return chain


def _write(formula: Formula, names: dict[str, str | float], writer: _Writer) -> str:
    language = writer.language
    parameters = list(inspect.signature(formula).parameters)[1:]
    for name in names:
        if name not in parameters:
            raise TypeError(
                f"{formula.__name__} has no parameter {name!r}{closest(name, parameters)}: "
                f"it has {', '.join(parameters)}"
            )
    arguments = [_node(names.get(name, _usual(name, language))) for name in parameters]
    whole = _node(formula(writer, *arguments))
    if _operations(whole, {}) > _MOST:
        raise ValueError(f"{formula.__name__} is too long for one text: write it with steps(...)")
    text = _text(whole, language)
    if language == "excel" and len(text) > _EXCEL_LONGEST:
        raise ValueError(
            f"{formula.__name__} is {len(text)} characters long and an Excel cell takes {_EXCEL_LONGEST}: "
            "write it over several cells with steps(...), or give shorter names"
        )
    return text


def _operations(node: Node, known: dict[int, int]) -> int:
    # A value used again is written again, so a chain of them grows by powers; the nodes themselves do not.
    if id(node) not in known:
        known[id(node)] = 1 + sum(_operations(arg, known) for arg in node.args if isinstance(arg, Node))
    return known[id(node)]


def _usual(name: str, language: str) -> str:
    if language != "latex":
        return name
    return LATEX_NAMES.get(name) or (r"\mathrm{" + name.replace("_", r"\_") + "}" if len(name) > 1 else name)


def _node(value: Number) -> Node:
    if isinstance(value, Node):
        return value
    if isinstance(value, str):
        return Node("name", (value,))
    if not math.isfinite(value):
        raise ValueError(f"{value!r} has no reading as text: give a finite number")
    return Node("number", (float(value),))


def _text(node: Node, language: str, binds: int = ANY) -> str:
    if node.kind == "number":
        return _number(node.args[0], language)
    if node.kind == "raw":
        return str(node.args[0])
    if node.kind == "name":
        name = str(node.args[0])
        plain = not _LATEX_OPERATOR.search(name) if language == "latex" else _PLAIN.fullmatch(name)
        return name if plain else _bracketed(name, language)
    template, own, operands = TABLES[language][node.kind]
    text = template.format(
        *(_text(arg, language, need) for arg, need in zip(node.args, operands, strict=True))
    )
    return text if own >= binds else _bracketed(text, language)


def _bracketed(text: str, language: str) -> str:
    return rf"\left({text}\right)" if language == "latex" else f"({text})"


def _number(value: float, language: str) -> str:
    text = repr(value).removesuffix(".0")
    if language == "latex":
        text = re.sub(
            r"e([+-])0*(\d+)", lambda power: rf" \cdot 10^{{{power[1].strip('+')}{power[2]}}}", text
        )
    elif language == "excel":
        text = text.upper()
    return f"({text})" if value < 0 else text
