"""Writes references.json: what scipy, statsmodels and numpy say about the statistics that verdicts are made of.

    python -m venv venv && venv/bin/pip install numpy scipy statsmodels
    venv/bin/python test/trend/recorded/record.py
"""
import itertools
import json
import pathlib

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20240229)


def floats(values):
    return [float(value) for value in np.asarray(values).ravel()]


def wilson():
    for right, n in [(8, 10), (0, 20), (20, 20), (1, 3), (450, 600), (12000, 28000)]:
        low, high = proportion_confint(right, n, method="wilson")
        yield {"p": right / n, "n": n, "ci95": floats([low, high])}


def mean_interval():
    for n in [2, 3, 4, 7, 30, 101, 500, 5000]:
        values = rng.normal(0.3, 2, n)
        stderr = stats.sem(values)
        yield {
            "mean": float(values.mean()),
            "stderr": float(stderr),
            "n": n,
            "ci95": floats(stats.t.interval(0.95, n - 1, values.mean(), stderr)),
        }


def clustered():
    for groups, size in [(40, 6), (120, 2), (31, 15)]:
        cluster = np.repeat(np.arange(groups), rng.integers(1, size + 1, groups))
        values = rng.normal(0, 1, groups)[cluster] + rng.normal(0.2, 1, cluster.size)
        fit = sm.OLS(values, np.ones(cluster.size)).fit(
            cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": True}, use_t=True
        )
        yield {
            "values": floats(values),
            "clusters": [int(each) for each in cluster],
            "mean": float(fit.params[0]),
            "stderr": float(fit.bse[0]),
            "p": float(fit.pvalues[0]),
        }


def sign_flip():
    for n, shift in [(1, 1), (5, 1), (10, 0.4), (14, -0.5), (14, 0)]:
        values = np.round(rng.normal(shift, 1, n), 3)
        signs = np.array(list(itertools.product([-1, 1], repeat=n)))
        sums = np.abs(signs @ np.abs(values))
        yield {"values": floats(values), "p": float(np.mean(sums >= abs(values.sum()) - 1e-9))}


def exact_mcnemar():
    for lost, gained in [(0, 3), (12, 4), (30, 31), (90, 45), (700, 640)]:
        p = mcnemar([[0, lost], [gained, 0]], exact=True).pvalue
        yield {"lost": lost, "gained": gained, "p": float(p)}


def paired():
    for n in [100, 350]:
        a = rng.normal(0, 1, n)
        b = a + rng.normal(0.03, 0.5, n)
        a32, b32 = a.astype(np.float32).astype(float), b.astype(np.float32).astype(float)
        found = stats.ttest_rel(b32, a32)
        yield {"a": floats(a32), "b": floats(b32), "p": float(found.pvalue), "ci95": floats(found.confidence_interval())}


def holm():
    for n in [1, 4, 12]:
        p = rng.beta(0.4, 2, n)
        yield {"p": floats(p), "adjusted": floats(multipletests(p, method="holm")[1])}


def theil_sen():
    for n in [3, 5, 12]:
        x = np.arange(n, dtype=float)
        y = 0.4 * x + rng.standard_t(2, n)
        slope, _, _, _ = stats.theilslopes(y, x)
        yield {"x": floats(x), "y": floats(y), "slope": float(slope), "level": float(np.median(y - slope * x))}


def robust():
    for n in [1, 4, 9, 200]:
        values = rng.standard_t(3, n)
        mad = stats.median_abs_deviation(values)
        yield {"values": floats(values), "median": float(np.median(values)), "mad": float(mad)}


Z95 = stats.norm.ppf(0.975)
reference = {
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "normal_tail": [{"z": z, "p": float(stats.norm.sf(z))} for z in [-8, -3, -0.5, 0, 0.1, 1, 1.96, 2.49, 2.51, 4, 6, 9, 20]],
    "student_tail": [
        {"t": t, "df": df, "p": float(stats.t.sf(t, df))}
        for t in [-2, 0, 0.3, 1, 2.5, 6, 40]
        for df in [1, 2, 3, 7, 29, 99, 400, 28000]
    ],
    "student_quantile": [
        {"z": float(z), "df": df, "t": float(stats.t.isf(stats.norm.sf(z), df))}
        for z in [0.5, float(Z95), 3, 4.2]
        for df in [1, 2, 3, 4, 5, 10, 30, 99, 101, 600]
    ],
    "student_to_normal": [
        {"t": t, "df": df, "z": float(stats.norm.isf(stats.t.sf(t, df)))} for t in [1, 2.5, 4, 6] for df in [3, 5, 10, 30, 99]
    ],
    "chi_square_quantile": [
        {"df": df, "q": float(stats.chi2.ppf(0.05, df))} for df in [5, 8, 14, 20, 50]
    ],
    "wilson": list(wilson()),
    "mean_interval": list(mean_interval()),
    "clustered": list(clustered()),
    "sign_flip": list(sign_flip()),
    "mcnemar": list(exact_mcnemar()),
    "paired": list(paired()),
    "holm": list(holm()),
    "theil_sen": list(theil_sen()),
    "robust": list(robust()),
}
path = pathlib.Path(__file__).with_name("references.json")
path.write_text("{\n" + ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in reference.items()) + "\n}\n")
