"""x"""
WORKS = ("fan_out", "event", "round")
def beside(ground, name, size): return {}
