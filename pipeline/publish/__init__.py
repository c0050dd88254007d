"""Reports, tables and charts."""
