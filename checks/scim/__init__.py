"""What only services that speak SCIM have, one file per subject."""
