"""The address bar: that of this state, so that a page that is loaded anew, or kept as a bookmark, is where it was."""

import ipyvuetify
import traitlets


class Address(ipyvuetify.VuetifyTemplate):
    """Writes `query`, "?..." or nothing, behind the path; neither the page nor the way back is loaded anew."""

    template_file = (__file__, "address.vue")
    query = traitlets.Unicode("").tag(sync=True)


class Lost(ipyvuetify.VuetifyTemplate):
    """Says `words` with a button that loads the page anew, `again`, while the server does not answer: nothing from there could say it."""

    template_file = (__file__, "lost.vue")
    words = traitlets.Unicode("").tag(sync=True)
    again = traitlets.Unicode("").tag(sync=True)
