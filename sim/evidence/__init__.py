"""What the model answers to: figures from outside, how each is measured in a run, the scorecard, and the fit of values to some of them."""
