"""What Annexa's hot paths cost, each as a ratio to a stated floor measured in the same run. See README.md."""
