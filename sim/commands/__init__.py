"""What `crosscluster` can do, a file for each sub-command."""
