import pytest
import traitlets

import workbook as wb
from workbook.arr import Scenario


@pytest.fixture
def what(book: wb.Dossier) -> wb.WhatIf:
    return wb.WhatIf(book)


def test_it_starts_at_the_guidance_and_says_what_it_rests_on(what: wb.WhatIf) -> None:
    assert (what.scenario.start_arr, what.scenario.end_arr) == (10, 30)
    assert {"arr-guided-june-2026", "arr-guided-december-2026"} <= set(what.claims)
    assert "30 Jun 2026" in what.start_arr.description
    assert "RMB bn" in what.end_arr.description


def test_moving_a_slider_changes_scenario_chart_and_figures(what: wb.WhatIf) -> None:
    before = what.chart.spec
    what.end_arr.value = 40
    assert what.scenario.end_arr == 40
    assert "4.00x" in what.readout.value  # 40 / 10
    assert "3.00x" in what.readout.value  # the guidance, 30 / 10
    assert what.chart.spec != before


def test_setting_the_scenario_moves_the_sliders(what: wb.WhatIf) -> None:
    seen = []
    what.observe(lambda change: seen.append(change["new"].end_arr), "scenario")
    what.scenario = what.scenario.replace(start_arr=12, end_arr=24, shape="linear")
    assert (what.start_arr.value, what.end_arr.value, what.shape.value) == (12, 24, "linear")
    assert seen == [24]


def test_a_scenario_outside_the_sliders_range_widens_it(what: wb.WhatIf) -> None:
    what.scenario = what.scenario.replace(end_arr=500)
    assert what.end_arr.max == 500
    assert what.end_arr.value == 500


def test_reset_goes_back(what: wb.WhatIf) -> None:
    what.end_arr.value = 55
    what.reset_button.click()
    assert what.scenario == what.guidance
    assert what.end_arr.value == 30


def test_only_a_scenario_can_be_set(what: wb.WhatIf) -> None:
    with pytest.raises(traitlets.TraitError):
        what.scenario = {"end_arr": 30}


def test_the_figures_are_the_models(what: wb.WhatIf) -> None:
    what.scenario = what.scenario.replace(end_arr=20)
    table = what.table().set_index("figure")
    s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=20)
    assert table.loc["cmgr", "this"] == pytest.approx(s.summary()["cmgr"])
    assert table.loc["cmgr", "this"] == pytest.approx(2 ** (1 / 6) - 1)  # doubled in six months


def test_a_stored_notebook_shows_a_picture_and_the_same_words_each_time(
    what: wb.WhatIf, book: wb.Dossier
) -> None:
    data, metadata = what._repr_mimebundle_()
    assert data["image/png"].startswith("iVBORw0KGgo")
    assert len(metadata["image/png"]["alt"]) > 20
    assert data["text/plain"] == wb.WhatIf(book)._repr_mimebundle_()[0]["text/plain"]
    assert data["text/plain"] == "WhatIf(RMB 10 bn on 2026-06-30 to RMB 30 bn on 2026-12-31, constant growth)"


def test_before_there_was_guidance_it_says_so(other_folder) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="no arr in the metrics"):
        wb.WhatIf(wb.open(other_folder, as_of="1999-01-01"))
