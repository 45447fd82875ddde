"""Sites of the newsroom that show threads in their own pages."""
