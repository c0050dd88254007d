"""casejury: LLM-assisted grading of contest submissions with verified evidence and human rulings."""

__version__ = "0.1.0"
