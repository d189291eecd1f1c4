"""What was asked and what became of it, kept for a while; what was not covered, put together and drafted."""
