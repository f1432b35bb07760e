"""The explorer's page, in Solara: app (layout), keep (a picture that keeps zoom and selection), and its parts."""
