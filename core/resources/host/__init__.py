"""What we look at on a host, one file per subject."""
