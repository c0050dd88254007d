"""The one place that knows a provider: prompts, judge, replay."""
