from workbook.hints import closest, question


def test_the_most_similar_is_found_among_many() -> None:
    many = [f"claim-{number}" for number in range(100_000)]
    assert question("clam-77", many) == "did you mean 'claim-77'?"
    assert question("nothing like it", many) == ""


def test_only_the_most_similar_of_several_is_named() -> None:
    assert closest("end_ar", ["start_arr", "end_arr"]) == " (did you mean 'end_arr'?)"


def test_a_word_in_common_makes_no_suggestion() -> None:
    assert closest("cloud-capex", ["cloud-revenue-june-2026", "qwen-cloud-regions"]) == ""
