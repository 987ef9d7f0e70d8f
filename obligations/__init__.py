"""What is owed: lists, items, obligations, claims, evidence, deadlines, checks and lights."""
