"""`crosscluster new scenario NAME --from grants`: a commented copy in the user's own folder, to be edited."""

import re
from pathlib import Path

from sim.commands.folders import VARIABLE, choices, own_folders, user_folder
from sim.config_check import ConfigError, listed

USAGE = """usage: crosscluster new scenario NAME --from SCENARIO

Writes NAME.yaml into scenario/ of your own config folder (./my_configs, or the one in CROSSCLUSTER_CONFIGS).
Then: crosscluster check my_configs/scenario/NAME.yaml, and crosscluster run scenario=NAME"""

HEAD = """# @package _global_
# {name}: a scenario of your own, copied from {model}.
#
# `defaults` names its instruments, in square brackets (`crosscluster list instrument`; status_quo: the programmes that exist).
# Below `instrument` stands what differs from their files, for example
#   {own}: {{dose: 0.05, start: 4}}            # dose: share of own R&D a year in its countries and sectors; quarters from the opening
# Every number of an instrument, with its unit and range: crosscluster list instrument.{own}
# You may also change anything else here, for example
#   world: {{programme: 12}}
"""


def main(arguments: list[str]) -> int:
    """Write the copy and say where it is."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    if len(arguments) != 4 or arguments[0] != "scenario" or arguments[2] != "--from":
        raise ConfigError("new: found " + (" ".join(arguments) or "nothing") + "; allowed: new scenario NAME --from SCENARIO")
    name, model = arguments[1], arguments[3]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ConfigError(f"new: found the name '{name}'; allowed: small letters, digits and _, a letter first")
    known = choices("scenario", own_folders())
    if model not in known:
        raise ConfigError(f"new: found '{model}'; allowed: {listed(known, model, 'scenario')}")
    target = user_folder() / "scenario" / f"{name}.yaml"
    if target.exists():
        raise ConfigError(f"new: '{target}' is there already; allowed: another name, or delete it first")
    _write(target, _copy(name, model, known[model].read_text(encoding="utf-8")))
    print(target)
    return 0


def _copy(name: str, model: str, text: str) -> str:
    """The model's text under our own comments, with its new name and label."""
    body = text.split("\n", 1)[1] if text.startswith("# @package") else text
    body = re.sub(rf"(?m)^(\s+name:\s*){re.escape(model)}\s*$", rf"\g<1>{name}", body)
    body = re.sub(r"(?m)^(\s+label:\s*)\"?(.*?)\"?\s*$", rf'\g<1>"\g<2> ({name})"', body, count=1)
    chosen = re.search(r"override /instrument:\s*\[(.*?)\]", body)
    own = [one.strip() for one in chosen[1].split(",") if one.strip() not in ("", "status_quo", "residual_cash")] if chosen else []
    return HEAD.format(name=name, model=model, own=own[0] if own else "grants") + body


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(
            f"new: cannot write '{target}': {error.strerror}; allowed: a folder you may write in, named in {VARIABLE}"
        ) from error
