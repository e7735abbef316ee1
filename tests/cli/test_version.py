from __future__ import annotations

AT = ["--as-of", "2026-11-01"]


def edit(shop, old, new):
    path = shop / "segments" / "all.yml"
    path.write_text(path.read_text().replace(old, new))


def test_versions_say_what_changed_and_wordings_are_kept(run, shop):
    edit(shop, "> 180d", "> 10d")
    edit(shop, "  big:", "  large:")
    assert run("apply").code == 0
    first, second = run("version", "list", "--json").json
    assert first["new"] == ["lapsed", "big", "stage.buyer", "stage.former", "stage.rest", "aov"]
    assert (second["new"], second["changed"], second["removed"]) == (["large"], ["lapsed"], ["big"])
    wordings = run("version", "show", "lapsed", "--json").json
    assert [it["version"] for it in wordings] == [1, 2]
    assert wordings[1]["rule"].endswith("> 10d")
    assert [it["rule"] for it in run("version", "show", "big", "--json").json][-1] is None
    assert (
        "+    rule: did order_completed and age(last(order_completed)) > 10d"
        in run("version", "diff", 1, 2).out
    )
    ran = run("version", "show", "lapsd")
    assert ran.code == 1
    assert "did you mean `lapsed`?" in ran.err


def test_going_back_is_a_new_version_that_answers_as_the_old_one(run, shop):
    before = run("segment", "list", *AT, "--json").json
    edit(shop, "> 180d", "> 10d")
    (shop / "segments" / "more.yml").write_text("segments: {more: did order_completed}\n")
    assert run("apply").code == 0
    ran = run("version", "restore", 1)
    assert ran.code == 0
    assert ran.out.splitlines() == ["segments/all.yml", "segments/more.yml"]
    assert run("segment", "count", "more", *AT, "--json").json["count"] == 4
    assert run("apply", "--json").json["version"] == 3
    assert run("segment", "list", *AT, "--json").json == before
    assert run("version", "restore", 1).out == ""


def test_unapplied_work_is_not_overwritten(run, shop):
    edit(shop, "> 180d", "> 10d")
    assert run("apply").code == 0
    edit(shop, "> 10d", "> 20d")
    ran = run("version", "restore", 1)
    assert ran.code == 1
    assert "segments/all.yml changed since the last apply" in ran.err
    assert "> 20d" in (shop / "segments" / "all.yml").read_text()
    assert run("version", "restore", 1, "--force").code == 0
    assert "> 180d" in (shop / "segments" / "all.yml").read_text()
    assert run("version", "restore", 9).code == 1


def test_what_was_restored_and_not_applied_lies_in_its_version(run, shop):
    path = shop / "segments" / "all.yml"
    first = path.read_text()
    edit(shop, "> 180d", "> 10d")
    (shop / "segments" / "more.yml").write_text("segments: {more: did order_completed}\n")
    assert run("apply").code == 0
    assert run("version", "restore", 1).code == 0
    assert path.read_text() == first
    assert run("version", "restore", 2).code == 0
    assert "> 10d" in path.read_text()
    assert (shop / "segments" / "more.yml").is_file()
    assert run("plan").out.startswith("Nothing would change")


def test_a_file_that_cannot_be_read_is_not_overwritten(run, shop):
    edit(shop, "> 180d", "> 10d")
    assert run("apply").code == 0
    path = shop / "segments" / "all.yml"
    mine = path.read_text().replace("> 10d", "> 20d").encode() + "# preços\n".encode("cp1252")
    path.write_bytes(mine)
    ran = run("version", "restore", 1)
    assert ran.code == 1
    assert "segments/all.yml changed since the last apply" in ran.err
    assert path.read_bytes() == mine
    assert run("version", "restore", 1, "--force").code == 0
