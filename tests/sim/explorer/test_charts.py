"""Charts show the history as it is: with, without, and the difference."""

import json
from typing import Any

import numpy as np
import pytest

from sim.explorer.charts import CHARTS, about, chart, fan, places
from sim.explorer.colours import PALE, SERIES, TIE
from sim.explorer.grids import FRAMES, FROM, LINE, frame, taller
from sim.explorer.view import View, view
from sim.explorer.words import LANGUAGES, Words
from tests.sim.explorer.sessions import session

EN = Words("en")


@pytest.fixture(scope="module")
def one() -> View:
    played = session("meet_then_pay", seed=5)
    played.run(5)
    return view(played)


def series(option: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each for each in option["series"]}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_drawn_in_every_language_at_any_moment(name: str, language: str, one: View) -> None:
    words = Words(language)
    for moment in (view(session("status_quo")), one):
        option = chart(name, moment, words)
        json.dumps(option, allow_nan=False)
        assert any(each["data"] for each in option["series"])
        assert option["yAxis"][0]["name"] == words.of("unit", CHARTS[name].unit)
        assert str(moment.setting.seed) in about(name, moment, words)
        assert words("page.twin") in option["title"][1]["text"]
        assert not {"center", "zoom"} & option.keys()


def test_lines_are_the_history(one: View) -> None:
    history = one.history
    curve = history.curve("innovations", "BLR")
    drawn = series(chart("innovation", one, EN, "BLR"))
    shown = curve.quarters >= FROM
    for id, values in (("with_0", curve.policy), ("without_0", curve.twin), ("difference_0", curve.difference)):
        assert [point[0] for point in drawn[id]["data"]] == curve.quarters[shown].tolist()
        assert [point[1] for point in drawn[id]["data"]] == pytest.approx(values[shown], rel=1e-5)
    assert drawn["with_0"]["lineStyle"].get("type") != drawn["without_0"]["lineStyle"]["type"] == "dashed"


def test_ties_by_kind_are_counts_and_not_shares(one: View) -> None:
    history = one.history
    border = history.curve("ties_cross_border_share").policy * history.curve("ties").policy
    assert series(chart("ties", one, EN))["with_2"]["data"][-1][1] == pytest.approx(border[-1], rel=1e-5)
    assert border[-1] > 0.0


def test_index_and_ranks_have_a_line_for_every_country_and_colours_of_their_own(one: View) -> None:
    for name in ("index", "rank"):
        drawn = chart(name, one, Words("ru"))
        with_policy = [each for id, each in series(drawn).items() if id.startswith("with_")]
        assert [each["name"] for each in with_policy] == ["Россия", "Беларусь", "Казахстан", "Армения", "Кыргызстан"]
        assert len({each["color"] for each in with_policy}) == 5
    assert drawn["yAxis"][0]["inverse"]
    assert len(set(SERIES)) == 8


def test_the_funnel_narrows_and_its_difference_is_one(one: View) -> None:
    drawn = series(chart("funnel", one, EN))
    with_, without, difference = (np.array([bar["value"] for bar in drawn[id]["data"]]) for id in ("with", "without", "difference"))
    assert with_[0] >= with_[1] >= with_[2] > 0.0
    assert difference == pytest.approx(with_ - without, abs=1.0)


def test_every_bar_of_the_funnel_has_its_number_and_every_stage_its_name(one: View) -> None:
    option = chart("funnel", one, EN)
    assert [each["axisLabel"]["interval"] for each in option["xAxis"]] == [0, 0]
    for each in option["series"]:
        assert each["label"]["show"]
        assert [bar["label"]["formatter"] for bar in each["data"]] == [EN.number(bar["value"]) for bar in each["data"]]


def test_axes_say_which_way_is_better_and_which_quarter_is_the_first(one: View) -> None:
    option = chart("rank", one, EN)
    assert [each["name"] for each in option["yAxis"]] == ["place, 1 is the best", "places, below 0 is better"]
    assert {each["nameLocation"] for each in option["yAxis"]} == {"start"}  # above, as the axis is upside down
    assert "(0 is the first)" in option["xAxis"][0]["name"]


def test_a_legend_that_needs_more_lines_has_them_and_the_chart_grows() -> None:
    low, high = (frame(EN, names, "x") for names in (["a", "b"], ["x" * 60, "y" * 60, "z"]))
    assert [taller(low), taller(high)] == [0, LINE]
    assert "type" not in high["legend"]  # none that is paged through
    for n, grid in enumerate(high["grid"]):
        assert grid["top"] == FRAMES[n]["top"] + LINE
    assert high["title"][0]["top"] == low["title"][0]["top"] + LINE


def test_money_is_what_programmes_paid(one: View) -> None:
    drawn = series(chart("money", one, EN))
    assert len(one.spending) > len(PALE)  # the smallest are drawn as one: no two have the same colour
    own = {id.removeprefix("paid_"): [own for *_, own in each["data"]] for id, each in drawn.items() if id.startswith("paid_")}
    assert len({drawn[f"paid_{name}"]["color"] for name in own}) == len(own) == len(PALE)
    for name in own.keys() - {"others"}:
        assert own[name] == pytest.approx(one.spending[name].tolist(), rel=1e-5)
    smallest = [name for name in one.spending if name not in own]
    assert max(one.spending[name].sum() for name in smallest) <= min(one.spending[name].sum() for name in own.keys() - {"others"})
    assert own["others"] == pytest.approx(sum(one.spending[name] for name in smallest).tolist(), rel=1e-5)
    tops = [each["data"][-1][1] for id, each in drawn.items() if id.startswith("paid_")]
    assert tops == sorted(tops, reverse=True)  # none is hidden behind a higher one
    assert tops[0] == pytest.approx(drawn["with_0"]["data"][-1][1], rel=1e-5)
    assert not any(id.startswith("paid_") for id in series(chart("money", one, EN, "BLR")))


def test_a_twin_of_nothing_shows_no_difference() -> None:
    quiet = session("status_quo", seed=3)
    quiet.run(3)
    for name in CHARTS:
        for id, each in series(chart(name, view(quiet), EN)).items():
            if id.startswith("difference"):
                assert all((point[1] if isinstance(point, list) else point["value"]) in (0.0, None) for point in each["data"])


def test_places_and_a_fan(one: View) -> None:
    assert list(places(one.history, EN).items())[:3] == [
        ("all", "policy countries together"), ("world", "all countries"), ("RUS", "Russia"),
    ]  # fmt: skip
    made = fan([np.array([1.0, 2.0]), np.array([3.0, 6.0])], np.array([0, 1]), EN, "x", "y")
    assert made["title"]["text"] == "Difference in eight lucks after 2 quarters: x"
    drawn = series(made)
    assert drawn["mean"]["data"] == [[0, 2.0], [1, 4.0]]
    with pytest.raises(KeyError):
        chart("no_such", one, EN)


def test_a_view_does_not_change_when_the_session_lives_on() -> None:
    here = session("meet_then_pay", seed=5)
    here.run(3)
    seen = view(here)
    before = {name: json.dumps(chart(name, seen, EN)) for name in CHARTS}
    there, prices = (seen.panels, seen.budget, seen.link), dict(seen.prices)
    here.pull("instrument.matchmaking.dose", 0.5)
    here.run(5)
    assert {name: json.dumps(chart(name, seen, EN)) for name in CHARTS} == before
    assert ((seen.panels, seen.budget, seen.link), dict(seen.prices)) == (there, prices)
    assert (seen.quarter, seen.at_end) == (3, False)
    later = view(here)
    assert (later.quarter, later.link) != (seen.quarter, seen.link)
    assert prices.keys() == {each.name for each in seen.panels if each.levers[0].value and not each.free}


def test_ties_have_the_colours_of_the_map(one: View) -> None:
    for name in ("ties", "projects"):
        drawn = {each["id"]: each["color"] for each in chart(name, one, Words("en"))["series"]}
        assert [drawn[f"with_{n}"] for n in range(4)] == [TIE[kind] for kind in ("inside", "cross_cluster", "cross_border", "cross_sector")]
