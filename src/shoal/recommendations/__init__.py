"""What to show somebody: new things, things to buy again, similar things, what comes next."""
