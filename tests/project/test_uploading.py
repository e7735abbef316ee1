from __future__ import annotations

from itertools import count

import pytest

from shoal.core.errors import NotFoundError, UsageError
from shoal.project.imports.uploading import HOLDS, Uploads


@pytest.fixture
def sent(tmp_path):
    numbers = count()
    return Uploads(tmp_path / "uploads", lambda: f"u{next(numbers)}", clock=lambda: 0.0)


def test_a_part_that_found_no_room_is_sent_again_and_stands_there_once(sent):
    one = sent.begin("a.csv", 6)
    sent.add(one.id, 0, b"abc")
    with one.path.open("ab") as file:
        file.write(b"de")  # as far as a full disk took it
    sent.add(one.id, 3, b"def")
    assert (one.is_whole, one.path.read_bytes()) == (True, b"abcdef")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.csv", "x.csv"),
        ("..", "file"),
        ("C:\\data\\a.csv", "a.csv"),
        ("a/", "file"),
        (".shoal.yml", "shoal.yml"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("顧" * 300 + ".csv", "顧" * 65 + ".csv"),
        ("é" * 300, "é" * 100),
    ],
    ids=ascii,
)
def test_a_name_leads_nowhere_else_and_the_disk_takes_it(sent, name, kept):
    one = sent.begin(name, 1)
    assert one.path == sent.folder / one.id / kept
    assert one.path.is_file()
    sent.drop(one.id)
    assert list(sent.folder.iterdir()) == []


def test_files_of_another_run_and_old_ones_go(tmp_path):
    now = [0.0]
    numbers = count()
    (tmp_path / "uploads" / "left").mkdir(parents=True)
    sent = Uploads(tmp_path / "uploads", lambda: f"u{next(numbers)}", clock=lambda: now[0])
    assert not sent.folder.exists()
    old = sent.begin("a.csv", 1)
    now[0] = HOLDS + 1
    new = sent.begin("b.csv", 1)
    assert [it.name for it in sent.folder.iterdir()] == [new.id]
    with pytest.raises(NotFoundError):
        sent.get(old.id)
    now[0] = 2 * HOLDS + 2
    sent.forget_old()
    assert list(sent.folder.iterdir()) == []


def test_two_files_do_not_mix(sent):
    one, two = sent.begin("same.csv", 2), sent.begin("same.csv", 2)
    sent.add(one.id, 0, b"1")
    sent.add(two.id, 0, b"2")
    with pytest.raises(UsageError, match="1 bytes are there"):
        sent.add(one.id, 0, b"1")
    sent.add(two.id, 1, b"2")
    sent.add(one.id, 1, b"1")
    assert (one.path.read_bytes(), two.path.read_bytes()) == (b"11", b"22")


def test_what_a_failed_part_left_behind_is_written_over(tmp_path) -> None:
    uploads = Uploads(tmp_path / "uploads", lambda: "one")
    upload = uploads.begin("orders.csv", 8)
    uploads.add("one", 0, b"abcd")
    with upload.path.open("ab") as file:
        file.write(b"ef?and more")  # as far as there was room, and what came before that
    assert uploads.add("one", 4, b"efgh").is_whole
    assert upload.path.read_bytes() == b"abcdefgh"
