"""What only Google Workspace has, one file per subject."""
