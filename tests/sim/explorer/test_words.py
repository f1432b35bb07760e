"""Both languages say everything that the page asks for."""

import re
import string
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest
import yaml

from agents.clusters import ClusterStage
from agents.parameters import Number
from agents.population import TECHNOLOGY_FIELDS, Kind
from agents.projects import Status
from agents.ties import Channel, Reached, TieStage
from scenarios import INSTRUMENTS
from sim.classification import CLASSES
from sim.commands.folders import choices
from sim.config_check import ConfigError
from sim.experiments.dictionary import indicators
from sim.explorer import classroom, decision, levers, limits, link
from sim.explorer.budget import Line
from sim.explorer.cards import LINE, MARKS, MONEY
from sim.explorer.charts import CHARTS
from sim.explorer.lessons import lessons, outcomes_known
from sim.explorer.opinion import TERMS
from sim.explorer.places import TIES
from sim.explorer.presets import KINDS
from sim.explorer.refusal import told, why
from sim.explorer.setting import LEFTOVERS
from sim.explorer.words import HERE, LANGUAGES, Words, names, texts
from sim.instrument import Target
from sim.timetable import FROM_THE_START
from tests.scenarios.contract import shipped

USED = re.compile(r"\b(?:words|w)\(\s*\"([a-z_.]+)\"")
LATIN = re.compile(r"[A-Za-z]{4,}")
CITED = {"Balassa", "Cornet", "EAEU", "Foray"}
"""Authors and keys of literature: they are what they are in any language."""
PRODUCT = {"English", "Home", "Natural", "Earth", "crosscluster", "seed", "yaml"}
"""The other language, a key, whose outlines they are, and what a command or a file is called."""
EXPLORER = HERE.parent
CODE = {field for kind in INSTRUMENTS.values() for field in re.findall("`([^`]+)`", kind.__doc__ or "")}
"""Fields that instruments name in what they say of themselves."""
BOOKS = {each.name for each in fields(Line)} - {"label", "programme"}
"""Columns of the ledger: every number of a programme's books is on the page."""


def measures() -> set[str]:
    """What lessons draw and ask about, without the country at the end."""
    claims = [claim for lesson in lessons().values() for claim in lesson.finding.claims]
    outcomes = {name for claim in claims for name in (claim.outcome, claim.per) if name}
    return {re.sub("_[A-Z]{3}$", "", name) for name in {*outcomes, *(lesson.indicator for lesson in lessons().values())}}


def ratios() -> set[str]:
    """Ratios of two things of one unit that lessons ask about, without the country at the end."""
    claims = [(outcomes_known(lesson.countries), claim) for lesson in lessons().values() for claim in lesson.finding.claims]
    alike = [(claim.outcome, claim.per) for known, claim in claims if claim.per and known[claim.per].unit == known[claim.outcome].unit]
    return {"_per_".join(re.sub("_[A-Z]{3}$", "", name) for name in both) for both in alike}


def numbers() -> Iterator[tuple[str, Number]]:
    """Field and declaration of every number that a panel of any preset can show."""
    for kind in INSTRUMENTS.values():
        for where, part in (("", kind), ("target.", Target)):
            hints = get_type_hints(part)
            for field in fields(part):
                if "number" in field.metadata and get_origin(hints[field.name]) is not dict and field.name not in FROM_THE_START:
                    yield f"{where}{field.name}", field.metadata["number"]


def units() -> set[str]:
    """Units of the numbers of instruments, and of what charts and lessons draw."""
    drawn = {name for spec in CHARTS.values() for name in spec.indicators[:1]} | {lesson.indicator for lesson in lessons().values()}
    claims = [(outcomes_known(lesson.countries), claim) for lesson in lessons().values() for claim in lesson.finding.claims]
    asked = {known[name].unit for known, claim in claims for name in (claim.outcome, claim.per) if name is not None}
    charts = {spec.unit for spec in CHARTS.values()} | {indicators()[name].unit for name in drawn}
    return asked | charts | {number.unit for _, number in numbers()}


def sources() -> set[str]:
    """Where numbers and instruments come from, as panels of any preset say it; one that lives on leftovers has no panel."""
    presets = (yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in choices("scenario", []).values())
    changed = {each["source"] for preset in presets for each in preset.get("instrument", {}).values() if "source" in each}
    return changed | {number.source for _, number in numbers()} | {each.source for name, each in shipped().items() if name != LEFTOVERS}


def groups() -> dict[str, set[str]]:
    """Closed lists of the model for which the page has words."""
    own = {name for labels in CLASSES.values() for name in labels}
    return {
        "stage": {each.name.lower() for each in ClusterStage}, "kind": {each.name.lower() for each in Kind},
        "channel": {each.name.lower() for each in Channel}, "link": {each.name.lower() for each in Reached},
        "tie_stage": {each.name.lower() for each in TieStage}, "field": set(TECHNOLOGY_FIELDS), "term": {*TERMS, "bonus", "draw", "sum"},
        "term_hint": {*TERMS, "bonus", "draw"},
        "money": set(MONEY), "line": set(LINE), "mark": set(MARKS),
        "status": {each.name.lower() for each in Status if each is not Status.FREE}, "ledger": {"programme", *BOOKS},
        "decision": set(get_args(decision.Kind)), "outcome": set(get_args(decision.Outcome)), "class": {*CLASSES, *own},
        "lever": {*levers.FIRST, *(field for field, _ in numbers())}, "unit": units(),
        "state": set(get_args(levers.State)), "tie": set(TIES), "sector": set(choices("sector", [])),
        "country": {line.split()[1] for path in choices("country", []).values() for line in path.read_text().splitlines()
                    if line.startswith("iso:")},
        "measure": measures(), "ratio": ratios(), "plain": {field for field in CODE if f"lever.{field}" not in texts("en")},
        "chart": {*CHARTS, *(f"note_{name}" for name in CHARTS)}, "link_part": set(link.KEYS), "preset_kind": set(KINDS),
    }  # fmt: skip


def test_both_languages_have_the_same_keys_and_the_same_gaps_to_fill() -> None:
    first, second = (texts(language) for language in LANGUAGES)
    assert first.keys() == second.keys()
    for key in first:
        one, other = ({field for _, field, _, _ in string.Formatter().parse(text[key]) if field} for text in (first, second))
        assert one == other, key
    assert all(text.strip() for text in (*first.values(), *second.values()))


def test_every_key_that_the_page_asks_for_is_there() -> None:
    used = {key for path in Path(EXPLORER).rglob("*.py") for key in USED.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 50
    assert used <= texts("en").keys()


def test_no_text_is_there_in_vain() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(EXPLORER).rglob("*.py"))
    closed = {*groups(), "series", "place"}
    for key in texts("en"):
        if key.split(".")[0] not in closed and not key.startswith("error.refused_"):
            assert f'"{key}"' in source or f"'{key}'" in source, key


@pytest.mark.parametrize("group", sorted(groups()))
def test_closed_lists_have_words(group: str) -> None:
    wanted = groups()[group]
    assert wanted
    assert {f"{group}.{name}" for name in wanted} <= texts("en").keys()


@pytest.mark.parametrize("group", ["lever", "unit", "ratio"])
def test_no_lever_no_unit_and_no_ratio_has_words_in_vain(group: str) -> None:
    assert {key for key in texts("en") if key.startswith(f"{group}.")} <= {f"{group}.{name}" for name in groups()[group]}


def test_every_label_of_a_lever_is_words_and_no_name_of_a_field() -> None:
    for language in LANGUAGES:
        for field, _ in numbers():
            label = Words(language).of("lever", field)
            assert label[0].isupper(), field
            assert not re.search(r"[_.]", label), field


def test_every_kind_of_instrument_says_in_russian_what_it_does() -> None:
    said = {key for key in names("ru") if key.startswith("about.")}
    assert said == {f"about.{kind}" for kind in INSTRUMENTS}


def test_no_instrument_is_told_in_names_of_code() -> None:
    for language in LANGUAGES:
        for kind, each in INSTRUMENTS.items():
            said = levers.plain(" ".join((each.__doc__ or "").split()), Words(language))
            assert not re.search(r"[`_]|: false", said), kind
    assert levers.plain("at most `cap` a firm", Words("en")) == "at most “Most that is paid” a firm"


def test_every_source_is_in_russian() -> None:
    said = {key for key in names("ru") if key.startswith("source.")}
    assert said == {f"source.{text}" for text in sources()}


def test_russian_is_russian() -> None:
    for found, allowed in ((texts("ru"), CITED | PRODUCT), (names("ru"), CITED)):
        for key, text in found.items():
            if not key.startswith("error."):
                assert set(LATIN.findall(re.sub(r"\{\w+\}", "", text))) <= allowed, key


def test_the_hint_of_a_number_is_in_the_language_of_the_page() -> None:
    found = dict(numbers())["officials"], dict(numbers())["target.staff_max"]
    assert [levers.hint(number, Words("en")) for number in found] == [
        "share of money; 0 to 1; source: guess",
        "persons; 0 to 10,000,000; source: design",
    ]
    assert [levers.hint(number, Words("ru")) for number in found] == [
        "доля денег; от 0 до 1; источник: предположение",
        "человек; от 0 до 10\u00a0000\u00a0000; источник: на ваш выбор",
    ]


def test_every_shipped_world_preset_and_instrument_has_a_russian_name() -> None:
    for group in ("world", "scenario", "instrument"):
        shipped = {f"{group}.{name}" for name in choices(group, []) if not name.startswith("_") and name != "status_quo"}
        assert shipped <= names("ru").keys() | {"instrument.status_quo"}


def test_every_shipped_city_and_stage_of_a_chain_has_a_russian_name() -> None:
    cities, chains = set(), set()
    for path in choices("country", []).values():
        cities |= {str(name) for name in re.findall(r"\{name: ([^,]+), lat:", path.read_text(encoding="utf-8"))}
    for path in choices("sector", []).values():
        chains |= set(yaml.safe_load(path.read_text(encoding="utf-8")).get("chain", ()))
    assert len(cities) > 50
    assert len(chains) > 20
    assert {f"city.{name}" for name in cities} | {f"chain.{name}" for name in chains} <= names("ru").keys()


def test_every_limit_can_be_refused_in_words() -> None:
    source = Path(limits.__file__).read_text(encoding="utf-8")
    source += "".join(path.read_text(encoding="utf-8") for path in (EXPLORER / "pages").glob("*.py"))
    source += Path(link.__file__).read_text(encoding="utf-8") + Path(classroom.__file__).read_text(encoding="utf-8")
    keys = set(re.findall(r"Refused\(\s*\"(\w+)\"", source))
    assert keys >= {"organisations", "changes", "sessions", "idle", "link", "tries", "over"}
    assert {f"error.refused_{key}" for key in keys} <= texts("en").keys()


@pytest.mark.parametrize(
    ("error", "english", "russian"),
    [
        (
            "timetable[0].set.instrument.grants.quarters: found 9.5; allowed: a whole number from 1 to 40 [quarters]",
            "Joint R&D grants, Length that is paid: found 9.5; allowed: a whole number from 1 to 40 (quarters)",
            "Совместные гранты на НИОКР, Оплачиваемый срок: введено 9,5; можно: целое число от 1 до 40 (кварталов)",
        ),
        (
            "instrument.grants.dose: found nothing; allowed: a number from 0 to 1",
            "Joint R&D grants, Dose: found nothing; allowed: a number from 0 to 1",
            "Совместные гранты на НИОКР, Доза: введено пустое значение; можно: число от 0 до 1",
        ),
        (
            "seed: found 1e+20; allowed: a whole number from 0 to 2147483647",
            "Luck (seed): found 1e+20; allowed: a whole number from 0 to 2,147,483,647",
            "Жребий (seed): введено 1e+20; можно: целое число от 0 до 2\u00a0147\u00a0483\u00a0647",
        ),
        (
            "link.q: found 'x'; allowed: a whole number",
            "quarter (q): found 'x'; allowed: a whole number",
            "квартал (q): введено 'x'; можно: целое число",
        ),
        (
            "link.t: found 'x'; allowed: changes",
            "levers (t): found 'x'; allowed: changes",
            "рычаги (t): подробности по-английски: found 'x'; allowed: changes",
        ),
    ],
)
def test_what_is_refused_is_said_in_labels_of_the_page(error: str, english: str, russian: str) -> None:
    for language, said in zip(LANGUAGES, (english, russian), strict=True):
        words = Words(language)
        assert why(ConfigError(error), words) == said
        assert told(ConfigError(error), words).endswith(said)


def test_a_link_that_lacks_something_is_told_what() -> None:
    with pytest.raises(link.Lacks) as lacks:
        link.read("v=1&world=demo&preset=grants&seed=3", limits.load_limits())
    assert why(lacks.value, Words("en")) == "The link does not say: quarter (q)"
    assert why(lacks.value, Words("ru")).endswith("указано: квартал (q)")


def test_an_unknown_language_is_english_and_an_unknown_key_an_error() -> None:
    assert Words("xx")("page.play") == Words("en")("page.play") != Words("ru")("page.play")
    with pytest.raises(KeyError):
        Words("en")("page.no_such")
    with pytest.raises(KeyError):
        Words("en")("page.quarter", quarter=1)
    assert Words("ru").number(1234.5, 1) == "1\u00a0234,5"
    assert Words("en").number(float("nan")) == "–"
    assert Words("en").number(-0.04, 1) == "0.0"
    assert (Words("en").exact(1e7), Words("en").exact(0.25)) == ("10,000,000", "0.25")
    assert (Words("ru").exact(1234.0), Words("ru").exact(0.0005)) == ("1\u00a0234", "0,0005")
    assert get_type_hints(decision.Decision)
