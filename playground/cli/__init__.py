"""The command line: one file a command, and the border that every command of the project runs behind."""
