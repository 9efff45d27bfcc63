"""What the people of the organization have and leave behind, across all sources, one file per subject."""
