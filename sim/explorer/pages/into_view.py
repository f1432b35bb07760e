"""A mark that brings what stands before it onto the screen."""

import ipyvuetify


class IntoView(ipyvuetify.VuetifyTemplate):
    """Scrolls to itself when it comes to the page, no farther than needed: what was asked for is not to appear unseen below the fold."""

    template_file = (__file__, "into_view.vue")
