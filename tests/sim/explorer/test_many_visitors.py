"""The script that lets many visitors in at once tells errors from none."""

import pytest

from benchmarks import visitors


def test_a_small_crowd_lives_its_quarters(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "megabytes", iter([300.0, 400.0, 310.0]).__next__)
    assert visitors.main(["--visitors", "3", "--organisations", "120", "--quarters", "2"]) == 0
    said = capsys.readouterr().out
    assert "3 visitors, 120 organisations each" in said
    assert "errors: 0" in said


def test_memory_that_does_not_come_back_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "megabytes", iter([300.0, 400.0, 399.0]).__next__)
    assert visitors.main(["--visitors", "2", "--organisations", "120", "--quarters", "1"]) == 1
    assert "MEMORY DID NOT COME BACK" in capsys.readouterr().out


def test_who_errs_is_counted_and_nobody_waits_for_him(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "megabytes", iter([300.0, 400.0, 300.0]).__next__)
    monkeypatch.setattr(visitors, "LEVER", "instrument.nothing.dose")
    monkeypatch.setattr(visitors, "warm_up", lambda _: None)
    assert visitors.main(["--visitors", "2", "--organisations", "120", "--quarters", "2"]) == 1
    assert "errors: 2" in capsys.readouterr().out
