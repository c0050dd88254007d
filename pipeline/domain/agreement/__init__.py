"""How far markers agree, and where a machine can be trusted: statistics with their formulas, sources and limits."""
