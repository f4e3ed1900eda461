"""A Gaussian plume with reflection at the ground and under the boundary layer's lid; Briggs' open-country spread.

Concentration of a source is emission / (speed · crosswind · vertical spread); summed over a plane across the wind it
carries all that is emitted: nothing settles, nothing reacts.
"""

from __future__ import annotations

import numpy as np

from qingyuan.gateway.simulator.province.period import Floats

HOUR_SPREAD = (60 / 10) ** 0.2   # ten-minute spread to the hour: the wind wanders
IMAGES = 4                       # reflections counted on each side
EVEN = 1.2                       # spread over the lid's height from which on the layer is evenly mixed
NEAREST = 30.0                   # m; nearer than that no plume is a plume
GRAVITY = 9.81
# crosswind a, vertical b, vertical length in km^-1 and its exponent, by class A to F
BRIGGS = np.array([(0.22, 0.20, 0.0, 1.0), (0.16, 0.12, 0.0, 1.0), (0.11, 0.08, 0.0002, -0.5),
                   (0.08, 0.06, 0.0015, -0.5), (0.06, 0.03, 0.0003, -1.0), (0.04, 0.016, 0.0003, -1.0)])


def stability(speed: Floats, sun: Floats) -> np.ndarray:
    """Pasquill class as 0 (A) to 5 (F) from wind at 10 m (m/s) and sunshine (0 to 1)."""
    day = np.select([sun > 0.6, sun > 0.3], [np.clip((speed - 1) // 1.5, 0, 3), np.clip((speed + 1) // 2, 1, 3)], 3)
    night = np.clip(7 - speed // 1, 3, 5)
    return np.where(sun > 0.05, day, night).astype(np.int64)


def spread(distance: Floats, category: np.ndarray) -> tuple[Floats, Floats]:
    """Crosswind and vertical spread in m at a distance downwind (m), for one hour."""
    a, b, length, power = np.moveaxis(BRIGGS[category], -1, 0)
    across = a * distance / np.sqrt(1 + 0.0001 * distance) * HOUR_SPREAD
    return across, b * distance * (1 + length * distance) ** np.where(length > 0, power, 0.0)


def rise(speed: Floats, gas_degrees: Floats, air_degrees: Floats, gas_m3s: Floats) -> Floats:
    """Final buoyant rise in m (Briggs) of a gas stream (actual m³/s) at the wind speed of the stack's top."""
    buoyancy = GRAVITY * gas_m3s / np.pi * np.maximum(gas_degrees - air_degrees, 1.0) / (gas_degrees + 273)
    return np.where(buoyancy < 55, 21.4 * buoyancy**0.75, 38.7 * buoyancy**0.6) / speed


def at_height(speed: Floats, height: Floats, category: np.ndarray) -> Floats:
    """Wind at a height in m (power law), not below 0.5 m/s."""
    power = np.array([0.07, 0.07, 0.10, 0.15, 0.35, 0.55])[category]
    return np.maximum(speed * (np.maximum(height, 10) / 10) ** power, 0.5)


def concentration(downwind: Floats, crosswind: Floats, above: Floats, height: Floats, *, speed: Floats,
                  category: np.ndarray, mixing: Floats, initial: Floats | float = 0.0) -> Floats:
    """s/m³: concentration for an emission of 1 g/s, at metres downwind, aside and above ground.

    `height` is the plume's height, `initial` the spread in m that an area source begins with. Zero upwind. A plume
    above the lid stays there: its height is put under the lid only where the lid is higher.
    """
    ahead = downwind > NEAREST
    across, upward = spread(np.where(ahead, downwind, 1000.0), category)
    across, upward = np.hypot(across, initial), np.hypot(upward, np.asarray(initial) / 4)
    lid = np.maximum(mixing, height * 1.05)
    upward = np.minimum(upward, EVEN * lid)
    vertical = sum(np.exp(-0.5 * ((above + sign * height + 2 * n * lid) / upward) ** 2)
                   for n in range(-IMAGES, IMAGES + 1) for sign in (-1, 1))
    shape = np.exp(-0.5 * (crosswind / across) ** 2) * vertical / (2 * np.pi * across * upward * speed)
    return np.where(ahead, shape, 0.0)
