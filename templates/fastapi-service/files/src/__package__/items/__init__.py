"""Items: the first resource of the domain."""
