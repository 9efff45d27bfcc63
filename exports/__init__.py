"""What leaves: reports and records for people and other tools."""
