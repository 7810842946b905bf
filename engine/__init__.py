"""The hands: doors, clock, scheduler and `execute`, which carries a command through the law into the memory."""
