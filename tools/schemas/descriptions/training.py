"""What each optimizer, schedule, loss, metric and callback does."""

from __future__ import annotations

OPTIMIZERS = {
    "Adadelta": "Adapts the step of each weight by a window of its gradients.",
    "Adafactor": "Adapts steps with little memory.",
    "Adagrad": "Adapts the step of each weight by all of its gradients so far.",
    "Adam": "Adapts steps by moving means of the gradient and its square.",
    "AdamW": "Adam with weight decay apart from the gradient.",
    "Adamax": "Adam with the largest gradient in the place of the mean square.",
    "Ftrl": "Follows the regularized leader: sparse weights.",
    "Lamb": "Adam with a step for each layer, for large batches.",
    "Lion": "Steps by the sign of a moving mean.",
    "LossScaleOptimizer": "Scales the loss so that float16 gradients do not vanish.",
    "MultiOptimizer": "Gives groups of weights optimizers of their own.",
    "Muon": "Makes the step of each matrix orthogonal; Adam for the rest.",
    "Nadam": "Adam with Nesterov momentum.",
    "OptimizerMap": "Which optimizer is for which weights, by their paths.",
    "RMSprop": "Scales steps by a moving mean of squared gradients.",
    "SGD": "Gradient descent, with momentum if given.",
    "ScheduleFreeAdamW": "AdamW that needs no schedule.",
}

SCHEDULES = {
    "CosineDecay": "Falls along a cosine, after a warm-up if given.",
    "CosineDecayRestarts": "Falls along a cosine again and again.",
    "ExponentialDecay": "Falls by a constant factor.",
    "InverseTimeDecay": "Falls with the inverse of time.",
    "PiecewiseConstantDecay": "Holds given values between given steps.",
    "PolynomialDecay": "Falls along a polynomial to an end.",
}

_SHARED = {
    "BinaryCrossentropy": "Cross-entropy of yes-or-no labels.",
    "CategoricalCrossentropy": "Cross-entropy of one-hot labels.",
    "CategoricalHinge": "The hinge of one-hot labels.",
    "Hinge": "The hinge of labels -1 and 1.",
    "KLDivergence": "The Kullback-Leibler divergence of two distributions.",
    "MeanAbsoluteError": "The mean absolute difference.",
    "MeanAbsolutePercentageError": "The mean absolute difference in percent of the label.",
    "MeanSquaredError": "The mean squared difference.",
    "MeanSquaredLogarithmicError": "The mean squared difference of logarithms.",
    "Poisson": "The Poisson loss, for counts.",
    "SparseCategoricalCrossentropy": "Cross-entropy of labels given as class indices.",
    "SquaredHinge": "The squared hinge of labels -1 and 1.",
}

LOSSES = {
    **_SHARED,
    "BinaryFocalCrossentropy": "Binary cross-entropy that weighs hard examples more.",
    "CTC": "Connectionist temporal classification, for unaligned sequences.",
    "CategoricalFocalCrossentropy": "Categorical cross-entropy that weighs hard examples more.",
    "CategoricalGeneralizedCrossEntropy": "Between cross-entropy and absolute error, for noisy "
    "labels.",
    "Circle": "Pulls embeddings of one class together and others apart.",
    "CosineSimilarity": "The negative cosine of two vectors.",
    "Dice": "One less the Dice overlap, for segmentation.",
    "Huber": "Squared for small differences, absolute for large ones.",
    "LogCosh": "The logarithm of the hyperbolic cosine of the difference.",
    "Quantile": "The pinball loss of quantiles, one on each unit of the last axis. Of modelspec.",
    "Tversky": "One less the Tversky overlap, for segmentation.",
}

METRICS = {
    **_SHARED,
    "AUC": "The area under the ROC or precision-recall curve.",
    "Accuracy": "How often predictions equal labels.",
    "BinaryAccuracy": "How often predictions fall on the right side of a threshold.",
    "BinaryIoU": "Intersection over union of yes-or-no classes.",
    "CategoricalAccuracy": "How often the highest score is the one-hot label.",
    "ConcordanceCorrelation": "Correlation that also asks for equal mean and variance.",
    "CosineSimilarity": "The cosine of two vectors.",
    "F1Score": "The harmonic mean of precision and recall.",
    "FBetaScore": "A weighted harmonic mean of precision and recall.",
    "FalseNegatives": "Counts false negatives.",
    "FalsePositives": "Counts false positives.",
    "IoU": "Intersection over union of chosen classes.",
    "LogCoshError": "The logarithm of the hyperbolic cosine of the difference.",
    "Mean": "The mean of values.",
    "MeanIoU": "Intersection over union, averaged over classes.",
    "OneHotIoU": "Intersection over union of chosen classes, from one-hot labels.",
    "OneHotMeanIoU": "Mean intersection over union, from one-hot labels.",
    "PearsonCorrelation": "The correlation of predictions and labels.",
    "Precision": "The share of positive predictions that are right.",
    "PrecisionAtRecall": "The best precision at a given recall.",
    "R2Score": "The share of the variance that is explained.",
    "Recall": "The share of positive labels that are found.",
    "RecallAtPrecision": "The best recall at a given precision.",
    "RootMeanSquaredError": "The root of the mean squared difference.",
    "SensitivityAtSpecificity": "The best sensitivity at a given specificity.",
    "SparseCategoricalAccuracy": "How often the highest score is the class index.",
    "SparseTopKCategoricalAccuracy": "How often the class index is among the k highest scores.",
    "SpecificityAtSensitivity": "The best specificity at a given sensitivity.",
    "Sum": "The sum of values.",
    "TopKCategoricalAccuracy": "How often the one-hot label is among the k highest scores.",
    "TrueNegatives": "Counts true negatives.",
    "TruePositives": "Counts true positives.",
}

CALLBACKS = {
    "CSVLogger": "Writes the figures of each epoch to a CSV file.",
    "EarlyStopping": "Stops when a figure no longer improves.",
    "ModelCheckpoint": "Saves the model or its weights as training goes.",
    "OrbaxCheckpoint": "Saves checkpoints with Orbax.",
    "ReduceLROnPlateau": "Lowers the learning rate when a figure no longer improves.",
    "RemoteMonitor": "Sends the figures of each epoch to a server.",
    "SwapEMAWeights": "Evaluates with the moving average of the weights.",
    "TensorBoard": "Writes logs for TensorBoard.",
    "TerminateOnNaN": "Stops when the loss is not a number.",
}
