"""What happens around the routes: ids, limits, deadlines, the log, metrics and traces."""
