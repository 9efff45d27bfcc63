"""The auditor's bundle: one archive that answers one question, and proves what it says to whoever has it alone."""
