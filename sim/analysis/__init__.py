"""What an experiment's files say: effects, verdicts, tables, figures, the report.  Reads files only; never simulates."""
