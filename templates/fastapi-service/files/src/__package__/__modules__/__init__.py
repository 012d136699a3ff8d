"""<%= it.entity.plural[0].toUpperCase() + it.entity.plural.slice(1) %>: the first resource of the domain."""
