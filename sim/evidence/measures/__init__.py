"""How each figure is measured in a run: plain functions of what was watched, a file a subject."""
