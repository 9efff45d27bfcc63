"""What we look at in Microsoft Entra ID alone, one file per subject; the rest is judged by `checks/idp`."""
