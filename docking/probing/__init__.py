"""One round of probes: choosing, asking in pace, judging answers, writing what was seen."""
