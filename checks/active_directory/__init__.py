"""What only domains of Active Directory have, one file per subject. What any directory has is judged in `checks/idp`
and `checks/ldap`."""
