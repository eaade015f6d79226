"""A fit as parameters and residual ranges: what is known, how well, and what is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.twins.identification.space import Free, Space
from bench.twins.identification.start import ASSUMED, Start
from bench.twins.identification.uncertainty import FROM_PRIOR, Uncertainty
from bench.twins.simulation.physics import expected_units
from bench.twins.twin import Parameter, ResidualRange

Floats = NDArray[np.float64]

NORMAL = 1.96
"""Standard deviations from the middle of a normal distribution to its 97.5 % quantile."""
DIGITS = 9
AT_BOUND = 1e-6
"""Spreads; a coordinate so near to a bound lies at it."""


def parameters_of(
    space: Space, x: Floats, spread: Uncertainty, start: Start
) -> tuple[Parameter, ...]:
    """Every parameter of the twin, the free ones with what the fit says of them."""
    units = _units(space)
    fitted = tuple(
        _fitted(each, float(x[p]), p, spread, units) for p, each in enumerate(space.free)
    )
    fixed = tuple(_fixed(name, value, start, units) for name, value in space.fixed.items())
    return fitted + fixed


def ranges_of(space: Space, x: Floats, spread: Uncertainty) -> tuple[ResidualRange, ...]:
    """A normal range for every parameter that the data determine.

    Ranges are drawn from one by one, though parameters trade off: together they would go where no
    recording lets them go. So each is as wide as the parameter may vary when the others are known:
    of all independent normal distributions that of mean-field inference, nearest to the joint one
    (C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 10.1.2).
    """
    sd = np.hypot(spread.standard_error, spread.between) / np.sqrt(spread.inflation)
    return tuple(
        ResidualRange(
            each.name,
            _rounded(each.value(float(x[p] - NORMAL * sd[p]))),
            _rounded(each.value(float(x[p] + NORMAL * sd[p]))),
            "normal",
            f"jackknife over {len(spread.groups)} groups: standard error and spread "
            "between executions, the other parameters given",
        )
        for p, each in enumerate(space.free)
        if _is_known(each, float(x[p]), spread, p)
    )


def interval_of(each: Free, at: float, error: float, degrees: int) -> tuple[float, float]:
    """The 95 % t interval of a parameter.

    Args:
        each: the parameter.
        at: its coordinate.
        error: standard error of the coordinate.
        degrees: of freedom.
    """
    from scipy.special import stdtrit

    reach = float(stdtrit(degrees, 0.975)) * error
    return each.value(at - reach), each.value(at + reach)


def _error(spread: Uncertainty, p: int) -> float:
    """Standard error of a coordinate; what is the prior's keeps the prior's spread."""
    own, from_prior = float(spread.standard_error[p]), float(spread.from_prior[p])
    return own if from_prior < FROM_PRIOR else max(own, float(np.sqrt(from_prior)))


def _fitted(each: Free, at: float, p: int, spread: Uncertainty, units: dict[str, str]) -> Parameter:
    error = _error(spread, p)
    known = _is_known(each, at, spread, p)
    inside = _bound(each, at) is None
    return Parameter(
        each.name,
        _rounded(each.value(at)),
        units[each.name],
        _determined(each, at, spread, p),
        source="" if known else each.source,
        standard_error=_rounded(_half_width(each, at, error)) if inside else None,
        bounds=each.bounds,
        interval=_rounded_pair(interval_of(each, at, error, spread.degrees)) if inside else None,
        prior=each.prior,
        prior_source=each.source,
    )


def _is_known(each: Free, at: float, spread: Uncertainty, p: int) -> bool:
    """Whether the data determine a parameter: within its bounds, and more than the prior does."""
    return bool(spread.determined[p]) and _bound(each, at) is None


def _determined(each: Free, at: float, spread: Uncertainty, p: int) -> str:
    bound = _bound(each, at)
    if bound is not None:
        return f"at its bound, {bound:.9g}"
    if _is_known(each, at, spread, p):
        return "fitted"
    if spread.from_prior[p] >= FROM_PRIOR:
        return f"not determined by the data: {spread.from_prior[p]:.0%} the prior's"
    times = spread.standard_error[p]
    return f"not determined by the data: error {times:.2g} times the prior's spread"


def _bound(each: Free, at: float) -> float | None:
    """The bound that a coordinate lies at, if it does."""
    near = (b for b in each.bounds if abs(each.coordinate(b) - at) < AT_BOUND)
    return next(near, None)


def _half_width(each: Free, at: float, error: float) -> float:
    return (each.value(at + error) - each.value(at - error)) / 2


def _rounded_pair(pair: tuple[float, float]) -> tuple[float, float]:
    return _rounded(pair[0]), _rounded(pair[1])


def _fixed(name: str, value: float, start: Start, units: dict[str, str]) -> Parameter:
    source = start.sources[name]
    how = "assumed" if source == ASSUMED else "published"
    return Parameter(name, value, units[name], how, source)


def _units(space: Space) -> dict[str, str]:
    names = [each.name for each in space.free] + list(space.fixed)
    joints = sorted({name.rsplit(".", 1)[0] for name in names if "." in name})
    return expected_units(joints)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
