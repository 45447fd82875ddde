"""Storms: attacks on a board of two workers, while a reader's article page is timed.

attacks   what is played     play      the connections of one attack, in a process of its own
reader    the page, timed    run       board, nginx, rounds and the table
"""
