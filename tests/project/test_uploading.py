"""A file sent in parts is what was sent, also where the disk was full for a while."""

from __future__ import annotations

from shoal.project.uploading import Uploads


def test_what_a_failed_part_left_behind_is_written_over(tmp_path) -> None:
    uploads = Uploads(tmp_path / "uploads", lambda: "one")
    upload = uploads.begin("orders.csv", 8)
    uploads.add("one", 0, b"abcd")
    with upload.path.open("ab") as file:
        file.write(b"ef?and more")  # as far as there was room, and what came before that
    assert uploads.add("one", 4, b"efgh").is_whole
    assert upload.path.read_bytes() == b"abcdefgh"
