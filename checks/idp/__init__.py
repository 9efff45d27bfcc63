"""What we look at in directories and identity providers, whichever they are, one file per subject."""
