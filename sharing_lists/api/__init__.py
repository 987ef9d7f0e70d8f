"""Deliveries, promises and receipts for programs."""
