"""Files from spreadsheets that write `1.234,50`: the numbers are numbers, all else stays."""

from __future__ import annotations

import pytest

import shoal
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.imports.understanding import preview
from shoal.project.portuguese import PORTUGUESE
from shoal.sources.decimal_commas import Commas, commas_of

ORDERS = """\
cliente;data;total;peso;código
Ana;2026-01-02;1.234,50;3;12,5
Zé;2026-01-03;-0,75;2,25;ABC
Rui;2026-01-04;7;n/d;X-1
"""
WANTED = Wanted(event="order_completed", user="cliente", time="data")


@pytest.fixture
def shop(tmp_path):
    return shoal.init(tmp_path / "loja", name="Loja")


def write(folder, text, name="pedidos.csv"):
    path = folder / name
    path.write_text(text, encoding="cp1252")
    return path


def values(shop, expression):
    return {it["user_id"]: it["value"] for it in shop.trait(expression).values().to_pylist()}


def test_numbers_with_a_comma_are_numbers(shop, tmp_path):
    done = import_files(shop.project, [write(tmp_path, ORDERS)], WANTED)
    assert (done.imported, done.rejected) == (3, 0)
    shop = shoal.open(tmp_path / "loja")
    sums = values(shop, "sum(order_completed.total)")
    assert sums == {"Ana": 1234.5, "Zé": -0.75, "Rui": 7}
    assert values(shop, "last(order_completed.peso)") == {"Ana": 3, "Zé": 2.25, "Rui": None}
    assert values(shop, "last(order_completed.código)")["Ana"] == "12,5"


def test_the_dry_run_says_so_and_the_file_again_adds_nothing(shop, tmp_path):
    path = write(tmp_path, ORDERS)
    said = "\n".join(preview(shop.project, [path], WANTED).files[0][1])
    assert "total 1234.50 (number)" in said
    assert "the numbers of `total` have a decimal comma" in said
    assert import_files(shop.project, [path], WANTED).imported == 3
    again = import_files(shop.project, [path], WANTED)
    assert (again.imported, again.duplicates) == (0, 3)


def test_ids_stay_as_they_are_written(shop, tmp_path):
    text = "cliente;data;total\n1,5;2026-01-02;2,50\n2,5;2026-01-03;3,50\n"
    import_files(shop.project, [write(tmp_path, text)], WANTED)
    assert values(shoal.open(tmp_path / "loja"), "sum(order_completed.total)") == {
        "1,5": 2.5,
        "2,5": 3.5,
    }


def test_lines_of_a_receipt_are_multiplied_and_added(shop, tmp_path):
    path = write(
        tmp_path,
        "talão;cliente;data;preço;quantos\n1;Ana;2026-01-02;2,50;3\n1;Ana;2026-01-02;0,25;2\n",
    )
    (tmp_path / "m.yml").write_text(
        "events: {event: order_completed, user: cliente, time: data, group_by: talão,\n"
        "  when: {preço: {'>': 0.1}}, properties: {revenue: sum(`preço` * quantos)}}\n",
        encoding="utf-8",
    )
    import_files(shop.project, [path], Wanted(map_file=tmp_path / "m.yml"))
    assert values(shoal.open(tmp_path / "loja"), "sum(order_completed.revenue)") == {"Ana": 8}


DOUBT = (
    "the commas of `total` could be of thousands or of decimals, so its numbers are not read with"
    " them: write it with decimal points and nothing between thousands"
)


def of_totals(folder, *totals, name="pedidos.csv"):
    rows = [f"c{number};2026-01-02;{total}" for number, total in enumerate(totals)]
    return write(folder, "\n".join(("cliente;data;total", *rows, "")), name)


def mapped(folder, text):
    (folder / "m.yml").write_text(text, encoding="utf-8")
    return Wanted(map_file=folder / "m.yml")


def test_what_may_be_thousands_is_left_and_said(shop, tmp_path):
    path = of_totals(tmp_path, "1,234", "999", "12,500")
    (note,) = (it for it in preview(shop.project, [path], WANTED).files[0][1] if DOUBT in it)
    assert PORTUGUESE.of(note).startswith("Nota: as vírgulas de `total` podem ser de milhares")
    import_files(shop.project, [path], WANTED)
    shop = shoal.open(tmp_path / "loja")
    said = values(shop, "last(order_completed.total)")
    assert said == {"c0": "1,234", "c1": "999", "c2": "12,500"}


def test_points_in_doubt_are_no_decimals_either(shop, tmp_path):
    path = of_totals(tmp_path, *["1.250"] * 20, "3,5")
    assert DOUBT in "\n".join(preview(shop.project, [path], WANTED).files[0][1])
    import_files(shop.project, [path], WANTED)
    said = values(shoal.open(tmp_path / "loja"), "last(order_completed.total)")
    assert (said["c0"], said["c20"]) == ("1.250", "3,5")


def test_currency_signs_make_texts_and_blanks_do_not_matter(shop, tmp_path):
    path = of_totals(
        tmp_path, "3,50", "\xa01.234,50\xa0", "R$ 1.234,50", "-", "n/a", "\xa0", "7,25"
    )
    import_files(shop.project, [path], WANTED)
    said = values(shoal.open(tmp_path / "loja"), "sum(order_completed.total)")
    assert {who: it for who, it in said.items() if it} == {"c0": 3.5, "c1": 1234.5, "c6": 7.25}


def test_conditions_compare_texts_as_they_are_written(shop, tmp_path):
    path = of_totals(tmp_path, "3,50", "4,50", "1.250,00")
    wanted = mapped(
        tmp_path,
        "events:\n"
        "- {event: some, user: cliente, time: data, when: {total: '3,50'}, properties: [total]}\n"
        "- {event: more, user: cliente, time: data, when: {total: ['3,50', 4.5]}, properties: [total]}\n"
        "- {event: large, user: cliente, time: data, when: {total: {'>': 1000}}, properties: [total]}\n",
    )
    import_files(shop.project, [path], wanted)
    shop = shoal.open(tmp_path / "loja")
    found = {name: values(shop, f"sum({name}.total)") for name in ("some", "more", "large")}
    assert {name: {who: it for who, it in them.items() if it} for name, them in found.items()} == {
        "some": {"c0": 3.5},
        "more": {"c0": 3.5, "c1": 4.5},
        "large": {"c2": 1250},
    }


TEXTS = {
    "a mapping that takes every column": "{TYPES}",
    "a mapping that picks": "properties: {total: total, twice: total + total}, {TYPES}",
    "orders": "group_by: cliente, properties: {total: first(total), twice: sum(total + total)}, {TYPES}",
}


@pytest.mark.parametrize("said", TEXTS.values(), ids=TEXTS)
def test_what_is_declared_a_text_stays_as_it_is_written(shop, tmp_path, said):
    path = of_totals(tmp_path, "3,50", "1.250,00")
    said = said.replace("{TYPES}", "types: {total: text}")
    wanted = mapped(tmp_path, f"events: {{event: order, user: cliente, time: data, {said}}}\n")
    assert "total 3,50 (text)" in "\n".join(preview(shop.project, [path], wanted).files[0][1])
    import_files(shop.project, [path], wanted)
    shop = shoal.open(tmp_path / "loja")
    assert values(shop, "last(order.total)") == {"c0": "3,50", "c1": "1.250,00"}
    if "twice" in said:
        assert values(shop, "sum(order.twice)") == {"c0": 7, "c1": 2500}


def test_lines_and_constants_of_other_types_stay_too(shop, tmp_path):
    path = of_totals(tmp_path, "3,50", "1.250,00")
    wanted = mapped(
        tmp_path,
        "events: {event: order, user: cliente, time: data, group_by: cliente,\n"
        "  properties: {total: total}, constants: {total: 'ten'},\n"
        "  lines: {properties: {code: total, price: total}, types: {code: text}}}\n",
    )
    import_files(shop.project, [path], wanted)
    shop = shoal.open(tmp_path / "loja")
    assert values(shop, "last(order.total)") == {"c0": "ten", "c1": "ten"}
    assert values(shop, "last(order_line.code)") == {"c0": "3,50", "c1": "1.250,00"}
    assert values(shop, "sum(order_line.price)") == {"c0": 3.5, "c1": 1250}


def test_what_an_earlier_file_made_a_text_stays_as_it_is_written(shop, tmp_path):
    import_files(shop.project, [of_totals(tmp_path, "x", "y", name="a.csv")], WANTED)
    import_files(shop.project, [of_totals(tmp_path, "3,50", "1.250,00", name="b.csv")], WANTED)
    said = values(shoal.open(tmp_path / "loja"), "last(order_completed.total)")
    assert said == {"c0": "3,50", "c1": "1.250,00"}


def test_what_the_plan_calls_a_text_stays_as_it_is_written(shop, tmp_path):
    plan = tmp_path / "loja" / "events" / "mine.yml"
    plan.parent.mkdir(exist_ok=True)
    plan.write_text(
        "events:\n  order: {properties: {total: {type: text}}}\n",
        encoding="utf-8",
    )
    path = of_totals(tmp_path, "3,50", "1.250,00")
    shop = shoal.open(tmp_path / "loja")
    wanted = Wanted(event="order", user="cliente", time="data")
    assert "total 3,50 (text)" in "\n".join(preview(shop.project, [path], wanted).files[0][1])
    import_files(shop.project, [path], wanted)
    said = values(shoal.open(tmp_path / "loja"), "last(order.total)")
    assert said == {"c0": "3,50", "c1": "1.250,00"}


def test_what_one_event_has_as_texts_stays_as_it_is_written(shop, tmp_path):
    rows = [f"c{n};2026-01-02;bought;{n},50" for n in range(60)]
    rows += [f"c{n};2026-01-02;typed;{cell}" for n, cell in enumerate(["1,5", "abc", "def", "ghi"])]
    path = write(tmp_path, "\n".join(("cliente;data;event;total", *rows, "")))
    import_files(shop.project, [path], Wanted(event_column="event", user="cliente", time="data"))
    shop = shoal.open(tmp_path / "loja")
    assert values(shop, "sum(bought.total)")["c7"] == 7.5
    assert values(shop, "last(typed.total)")["c0"] == "1,5"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["3,50", "1.234,5", "7"], Commas.DECIMAL),
        (["0,125", "1,250"], Commas.DECIMAL),  # no thousand begins with a nought
        (["1234,567", "1,250"], Commas.DECIMAL),
        (["1.234.567,890"], Commas.DECIMAL),
        (["1.250", *["3,50"] * 2], Commas.DECIMAL),
        (["1,234", "999", "12,500"], Commas.DOUBTFUL),
        (["1,234"], Commas.DOUBTFUL),
        (["3,50", "12.5"], Commas.DOUBTFUL),
        (["3,50", "0.750"], Commas.DOUBTFUL),
        (["3,50", "1,234,567"], Commas.DOUBTFUL),
        (["3,50", "1,234.50"], Commas.DOUBTFUL),
        (["3,50", "4,50", "192.168.100.200"], Commas.DOUBTFUL),
        (["3,50", "4,50", "192.168.0.1"], Commas.DOUBTFUL),
        ([*["1.250"] * 20, "3,5"], Commas.ALL_DOUBTFUL),
        (["1.250", "1,250"], Commas.ALL_DOUBTFUL),
        (["1.234", "2.345"], None),  # points alone: three decimals, as they stand
        (["192.168.100.200"], None),
        (["a,b", "3,5", "c,d"], None),
        (["1,2,3", "4,5,6"], None),
        (["3,50", "-", "n/d", ""], None),
        (["3,50", "-", "N/A", "\xa0", " null "], Commas.DECIMAL),
        (["R$ 1.234,50", "R$ 3,50"], None),
        (["3,50", "4,50", "5,50", "n/d"], Commas.DECIMAL),
        ([], None),
    ],
)
def test_what_a_column_has_to_show(cells, found):
    assert commas_of(("a",), [(cell,) for cell in cells]).get("a") is found
