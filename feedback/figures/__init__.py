"""
The figures of experience: what each is (`table`), how rows become figures of a month (`counting`), and when a month is
(`months`).

Each figure is one question whose rows belong to a month and to people; the same question answers the count and the
list behind it, so the two agree. Attributed is to whoever works on the loan now, as its officer or its processor.
"""
