"""A country, place or programme that no file knows is refused; one that this world merely lacks is not."""

import pytest

from sim.commands.compose import load_config
from sim.config_check import ConfigError

GUARANTEES, COUNCIL = "scenario=single_guarantees", "scenario=eaeu_council_pooling"


@pytest.mark.parametrize(
    ("scenario", "override", "says"),
    [
        (GUARANTEES, "instrument.guarantees.payers=[XXX]", "instrument.guarantees.payers: found 'XXX'"),
        (GUARANTEES, "instrument.guarantees.target.countries=[BLX]", "did you mean 'BLR'?"),
        (GUARANTEES, "instrument.guarantees.target.places=[Minks]", "did you mean 'Minsk'?"),
        (COUNCIL, "instrument.council.runs=[nosuch]", "instrument.council.runs: found 'nosuch'"),
        (COUNCIL, "instrument.council.free_riders=[XXX]", "instrument.council.free_riders: found 'XXX'"),
        (COUNCIL, "+instrument.council.key={RUS: 1, XXX: 2}", "instrument.council.key: found 'XXX'"),
        ("scenario=single_border_closed", "instrument.border_closed.between=[RUS,XXX]", "instrument.border_closed.between: found 'XXX'"),
        ("scenario=enlargement", "instrument.enlargement.joiners=[XXX]", "instrument.enlargement.joiners: found 'XXX'"),
    ],
)
def test_what_nobody_knows_is_refused(scenario, override, says):
    with pytest.raises(ConfigError) as error:
        load_config(["world=demo", scenario, override])
    assert says in str(error.value)


@pytest.mark.parametrize("override", ["instrument.guarantees.target.countries=[DEU]", "instrument.guarantees.target.places=[Berlin,Minsk]"])
def test_what_this_world_lacks_is_not(override):
    load_config(["world=demo", GUARANTEES, override])
