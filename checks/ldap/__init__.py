"""What only LDAP servers have, one file per subject."""
