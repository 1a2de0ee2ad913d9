"""The command line: one file for each command, and the border that every command of the project runs behind."""
