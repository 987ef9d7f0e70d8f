"""Pages of deliveries, promises and keys."""
