"""Whether segments are worth acting on, and what behaviour says about the product."""
