"""The world and how it is run."""
