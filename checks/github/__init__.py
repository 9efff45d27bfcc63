"""What only GitHub has, one file per subject."""
