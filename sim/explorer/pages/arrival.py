"""The session that an address asks for, or why there is none."""

from sim.config_check import ConfigError
from sim.explorer.limits import Refused
from sim.explorer.link import is_link, read, restore
from sim.explorer.pages.house import house
from sim.explorer.refusal import why
from sim.explorer.session import Session
from sim.explorer.words import Words


def arrived(query: str, words: Words) -> tuple[Session | None, str]:
    """The session, lived up to its quarter, and what is to be said: why there is none, or that it is shorter than was asked for."""
    if not is_link(query):
        return None, ""
    try:
        link = read(query, house().limits)
        session = restore(link, house().cradle)
    except (ConfigError, Refused) as error:
        return None, words("error.link", words=why(error, words))
    if link.quarter > session.last:
        return session, words("error.beyond", quarter=link.quarter, last=session.last)
    return session, ""
