"""Files from spreadsheets that write `1.234,50`: the numbers are numbers, all else stays."""

from __future__ import annotations

import pytest

import shoal
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.imports.understanding import preview
from shoal.sources.decimal_commas import columns_with_commas

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


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["3,50", "1.234,5", "7"], True),
        (["1.234", "2.345"], False),  # points alone: three decimals, as they stand
        (["a,b", "3,5", "c,d"], False),
        (["1,2,3", "4,5,6"], False),
        (["3,50", "-", "n/d", ""], False),
        (["3,50", "4,50", "5,50", "n/d"], True),
        ([], False),
    ],
)
def test_what_a_column_has_to_show(cells, found):
    assert columns_with_commas(("a",), [(cell,) for cell in cells]) == ({"a"} if found else set())
