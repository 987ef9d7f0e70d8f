"""填报表: the department's workbook, down prefilled and up again with what was filled in."""
