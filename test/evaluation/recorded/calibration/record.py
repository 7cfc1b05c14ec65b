"""Figures of the `uncertainty-calibration` package (0.1.4), which HELM calls: python record.py > figures.json

The order that numpy's argsort gives equal confidences is its own affair, so selective figures are recorded only where all differ.
"""
import json

import calibration as cal
import numpy as np


def case(name, probs, correct):
    probs, correct = np.asarray(probs, dtype=float), np.asarray(correct, dtype=int)
    distinct = len(np.unique(probs)) == len(probs)
    area, top = cal.get_selective_stats(probs, correct)
    figures = {
        "ece_10_bin": cal.get_ece_em(probs, correct, num_bins=10),
        "ece_1_bin": cal.get_ece(probs, correct, num_bins=1),
    }
    if distinct:
        figures |= {"selective_cov_acc_area": area, "selective_acc@10": top}
    platt = None
    if 0 < correct.sum() < len(correct):
        scaler, clf = cal.get_platt_scaler(probs, correct, get_clf=True)
        scaled = scaler(probs)
        platt = {
            "slope": clf.coef_[0][0],
            "intercept": clf.intercept_[0],
            "platt_ece_10_bin": cal.get_ece_em(scaled, correct, num_bins=10),
            "platt_ece_1_bin": cal.get_ece(scaled, correct, num_bins=1),
        }
    as_floats = lambda values: {key: float(value) for key, value in values.items()}
    return {
        "name": name,
        "confidence": probs.tolist(),
        "correct": correct.tolist(),
        "figures": as_floats(figures),
        "platt": None if platt is None else as_floats(platt),
    }


draw = np.random.default_rng(7)
sharp = draw.uniform(0.25, 1, 317)
cases = [
    case("calibrated", sharp, draw.uniform(size=317) < sharp),
    case("overconfident", sharp**0.3, draw.uniform(size=317) < sharp**2),
    case("ties", np.round(draw.uniform(0.2, 1, 403), 1), draw.uniform(size=403) < 0.6),
    case("few values", draw.choice([0.25, 0.5, 1.0], 300), draw.uniform(size=300) < 0.5),
    case("all right", draw.uniform(0.5, 1, 305), np.ones(305)),
    case("fewer than bins", [0.9, 0.4, 0.7], [1, 0, 0]),
]
print(json.dumps(cases))
