"""Understands tables in files: gate, workbook and text readers, header, rows. Pure."""
