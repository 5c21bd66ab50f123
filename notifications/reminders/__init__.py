"""
What the house writes by itself to people who left something open, and how it stops.

`papers`: what borrowers still have to send, along the rungs of `ladder`. `doors`: an application that was not sent, an
invitation nobody used. `mornings`: what waits at the desk, which `waiting` reads. `next_steps`: what a visitor asked
for with a guide. Each planner of `planning.PLANNERS` looks at rows through an index, in batches, and queues under a key
that makes doing it twice harmless; nothing that was missed while the house slept is made up for.
"""
