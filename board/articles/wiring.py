"""What is talked about: what the app is made of here."""

from board.articles import views
from board.articles.thread_controls import labels as thread_control_labels

PARTS = (
    thread_control_labels,
    views,
)
