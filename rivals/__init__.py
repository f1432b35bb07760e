"""Simple published models of the same question, behind the same seam and the same measures: does the rich model say more than they do?"""
