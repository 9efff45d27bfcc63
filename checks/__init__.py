"""Judge. Pure functions from what was observed to a verdict; nothing here touches the world or the clock."""
