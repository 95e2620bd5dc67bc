"""How each language writes an operation: Vega, Excel and LaTeX."""

from __future__ import annotations

from typing import TypeAlias

# For each language and operation: the text, how tightly it binds, and how tightly each operand has to bind to
# go without brackets. The right operand of + and * is bracketed too, so that the text rounds as Python does.
# A negated or negative operand always stands in brackets: "a--b" is a decrement to Vega and -A1^2 is a square
# of a negative number to Excel, which for the same reason is given POWER and never ^.
ANY, SUM, PRODUCT, FRACTION, POWER, ATOM = 0, 2, 3, 4, 5, 6
Table: TypeAlias = dict[str, tuple[str, int, tuple[int, ...]]]


def _calls(**templates: str) -> Table:
    return {kind: (text, ATOM, (ANY,) * text.count("{}")) for kind, text in templates.items()}


_ARITHMETIC: Table = {
    "+": ("{} + {}", SUM, (SUM, PRODUCT)),
    "-": ("{} - {}", SUM, (SUM, PRODUCT)),
    "*": ("{} * {}", PRODUCT, (PRODUCT, FRACTION)),
    "/": ("{} / {}", PRODUCT, (PRODUCT, FRACTION)),
    "neg": ("(-{})", ATOM, (ATOM,)),
} | {sign: ("{} " + sign + " {}", 1, (SUM, SUM)) for sign in ("<", "<=", ">", ">=", "==", "!=")}

TABLES: dict[str, Table] = {
    "vega": _ARITHMETIC
    | _calls(
        pow="pow({}, {})", exp="exp({})", log="log({})", abs="abs({})", max="max({}, {})", min="min({}, {})"
    )
    | _calls(
        positive="max(0, {})",
        cdf="cumulativeNormal({})",
        quantile="quantileNormal({})",
        where="({} ? {} : {})",
    ),
    "excel": _ARITHMETIC
    | {"==": ("{} = {}", 1, (SUM, SUM)), "!=": ("{} <> {}", 1, (SUM, SUM))}
    # Element by element in an array, where MAX would give the greatest of all.
    | {"positive": ("({0} + ABS({0})) / 2", PRODUCT, (SUM,))}
    | _calls(
        pow="POWER({}, {})", exp="EXP({})", log="LN({})", abs="ABS({})", max="MAX({}, {})", min="MIN({}, {})"
    )
    | _calls(cdf="NORM.S.DIST({}, TRUE)", quantile="NORM.S.INV({})", where="IF({}, {}, {})")
    | _calls(sum="SUMPRODUCT({})"),
    "latex": _ARITHMETIC
    | {
        "*": (r"{} \cdot {}", PRODUCT, (PRODUCT, FRACTION)),
        "/": (r"\frac{{{}}}{{{}}}", FRACTION, (ANY, ANY)),
        "neg": (r"\left(-{}\right)", ATOM, (ATOM,)),
        "pow": ("{{{}}}^{{{}}}", POWER, (ATOM, ANY)),
        "exp": ("e^{{{}}}", POWER, (ANY,)),
        "<=": (r"{} \le {}", 1, (SUM, SUM)),
        ">=": (r"{} \ge {}", 1, (SUM, SUM)),
        "==": ("{} = {}", 1, (SUM, SUM)),
        "!=": (r"{} \ne {}", 1, (SUM, SUM)),
        "where": (
            r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
            1,
            (0, 0, 0),
        ),
    }
    | _calls(log=r"\ln\left({}\right)", abs=r"\left|{}\right|", cdf=r"\Phi\left({}\right)")
    | _calls(
        positive=r"{{\left({}\right)}}^{{+}}", max=r"\max\left({}, {}\right)", min=r"\min\left({}, {}\right)"
    )
    | _calls(quantile=r"\Phi^{{-1}}\left({}\right)", sum=r"\mathbb{{E}}_Z\left[{}\right]"),
}

LATEX_NAMES = {
    "start": "A_0",
    "end": "A_1",
    "span": "T",
    "months": "m",
    "since": "t_0",
    "until": "t_1",
    "ceiling": "K",
    "growth": "g",
    "services": "S",
    "apps": "B",
    "correlation": r"\rho",
    "sd": r"\sigma",
    "sd_services": r"\sigma_S",
    "sd_apps": r"\sigma_B",
    "sd_retention": r"\sigma_R",
    "volatility": "v",
    "volatility_retention": "v_R",
    "median": r"\tilde{A}",
    "target": r"\hat{A}",
    "probability": "p",
    "churn": "c",
    "expansion": "e",
    "revenue": "R",
    "level": "L",
}
