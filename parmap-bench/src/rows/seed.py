"""The seed's workload in Python: a global array that forked processes share, sections of its rows as the items.

Arguments: rows, columns, sections, processes, seconds. Prints JSON, all times in seconds.
"""

import json
import multiprocessing
import sys
import time

import numpy


def section_sum(section):
    begin, end = section
    return float(DATA[begin:end].sum())


def loop():
    return [section_sum(section) for section in SECTIONS]


def forked():
    """As python_parmap did it: the processes are forked for the call, and the array is in their memory."""
    with CONTEXT.Pool(PROCESSES) as pool:
        return pool.map(section_sum, SECTIONS)


def timed(way):
    began = time.perf_counter()
    sums = way()
    return time.perf_counter() - began, sums


ROWS, COLUMNS, NUMBER, PROCESSES = map(int, sys.argv[1:5])
SECONDS = float(sys.argv[5])
SIZE = ROWS // NUMBER
SECTIONS = [(begin, min(begin + SIZE, ROWS)) for begin in range(0, ROWS, SIZE)]
DATA = numpy.full((ROWS, COLUMNS), 0.5)
CONTEXT = multiprocessing.get_context("fork")

with CONTEXT.Pool(PROCESSES) as waiting:
    ways = {"loop": loop, "pool": lambda: waiting.map(section_sum, SECTIONS), "forked": forked}
    best = dict.fromkeys(ways, float("inf"))
    began, rounds = time.perf_counter(), 0
    while rounds < 3 or time.perf_counter() - began < SECONDS:
        for name, way in ways.items():
            seconds, sums = timed(way)
            assert sums == [SIZE * COLUMNS * 0.5] * NUMBER
            best[name] = min(best[name], seconds)
        rounds += 1
print(json.dumps(best))
