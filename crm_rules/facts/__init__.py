"""Facts: typed relations, the rows of one project, and the values they hold."""
