"""What the product costs, beside what its work costs at least and what is usual."""
