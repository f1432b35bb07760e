"""Do lessons find what they say?  `python -m benchmarks.lessons [--seeds 200] [--lesson NAME] [--workers 2] [--into DIR] [--write]`.

Lives every arm of every lesson and the twin to the end on seeds 1, 2, ..., and checks the claims of the finding: means of paired
differences with 95 % intervals.  Prints a page in markdown, with --write also into docs/lessons.md.  Ends with 1 if a claim does not hold.
With --into what was lived is kept: a run that was stopped goes on, and changed claims are judged without living anything again.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.lived import Seed
from sim.config_check import ConfigError, nearest
from sim.experiments.design import fingerprint
from sim.experiments.processes import local_processes
from sim.explorer.finding import End, Found, effect, judge
from sim.explorer.lessons import TWIN, Claim, Lesson, lessons, outcomes_known

DOCS = Path(__file__).resolve().parents[1] / "docs" / "lessons.md"
HOW = """
A finding is a statement about this model at one set of its values: the mean over seeds of an arm less its twin without levers, or less
another arm, with the same luck; *over* another arm, that arm stands for the twin. In brackets the 95 % interval over seeds (t; for ratios
of means the delta method): it covers luck, and says nothing of other values of parameters. What a student sees is one seed: *seeds on that
side* says how many of them show the sign. *per*: a ratio of effects. Texts in both languages, levers and notes:
[sim/explorer/lessons](../sim/explorer/lessons)."""
Lived = Mapping[str, End]
"""Arm, or `TWIN` -> its end."""


def lived(names: Sequence[str], into: Path | None, seed: int) -> dict[str, Lived]:
    """Every arm of these lessons and the twin on one seed: lesson -> arm -> end."""
    one, known = Seed(seed, into), lessons()
    return {name: one.ends(known[name]) for name in names}


def judged(lesson: Lesson, runs: Sequence[Lived]) -> list[tuple[Claim, Found]]:
    """Claims of a lesson with what became of them.  runs: one a seed."""
    together = {arm: [run[arm] for run in runs] for arm in (*lesson.arms, TWIN)}
    return [(claim, judge(claim, effect(claim, together))) for claim in lesson.finding.claims]


def page(found: Mapping[str, list[tuple[Claim, Found]]], known: Mapping[str, Lesson], command: str, seeds: int) -> Iterable[str]:
    """The page, line by line."""
    claims = [one for each in found.values() for _, one in each]
    held = sum(one.holds for one in claims)
    yield from ("# Lessons of the explorer, and what they find", "")
    yield f"Made by `{command}`: {seeds} seeds. **{held} of {len(claims)} claims hold.**"
    yield HOW
    for name, results in found.items():
        yield from _section(known[name], results)


def _section(lesson: Lesson, results: Sequence[tuple[Claim, Found]]) -> Iterable[str]:
    known, setting = outcomes_known(lesson.countries), lesson.setting
    yield from ("", f"## {lesson.title.en}", "", lesson.text.en, "", f"*{lesson.question.en}*", "")
    yield f"World `{setting.world}`, preset `{setting.preset}`, {lesson.minutes} minutes. Chart: `{lesson.indicator}`, {lesson.place}."
    yield f"Levers and claims: `{digest(lesson)}`."
    yield from ("", f"**Expected:** {lesson.finding.text.en}", "")
    yield from ("| claim | found | seeds on that side | |", "| --- | --- | --- | --- |")
    for claim, one in results:
        unit = "" if claim.per or known[claim.outcome].unit == "-" else f" {known[claim.outcome].unit}"
        verdict = "holds" if one.holds else "**does not hold**"
        yield f"| {said(lesson, claim)} | {one.mean:.4g}{unit} [{one.low:.4g}, {one.high:.4g}] | {_side(claim, one)} | {verdict} |"
    yield from ("", f"For the instructor: {lesson.note.en}")


def digest(lesson: Lesson) -> str:
    """Of all that decides what is found: setting, levers and claims, but no words."""
    claims = [asdict(claim) for claim in lesson.finding.claims]
    arms = {name: [asdict(entry) for entry in arm.entries] for name, arm in lesson.arms.items()}
    return fingerprint({"setting": asdict(lesson.setting), "arms": arms, "claims": claims})[:16]


def said(lesson: Lesson, claim: Claim) -> str:
    """A claim as the page has it."""
    what = f"`{claim.outcome}`" + (f" per `{claim.per}`" if claim.per else "")
    less = "the twin" if claim.against == TWIN else f"*{lesson.arms[claim.against].label.en}*"
    arm = f"*{lesson.arms[claim.arm].label.en}* " + (f"less {less}" if claim.over == TWIN else f"over *{lesson.arms[claim.over].label.en}*")
    above = {"up": "above", "down": "below", "none": f"within {claim.within:g} of" if claim.within else ""}[claim.direction]
    needed = f", in {claim.share:.0%} of seeds" if claim.share is not None else ""
    return f"{what}: {arm} is {above} {claim.than:g}{needed}"


def _side(claim: Claim, one: Found) -> str:
    if claim.direction == "none" or claim.per is not None:
        return "–"
    return f"{one.above if claim.direction == 'up' else one.below:.0%}"


def main(arguments: list[str] | None = None) -> int:
    """Print the page; with --write also keep it.  0 if all claims hold, 1 if one does not, 2 if something asked for is wrong."""
    parser = argparse.ArgumentParser(description="Check what the explorer's lessons find.", allow_abbrev=False)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--lesson", default=None)
    parser.add_argument("--workers", type=int, default=2, choices=(1, 2))
    parser.add_argument("--into", type=Path, default=None, help="folder that keeps what was lived; one that is there goes on")
    parser.add_argument("--write", action="store_true", help="write docs/lessons.md")
    wanted = parser.parse_args(arguments)
    try:
        return _checked(wanted)
    except ConfigError as error:
        print(f"lessons: {error}", file=sys.stderr)
        return 2


def _checked(wanted: argparse.Namespace) -> int:
    known = lessons()
    if wanted.lesson is not None and wanted.lesson not in known:
        raise ConfigError(f"--lesson: found '{wanted.lesson}'; allowed: {', '.join(known)}{nearest(wanted.lesson, known)}")
    if wanted.seeds < 2:
        raise ConfigError(f"--seeds: found {wanted.seeds}; allowed: 2 or more, for an interval")
    if wanted.write and wanted.lesson is not None:
        raise ConfigError("--write: found one lesson; allowed: all of them, for docs/lessons.md has them all")
    names = [wanted.lesson] if wanted.lesson is not None else list(known)
    runs = _runs(names, wanted.seeds, wanted.workers, wanted.into)
    found = {name: judged(known[name], [run[name] for run in runs]) for name in names}
    chosen = f" --lesson {wanted.lesson}" if wanted.lesson else ""
    command = f"python -m benchmarks.lessons --seeds {wanted.seeds}{chosen}{' --write' if wanted.write else ''}"
    text = "\n".join(page(found, known, command, wanted.seeds)) + "\n"
    print(text, end="")
    if wanted.write:
        DOCS.write_text(text, encoding="utf-8")
    return 0 if all(one.holds for each in found.values() for _, one in each) else 1


def _runs(names: Sequence[str], seeds: int, workers: int, into: Path | None) -> list[dict[str, Lived]]:
    """By seed, 1, 2, ..."""
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
    numbered, one = range(1, seeds + 1), partial(lived, tuple(names), into)
    if workers == 1:
        return [_told(one(seed), seed, seeds) for seed in numbered]
    with local_processes(workers) as pool:
        return [_told(run, seed, seeds) for seed, run in zip(numbered, pool.map(one, numbered), strict=True)]


def _told(run: dict[str, Lived], seed: int, seeds: int) -> dict[str, Lived]:
    print(f"\rseed {seed} of {seeds}", end="\n" if seed == seeds else "", file=sys.stderr, flush=True)
    return run


if __name__ == "__main__":
    sys.exit(main())
