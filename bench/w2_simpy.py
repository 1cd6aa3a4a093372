# SPDX-License-Identifier: GPL-3.0-or-later
"""W2 in SimPy: w2_simpy.py ACQUISITIONS prints rate and wait; status 77 if there is no SimPy."""

import random
import sys

THREADS, THINK, HOLD = 64, 10.0, 1.0


class Count:
    def __init__(self, most):
        self.most, self.done, self.waiting = most, 0, 0.0


def with_simpy_2(count):
    from SimPy.Simulation import Process, Resource, Simulation, hold, release, request

    class Thread(Process):
        def live(self, lock):
            while count.done < count.most:
                yield hold, self, random.expovariate(1 / THINK)
                asked = self.sim.now()
                yield request, self, lock
                count.waiting += self.sim.now() - asked
                yield hold, self, random.expovariate(1 / HOLD)
                yield release, self, lock
                count.done += 1
            self.sim.stopSimulation()

    simulation = Simulation()
    simulation.initialize()
    lock = Resource(capacity=1, sim=simulation)
    for _ in range(THREADS):
        thread = Thread(sim=simulation)
        simulation.activate(thread, thread.live(lock))
    simulation.simulate(until=1e12)
    return simulation.now()


def with_simpy(simpy, count):
    def thread(env, lock, finished):
        while count.done < count.most:
            yield env.timeout(random.expovariate(1 / THINK))
            asked = env.now
            with lock.request() as request:
                yield request
                count.waiting += env.now - asked
                yield env.timeout(random.expovariate(1 / HOLD))
            count.done += 1
        if not finished.triggered:
            finished.succeed()

    env = simpy.Environment()
    lock, finished = simpy.Resource(env), env.event()
    for _ in range(THREADS):
        env.process(thread(env, lock, finished))
    env.run(until=finished)
    return env.now


def main():
    count = Count(int(sys.argv[1]))
    random.seed(1)
    try:
        import simpy
    except ImportError:
        simpy = None
    try:
        now = with_simpy(simpy, count) if simpy else with_simpy_2(count)
    except ImportError:
        return 77
    print(count.done / now, count.waiting / count.done)
    return 0


sys.exit(main())
