"""The advisory locks of the database: what one process of the whole installation does at a time. Each has a number of
its own, for two that shared one would wait for each other."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """By what is done under it; COLLECT and PROCESS with the number of an endpoint or of a message beside them."""

    SEAL = 7_301_001
    SWEEP = 7_301_002
    PUBLISH = 7_301_003
    PREPARE = 7_301_004
    EXPIRE = 7_301_005
    REMIND = 7_301_006
    FEED = 7_301_007
    COLLECT = 7_301_100
    PROCESS = 7_301_101
