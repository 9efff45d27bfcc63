"""What only Okta has, one file per subject."""
