"""Plan trials, run them, verify and score what they leave."""
