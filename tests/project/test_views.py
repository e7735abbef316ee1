from __future__ import annotations

import shoal
from shoal.project.views import names_in


def test_only_views_that_a_query_names_are_made():
    known = ["a", "order_completed", "order", "events", "$consent"]
    assert names_in('select a from "Order_Completed" e, "$consent"', known) == [
        "a", "order_completed", "$consent",
    ]  # fmt: skip
    assert names_in("select 1", known) == []


def test_a_property_called_like_a_fixed_column_steps_aside(tmp_path):
    shop = shoal.init(tmp_path)
    (tmp_path / "o.csv").write_text("who,at,User ID\nc1,2026-01-01,other\n")
    shop.import_file(tmp_path / "o.csv", event="seen", user="who", time="at")
    found = shop.sql("select * from seen").to_pylist()
    assert (found[0]["user_id"], found[0]["user_id_property"]) == ("c1", "other")


def test_every_kind_of_value_has_its_column_type(tmp_path):
    shop = shoal.init(tmp_path)
    (tmp_path / "o.csv").write_text(
        "who,at,n,t,b,d,x\nc1,2026-01-01,1.5,é,true,2026-01-02,\nc2,2026-01-03,,,,,1e300\n"
    )
    shop.import_file(tmp_path / "o.csv", event="seen", user="who", time="at")
    first, second = shop.sql("select * from seen order by user_id").to_pylist()
    assert (first["n"], first["t"], first["b"], first["d"].isoformat(), first["x"]) == (
        1.5, "é", True, "2026-01-02T00:00:00+00:00", None,
    )  # fmt: skip
    assert (second["n"], second["t"], second["b"], second["d"], second["x"]) == (
        None, None, None, None, 1e300,
    )  # fmt: skip
