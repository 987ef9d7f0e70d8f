"""Invented systems of departments, for the demonstration: they answer probes and push receipts.

A program of its own, as departments' systems are: it knows the product by its addresses alone.
"""
