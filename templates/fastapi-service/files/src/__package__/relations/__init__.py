"""Relations between <%= it.entity.plural %>: which are related, directly and over others."""
