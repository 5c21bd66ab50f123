"""What this app hears."""
