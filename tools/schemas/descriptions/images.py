"""What each layer for images does."""

from __future__ import annotations

LAYERS = {
    "AugMix": "Mixes several chains of random image changes into one picture, while training.",
    "AutoContrast": "Stretches each image to the whole range of values.",
    "CenterCrop": "Cuts the middle out of each image.",
    "ContrastLimitedAdaptiveHistogramEqualization": "Evens out contrast tile by tile, up to a "
    "limit.",
    "CutMix": "Pastes a patch of an image, and a share of its label, into another, while training.",
    "Equalization": "Evens out the histogram of each channel.",
    "MaxNumBoundingBoxes": "Pads or cuts the boxes of each image to one number.",
    "MixUp": "Blends pairs of images and their labels, while training.",
    "RandAugment": "Applies a few image changes picked at random, while training.",
    "RandomBrightness": "Makes images brighter or darker at random, while training.",
    "RandomColorDegeneration": "Fades images towards grey at random, while training.",
    "RandomColorJitter": "Changes brightness, contrast, saturation and hue at random, while "
    "training.",
    "RandomContrast": "Raises or lowers contrast at random, while training.",
    "RandomCrop": "Cuts a piece out of each image: anywhere while training, the middle otherwise.",
    "RandomElasticTransform": "Warps images like rubber at random, while training.",
    "RandomErasing": "Blanks a rectangle of each image at random, while training.",
    "RandomFlip": "Mirrors images at random, while training.",
    "RandomGaussianBlur": "Blurs images at random, while training.",
    "RandomGrayscale": "Turns some images grey, while training.",
    "RandomHue": "Shifts the hue at random, while training.",
    "RandomInvert": "Inverts the colours of some images, while training.",
    "RandomPerspective": "Tilts images in space at random, while training.",
    "RandomPosterization": "Keeps only a few bits of each colour, while training.",
    "RandomRotation": "Turns images at random, while training.",
    "RandomSaturation": "Raises or lowers saturation at random, while training.",
    "RandomSharpness": "Sharpens or softens images at random, while training.",
    "RandomShear": "Slants images at random, while training.",
    "RandomTranslation": "Shifts images at random, while training.",
    "RandomZoom": "Zooms in or out at random, while training.",
    "Resizing": "Scales images to one height and width.",
    "Solarization": "Inverts pixels above a threshold, while training.",
}
