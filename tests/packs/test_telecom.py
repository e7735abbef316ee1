"""The telecom pack on a real list of customers, from the file as it is, held against pandas."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

import shoal
from shoal.project.imports.importing import Wanted, import_files
from shoal.project.packs import add_pack
from tests.sources.reading import DATA

FILE = DATA / "telco_churn" / "telco_customer_churn.csv.gz"
needs_data = pytest.mark.skipif(not FILE.exists(), reason="shared data not there")


@pytest.fixture(scope="module")
def telco(tmp_path_factory):
    """A project with the pack and the list of customers, imported by the pack's own mapping."""
    folder = tmp_path_factory.mktemp("telco")
    shop = shoal.init(folder, name="Telco")
    add_pack(folder, "telecom")
    shoal.open(folder).apply()
    done = import_files(
        shop.project, [FILE], Wanted(map_file=folder / "mappings/telecom/customers.map.yml")
    )
    assert (done.rows, done.rejected) == (7_043, 0)
    return shoal.open(folder)


@pytest.fixture(scope="module")
def table():
    with gzip.open(FILE, "rt") as file:
        return pd.read_csv(file, dtype={"TotalCharges": str})


@needs_data
def test_h5_a4_a10_the_real_list_is_segmented_from_the_file_as_it_is(telco, table):
    stays = table.Churn == "No"
    monthly = table.Contract == "Month-to-month"
    internet = table.InternetService != "No"
    dearest = (
        table.MonthlyCharges
        >= table.MonthlyCharges.sort_values(ascending=False).iloc[-(-len(table) // 4) - 1]
    )
    wanted = {
        "unbound_fibre": stays & monthly & (table.InternetService == "Fiber optic"),
        "dear_and_unbound": stays & monthly & dearest,
        "internet_without_help": stays
        & internet
        & (table.TechSupport == "No")
        & (table.OnlineSecurity == "No"),
        "first_months": stays & (table.tenure <= 6),
        "long_standing": stays & (table.tenure >= 48),
        "streaming_household": stays
        & (table.StreamingTV == "Yes")
        & (table.StreamingMovies == "Yes"),
        "telephone_only": stays & (table.PhoneService == "Yes") & ~internet,
        "commitment.gone": ~stays,
        "commitment.monthly": stays & monthly,
        "commitment.one_year": stays & (table.Contract == "One year"),
        "commitment.two_years": stays & (table.Contract == "Two year"),
        "commitment.not_known": table.Contract == "",
    }
    for name, rows in wanted.items():
        members = telco.segment(name).members().column("user_id").to_pylist()
        assert members == sorted(table.customerID[rows]), name


@needs_data
def test_h5_who_may_leave_is_whom_the_pack_says(telco, table):
    """What the file says of those who left: fibre by the month, without help, loses most."""
    rule = telco.rule('internet_service = "Fiber optic" and contract = "Month-to-month"')
    at_risk = table.customerID.isin(rule.members().column("user_id").to_pylist())
    left = table.Churn == "Yes"
    assert left[at_risk].mean() == pytest.approx(1_162 / 2_128)
    assert left[at_risk].mean() > 3 * left[~at_risk].mean()


@needs_data
def test_h5_a_segment_of_the_real_list_is_audited(telco):
    found = telco.audit("unbound_fibre", value="typical_bill")
    told = found.as_json()
    assert (told["aspects"]["size"], told["aspects"]["measurable"]) == ("good", "good")
    assert telco.segment("unbound_fibre").count() == 966
    assert any("966" in it["sentence"] for it in told["findings"] if it["aspect"] == "size")


@needs_data
def test_h5_a_list_without_use_says_that_no_plan_can_be_named(telco):
    """Nothing is guessed: the file has contracts and no use."""
    sizes = {it["name"]: it["size"] for it in telco.segments()}
    assert sizes["best_plan.not_known"] == sizes["plan_fit.not_known"] == 7_043
    assert sizes["paying_for_unused"] == 0
