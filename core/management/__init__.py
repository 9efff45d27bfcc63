"""What people answer for, as words and rules: records that nothing but their events makes. Pure."""
