import os
import stat

import pandas as pd
import pyarrow as pa
import pytest

from sim.__main__ import main
from sim.experiments.store import ROW_GROUP, StoreError, fresh_folder, read_manifest, whole_file, write_json, write_table


def test_a_table_is_the_same_bytes_whatever_pieces_it_came_in(tmp_path):
    numbers = pa.table({"n": list(range(ROW_GROUP + 5)), "text": ["a"] * (ROW_GROUP + 5)})
    write_table(numbers, tmp_path / "whole.parquet")
    write_table(pa.concat_tables([numbers.slice(0, 7), numbers.slice(7)]), tmp_path / "pieces.parquet")
    assert (tmp_path / "whole.parquet").read_bytes() == (tmp_path / "pieces.parquet").read_bytes()
    assert pd.read_parquet(tmp_path / "whole.parquet")["n"].tolist() == list(range(ROW_GROUP + 5))


def write_half(path, trouble):
    with whole_file(path) as file:
        file.write(b"{")
        raise trouble


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_file_leaves_the_old_one_and_no_half(tmp_path, trouble):
    path = tmp_path / "manifest.json"
    write_json(path, {"format": 1, "state": "old"})
    with pytest.raises(trouble):
        write_half(path, trouble)
    assert [entry.name for entry in tmp_path.iterdir()] == ["manifest.json"]
    assert read_manifest(tmp_path) == {"format": 1, "state": "old"}


def test_what_cannot_be_written_is_said_in_one_line(tmp_path):
    with pytest.raises(StoreError, match=r"cannot write .*file\.json: No such file or directory"):
        write_json(tmp_path / "absent" / "file.json", {})
    (tmp_path / "results").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot write results to"):
        fresh_folder(tmp_path / "results", "toy")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    with pytest.raises(StoreError, match="cannot write results to"):
        fresh_folder(tmp_path, "toy")
    tmp_path.chmod(stat.S_IRWXU)


def test_every_run_has_its_own_folder(tmp_path):
    folders = {fresh_folder(tmp_path, "toy") for _ in range(3)}
    assert len(folders) == 3
    assert all(folder.parent == tmp_path / "toy" for folder in folders)


def test_a_folder_without_manifest_is_no_results_folder(tmp_path):
    with pytest.raises(StoreError, match="no results folder"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="not JSON"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(StoreError, match="names no format"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"format": 2}, "manifest of format 2, not 1"),
        ({"format": 1, "points": [], "tables_format": {"runs": 3, "series": 2}}, "runs of format 3, not 2"),
        ({"format": 1, "tables_format": {"series": 2}}, "series of format 2, not 1"),
    ],
)
def test_what_a_later_version_wrote_is_refused(tmp_path, manifest, words):
    write_json(tmp_path / "manifest.json", manifest)
    with pytest.raises(StoreError, match=f"later version of crosscluster .{words}"):
        read_manifest(tmp_path)


def test_what_an_earlier_version_wrote_can_be_shown_but_not_compared(tmp_path, capsys):
    """Tables of format 1 had no pairs to compare."""
    write_json(tmp_path / "manifest.json", {"format": 1, "points": []})
    write_table(pa.table({"arm": ["cash"], "seed": [1]}), tmp_path / "runs.parquet")
    for command in (["report", str(tmp_path)], ["merge", str(tmp_path), str(tmp_path.parent), "--into", str(tmp_path / "joint")]):
        (tmp_path.parent / "manifest.json").write_text((tmp_path / "manifest.json").read_text())
        assert main(command) == 2
        told = capsys.readouterr().err
        assert "earlier version of crosscluster (runs of format 1, not 2" in told
        assert len(told.splitlines()) == 1
