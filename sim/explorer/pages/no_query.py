"""An address bar without what follows the question mark."""

import ipyvuetify


class NoQuery(ipyvuetify.VuetifyTemplate):
    """Takes it away when it comes to the page; neither the page nor the way back is loaded anew."""

    template_file = (__file__, "no_query.vue")
