"""Relations between items: which are related, directly and over others."""
