"""
Every figure of experience, in the order of the page: one entry a figure.

What is counted from rows of an app above this one is an entry there, handed over when the product starts
(`add_figure`).
"""

from feedback.figures import answers, applying, asked, pace, papers
from feedback.figures.shape import Figure

FIGURES: dict[str, Figure] = {
    figure.key: figure
    for figure in (*answers.FIGURES, *asked.FIGURES, *pace.FIGURES, *papers.FIGURES, *applying.FIGURES)
}


def add_figure(figure: Figure) -> None:
    """The same key again takes the place of the first."""
    FIGURES[figure.key] = figure
