"""More of what the rules refuse although Keras builds it: recurrent and preprocessing layers, ops.

Rows of `stricter.TABLE`: a pattern of the names, a pattern of the rule's words, the reason, and
whether the tests run such a call and see it fail.
"""

from __future__ import annotations

Row = tuple[str, str, str, bool]

SEQUENCES: tuple[Row, ...] = (
    (r"(Simple|Bidirectional|Conv|LSTM|GRU|RNN).*", r"cannot drop out whole numbers",
     "dropout takes only floating numbers, and says so when it runs", True),
    (r"(SimpleRNN|LSTM|GRU|RNN|ConvLSTM\dD)", r"has \d states|needs an initial state",
     "recurrent layers look at the states of a call when they run", False),
    (r"(Stacked|Simple|LSTM|GRU).*Cells?", r"needs states for",
     "a cell multiplies by its states when it runs", True),
    (r"(TimeDistributed|SimpleRNN|LSTM|GRU|RNN|ConvLSTM\dD)", r"needs a mask",
     "masks are looked at when the layer runs", True),
    (r"RNN|Bidirectional", r"needs 3 axes",
     "RNN does not count axes; a step of more than features fits the states only by chance", False),
    (r"LSTMCell", r"got one tensor",
     "LSTMCell takes the first two examples of one tensor for its two states", False),
    (r"StackedRNNCells", r"a list of states",
     "StackedRNNCells leaves out the cells that it finds no states for", False),
    (r"GRUCell", r"needs 2 axes", "states of one unit stretch to wrong axes by chance", False),
    (r"Bidirectional", r"cannot merge", "the two results meet when the layer runs", True),
    (r"TimeDistributed", r"its ",
     "TimeDistributed calls its layer past the layer's own checks", False),
)  # fmt: skip

PREPROCESSING: tuple[Row, ...] = (
    (r"Rescaling", r"a list that fits \(None,\)",
     "a list meets the batch, which in a test may have its length by chance", False),
    (r"Rescaling", r"needs lists|needs one number", "Rescaling multiplies when it runs", True),
    (r"CategoryEncoding", r"uses weights only", "it looks at its weights when it runs", True),
    (r"HashedCrossing", r"needs whole numbers or text|needs features of shape|one shape",
     "HashedCrossing looks at its features when it runs", True),
    (r"Hashing", r"as mask", "Hashing compares with its mask when it runs", True),
    (r"STFTSpectrogram", r"needs float16", "it looks at the dtype when it runs", True),
    (r"(String|Integer)Lookup|TextVectorization", r"needs (text|numbers)",
     "lookups convert to the vocabulary's dtype when they run", True),
    (r"TextVectorization", r"splits one text", "it looks for one text each when it runs", True),
    (r"MelSpectrogram", r"mirrors|decibels", "samples are mirrored when the layer runs", True),
    (r".*", r"gives (no )?(sparse|multi_hot|count)( one_hot)? codes",
     "codes are made when the layer runs; sparse ones fail in a graph alone", False),
    (r"Rescaling", r"a list that fits", "Rescaling multiplies and adds when it runs", False),
    (r"(Integer|String)Lookup", r"learns weights", "weights are counted when it adapts", False),
    (r"Pipeline", r"with its `mean` given",
     "the constants are made in the graph of the trace, which only a model has", False),
    (r"CategoryEncoding|Discretization|IntegerLookup|StringLookup|HashedCrossing", r"got text",
     "text is looked for when the layer runs", True),
)  # fmt: skip

IMAGES: tuple[Row, ...] = (
    (r".*", r"needs 4 axes \(batch, height, width", "image layers count axes when they run", True),
    (r"Random(Hue|Saturation|Grayscale|ColorJitter)|RandAugment", r"needs images of",
     "colours are mixed when the layer runs in training", True),
    (r".*", r"does not compute in", "an image layer draws numbers when it runs", False),
    (r"AugMix", r"needs images of", "AugMix draws that layer, or does not", False),
    (r".*", r"the format of its boxes", "boxes are read when the layer runs", True),
    (r"Resizing", r"either crops or pads", "Resizing looks at both when it runs", True),
    (r"(Random|Contrast).*", r"with the batch as its",
     "fails in a graph, which does not know the size of the batch; in the call of a test it may be "
     "known", False),
    (r"(Random|Rand|AugMix|Contrast|AutoContrast|Resizing|CenterCrop).*",
     r"on each side|at least 1 channel|at least one element|tiles along",
     "images without pixels fail when a kernel resamples them, for most in a training", False),
    (r"Resizing|RandomCrop", r"images alone",
     "Keras announces one tensor of two sizes for a whole mapping", False),
    (r"MaxNumBoundingBoxes|RandomGrayscale", r"got text", "text is no image", False),
)  # fmt: skip

OPS: tuple[Row, ...] = (
    (r"ops\..*", r"needs numbers, got text", "ops look for text when they run", True),
    (r"ops\..*", r"names an axis of .* twice", "the op looks for its axes when it runs", True),
    (r"ops\.(bitwise_\w+|left_shift|right_shift)", r"needs whole numbers|do not fit",
     "bits are shifted and compared when the op runs", True),
    (r"ops\.is(nan|inf|finite)", r"of known sizes only",
     "the result for whole numbers is made in a shape that a graph may not know", False),
    (r"ops\.(split|[hvd]split)", r"to cut it at indices",
     "the last part is counted when the op runs, and a graph may not know the size", False),
    (r"ops\.argpartition", r"past the end", "the op writes when it runs", True),
    (r"ops\.view_as_complex", r"needs a last axis", "the op looks at its axis when it runs", True),
    (r"ops\.select", r"conditions for", "the op counts its lists when it runs", True),
    (r"ops\.full", r"do not fit", "the value is stretched when the op runs", True),
    (r"ops\.(layer_normalization|rms_normalization|argpartition|trapezoid|nan\w+|sort|argsort)",
     r"is not among the", "the op looks for its axis when it runs", True),
    (r"ops\.rearrange", r"has no axis|cannot split|names .* axes|twice",
     "the op moves axes when it runs", True),
    (r"ops\.pad", r"cannot read", "the op pads when it runs", True),
    (r"ops\.rot90", r"two different axes", "the op turns axes when it runs", True),
    (r"ops\.squeeze", r"needs `axis`", "the graph of a training loses the count of axes", False),
    (r"ops\.vdot", r"as many elements", "the op sums when it runs", True),
    (r"ops\.tensordot", r"cannot sum|which differ", "the op sums when it runs", True),
    (r"ops\.einsum", r"names \d+ axes in",
     "the op reads one axis for two where `...` stands for fewer axes than none", False),
    (r"ops\.einsum", r"has no axis|has sizes", "the op sums when it runs", True),
    (r"ops\.(adaptive_\w+|max_pool|average_pool|\w*conv\w*)",
     r"needs|takes one number", "windows are laid when the op runs", True),
    (r"ops\.(slogdet|logdet)", r"at least 2 axes", "the op wants matrices when it runs", True),
    (r"ops\.ctc_decode", r"needs 3 axes", "the op counts axes when it runs", True),
    (r"ops\.dot_product_attention", r"needs 4 axes", "the op counts axes when it runs", True),
    (r"ops\.(max|min|trapezoid|unique|clip|pad)", r"an edge gives a tensor",
     "Keras keeps that tensor out of the graph, and the built model fails when it runs", False),
    (r"ops\.(gcd|lcm)", r"known sizes, that of the batch",
     "the graph of a training does not know the batch that the op stretches to", False),
    (r"ops\.unfold", r"known number of images",
     "the op asks for the number of images, which a graph of a training does not know", False),
    (r"ops\.average", r"the number of axes", "the graph of a training loses it", False),
    (r"ops\.trapezoid", r"from the end, but for -1",
     "Keras adds the axis to the rank, which is a tensor in a graph", False),
    (r"ops\..*", r"Keras builds this, but its first batch fails",
     "the op looks at dtypes, sizes and settings when it runs", True),
    (r"ops\.(unique|kaiser)", r"got the constant|from constants only",
     "nothing of the model flows into the op", False),
)  # fmt: skip

KERNELS: tuple[Row, ...] = (
    (r".*", r"needs floating numbers|needs numbers, got bool|has no kernel|cannot weigh",
     "the kernel looks at the dtype when the layer runs", True),
    (r".*", r"needs at least one (element|feature|step)",
     "kernels refuse tensors without elements when they run, some of them only in training", False),
    (r"Adaptive.*", r"cannot pool an axis",
     "a window longer than the axis makes nothing eagerly, and is refused in a graph", False),
    (r"ops\.tri[lu]", r"at least 2 axes", "triangles are cut when the op runs", True),
    (r"ops\.top_k", r"cannot find the", "the op counts the elements when it runs", True),
    (r"(Alpha)?Dropout", r"has noise of", "noise is stretched in training", True),
    (r"RMSNormalization", r"has a scale of", "the scale is stretched when the layer runs", True),
    (r"Conv\dDTranspose", r"one position too few",
     "kernels compare the sizes with those of a convolution back, some of them in training only",
     False),
    (r".*(Normalization|Softmax)", r"names axis .* twice", "axes are counted in the run", True),
    (r".*", r"activation glu|with glu",
     "Keras announces the shape without the activation, and builds what follows for it", False),
    (r"ActivityRegularization", r"adds a penalty", "penalties and loss are summed in fit", False),
)  # fmt: skip

ROWS: tuple[Row, ...] = KERNELS + SEQUENCES + PREPROCESSING + IMAGES + OPS
