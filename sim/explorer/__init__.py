"""The explorer: a world and its twin without policy, lived quarter by quarter, with levers to pull and questions to ask.

Plain Python below, pages on top: session (what is lived), levers, budget, why, cards (what is asked), link and limits (what is let in).
"""
