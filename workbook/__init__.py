"""An analyst's workbook on a company that reorganises around AI."""
