import os
import stat

import pandas as pd
import pyarrow as pa
import pytest

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
    write_json(path, {"state": "old"})
    with pytest.raises(trouble):
        write_half(path, trouble)
    assert [entry.name for entry in tmp_path.iterdir()] == ["manifest.json"]
    assert read_manifest(tmp_path) == {"state": "old"}


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
