"""The batch: plan, run, budget."""
