"""What a chat's archive amounts to, in figures and pictures."""
